"""Being asked to end: by which signals, which are left alone, and what comes back afterwards."""

from __future__ import annotations

import signal
import sys

import pytest

from ganstudio.system.ending import SIGNALS, asked_to_end, status_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these signals are another thing there")


def test_each_signal_is_heard_and_what_was_before_comes_back() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    heard: list[int] = []
    with asked_to_end(heard.append):
        for each in SIGNALS:
            signal.raise_signal(each)
    assert heard == [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    assert [status_of(each) for each in heard] == [130, 143, 129]
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_a_hangup_that_is_ignored_stays_so() -> None:
    """As nohup has it, for who wants the training to outlive the terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    heard: list[int] = []
    try:
        with asked_to_end(heard.append):
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == [signal.SIGTERM]
