"""Named places between two steps, where a process dies or dawdles when a test says so. Production never has any."""

import os
import signal
import time
from pathlib import Path

from app.core.settings import settings

NAP_SECONDS = 0.4


def failpoint(name: str) -> None:
    """Die or sleep here if FAILPOINTS, a folder, has a file `<name>.die` or `<name>.sleep`: one file stops one process.

    Without that setting it does nothing.
    """
    folder = settings().failpoints
    if not folder:
        return
    if _take(Path(folder, f"{name}.sleep")):
        time.sleep(NAP_SECONDS)
    if _take(Path(folder, f"{name}.die")):
        os.kill(os.getpid(), signal.SIGKILL)


def _take(file: Path) -> bool:
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True
