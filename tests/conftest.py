"""What holds for every test: a screen of its own, one thread, a home that is thrown away."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.timing import listed, without_parameters

if TYPE_CHECKING:
    from pathlib import Path

# Before anything imports Qt or torch. On Linux the windows stay off the screen even where there is one: whoever types
# while the tests run would take the focus from them. QT_QPA_PLATFORM=xcb make test shows them.
if sys.platform == "linux":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The tests' networks are so small that a second thread costs more than it brings, and sums repeat exactly on one.
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["GANSTUDIO_SOUND"] = "null"  # nothing is played aloud
# What the tests stand on, torch and Qt and they themselves, is no garbage: looking through it takes a third of a second
# each time, and it is looked through again with each window that a test opens.
gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests, as they are listed."""
    for item in items:
        if without_parameters(item.nodeid) in listed():
            item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make; as the program does once its window stands."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that runs and settings go to: each test's own, so that none finds another's or the user's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GANSTUDIO_HOME", str(folder))
    return folder
