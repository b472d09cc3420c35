from tests.edges.conftest import (  # noqa: F401 - fixtures: the shop with its limits on, and a running socket program
    app_with_limits,
    limited,
    order_id,
    serve,
    sockets,
)
