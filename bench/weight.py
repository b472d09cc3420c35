"""What the whole of `make run` weighs, after its first customers."""

import os
import signal
import sys
from pathlib import Path

from bench.visitor import Visitor, with_three_lines
from dev import memory, ports, processes

CUSTOMERS = 20
PAGES = ("/", "/build", "/cart", "/stores")


def weigh(folder: Path) -> list[memory.Usage]:
    """Every process of a shop in `folder` that has just served a few customers. Raises StartError."""
    port, log = ports.free_port(), folder / "up.log"
    host = f"127.0.0.1:{port}"
    environ = {**os.environ, "VAR": str(folder / "var"), "PORT": str(port), "HOST": "127.0.0.1"}
    environ |= memory.without_tools(folder / "without")
    up = processes.start([sys.executable, "-m", "dev.up"], log, environ=environ, farewell=signal.SIGINT)
    try:
        processes.wait_until(lambda: "Ctrl-C" in log.read_text(), up, "make run", log)
        for _ in range(CUSTOMERS):
            customer: Visitor = with_three_lines(host, delivered=True)
            for path in PAGES:
                customer.get(path)
        return memory.family(up.pid)
    finally:
        processes.stop(up, signal.SIGINT, grace=12)
