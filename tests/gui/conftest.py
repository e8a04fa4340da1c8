"""Tests of the window: with no display they run on Qt's offscreen platform."""

import os
import sys

import pytest

from ganstudio.gui import theme

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure(config: pytest.Config) -> None:
    # The offscreen platform warns of this whenever a window with a least size is shown; it says nothing about us.
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support propagateSizeHints")


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application in the program's own look, so that sizes and colours are those that people see."""
    theme.apply(qapp)
    return qapp
