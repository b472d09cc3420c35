from tests.edges.conftest import (  # noqa: F401 - fixtures: the shop with its limits on, and a running socket program
    limited,
    order_id,
    serve,
    sockets,
)
