"""How a command line is read: what an option's value may be, and one line where it may not."""

from __future__ import annotations

import argparse
import math
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeVar

from ganstudio.cli._terminal import warn

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_THREADS = 256
_MOST_SEEDS = 1000
_Number = TypeVar("_Number", int, float)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("argument VERB: invalid choice"):  # most likely a path, or a preset's name
            message += f"; {self.prog} open PATH opens data, a preset or a run in the window"
        warn(f"{message}; {self.prog} --help shows how")
        sys.exit(2)


def _number(
    parse: Callable[[str], _Number], fits: Callable[[_Number], bool], expected: str
) -> Callable[[str], _Number]:
    def read(text: str) -> _Number:
        with suppress(ValueError):
            if fits(value := parse(text)):
                return value
        raise argparse.ArgumentTypeError(f"found {text!r}, expected {expected}")

    return read


def _decimal(text: str) -> int:
    return int(text) if text.isdecimal() else -1  # int alone takes signs, spaces and underscores


def _whole(least: int, most: int, what: str = "a whole number") -> Callable[[str], int]:
    return _number(_decimal, lambda value: least <= value <= most, f"{what} from {least} to {most}")


count = _number(_decimal, lambda value: value >= 1, "a whole number of at least 1")
threads = _whole(1, MOST_THREADS)
natural = _whole(0, 2**32 - 1)
rate = _whole(1, 60, "a whole number of frames a second")
share = _number(float, lambda value: 0 <= value <= 1, "a number from 0 to 1")
temperature = _number(float, lambda value: 0.01 <= value <= 100, "a number from 0.01 to 100")
seconds = _number(float, lambda value: 0 < value < math.inf, "a number of seconds greater than 0")
relief = _number(float, lambda value: 0 < value <= 10, "a number above 0, of 10 at most")


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
