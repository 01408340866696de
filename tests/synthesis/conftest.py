import os

import pytest


@pytest.fixture(autouse=True)
def _nothing_waits_for_the_disk(monkeypatch):
    """That is for power cuts, and takes most of the time that a small set does."""
    for name in ("sync", "fsync"):
        if hasattr(os, name):
            monkeypatch.setattr(os, name, lambda *_: None)
