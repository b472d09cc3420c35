from tests.edges.test_sockets import order_id, serve, sockets  # noqa: F401 - fixtures of a running socket program
