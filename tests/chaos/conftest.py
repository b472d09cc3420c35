"""Folders for storms."""

from pathlib import Path

import pytest


@pytest.fixture
def storm_folder(tmp_path) -> Path:
    """An empty folder for a shop in a storm; whoever asks for it brings a database along, of either kind."""
    return tmp_path
