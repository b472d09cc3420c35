from tests.edges.conftest import limited  # noqa: F401 - a fixture, the shop with its limits on
from tests.edges.test_sockets import order_id, serve, sockets  # noqa: F401 - fixtures of a running socket program
