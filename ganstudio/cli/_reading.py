"""How a command line is read: what an option's value may be, and one line where it may not."""

from __future__ import annotations

import argparse
import math
import sys
from typing import NoReturn

from ganstudio.cli._terminal import warn

MOST_THREADS = 256
_MOST_SEEDS = 1000


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("argument VERB: invalid choice"):  # most likely a path, or a preset's name
            message += f"; {self.prog} open PATH opens data, a preset or a run in the window"
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


def relief(text: str) -> float:
    try:
        relief = float(text)
    except ValueError:
        relief = math.nan
    if not 0 < relief <= 10:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0, of 10 at most")
    return relief


def seeds(text: str) -> list[int]:
    """One seed, a range without its end, or several: 3, 0:8, 1,4,9."""
    wrong = argparse.ArgumentTypeError(
        f"found {text!r}, expected a seed (3), a range without its end (0:8) or several (1,4,9), at most {_MOST_SEEDS}"
    )
    first, is_range, last = text.partition(":")
    try:
        if is_range:
            found = list(range(natural(first), natural(last))[: _MOST_SEEDS + 1])
        else:
            found = [natural(one) for one in text.split(",")]
    except argparse.ArgumentTypeError:
        raise wrong from None
    if not 0 < len(found) <= _MOST_SEEDS:
        raise wrong
    return found


def lights(text: str) -> list[tuple[float, float]]:
    """Lights: degrees to the right and up with a comma between, several with ; between."""
    try:
        found = [tuple(float(number) for number in light.split(",")) for light in text.split(";")]
    except ValueError:
        found = []
    if not found or not all(len(light) == 2 and all(abs(one) <= 90 for one in light) for light in found):
        raise argparse.ArgumentTypeError(
            f"found {text!r}, expected degrees to the right and degrees up, each from -90 to 90, such as 40,30"
        )
    return [(across, up) for across, up in found]
