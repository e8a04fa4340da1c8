"""How a command line is read: what an option's value may be, and one line where it may not."""

from __future__ import annotations

import argparse
import math
import sys
from typing import NoReturn

from ganstudio.cli._terminal import warn

MOST_THREADS = 256


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        warn(f"{message}; {self.prog} --help shows how")
        sys.exit(2)


def count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of at least 1")
    return int(text)


def threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_THREADS:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 1 to {MOST_THREADS}")
    return int(text)


def natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 0 to {2**32 - 1}")
    return int(text)


def rate(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of frames a second from 1 to 60")
    return int(text)


def share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number from 0 to 1")
    return share


def temperature(text: str) -> float:
    try:
        temperature = float(text)
    except ValueError:
        temperature = math.nan
    if not 0.01 <= temperature <= 100:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number from 0.01 to 100")
    return temperature


def seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number of seconds greater than 0")
    return seconds
