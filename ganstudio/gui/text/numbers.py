"""How numbers are bounded, written and stepped in the window."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LADDER = (1.0, 2.0, 5.0)
# The least step up from 0 where a value spans orders of magnitude, and what stands for "just above" an open bound.
_LEAST = 1e-6
_OPEN = 1e-12


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a number may be. An open bound is not itself allowed."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def least(self) -> float:
        """The smallest number that the box takes."""
        return self.low + (_OPEN if self.low_open else 0.0)

    def most(self) -> float:
        """The largest number that the box takes."""
        return self.high - (_LEAST if self.high_open else 0.0)

    def words(self) -> str:
        """The bounds for people: Above 0, at most 10."""
        parts = []
        if math.isfinite(self.low):
            parts.append(f"{'above' if self.low_open else 'at least'} {signed(short(self.low))}")
        if math.isfinite(self.high):
            parts.append(f"{'below' if self.high_open else 'at most'} {signed(short(self.high))}")
        return ", ".join(parts).capitalize()


def ladder(value: float, steps: int) -> float:
    """Go ``steps`` rungs up or down 1, 2, 5, 10, 20, ...: 0.001 becomes 0.002. From 0 up to 1e-6, and back."""
    for _ in range(abs(steps)):
        value = _rung(value, up=steps > 0)
    return value


def _rung(value: float, *, up: bool) -> float:
    if value <= 0:
        return _LEAST if up else 0.0
    exponent = math.floor(math.log10(value))
    rungs = [float(f"{digit:g}e{exponent + shift}") for shift in (-1, 0, 1) for digit in _LADDER]
    slack = 1e-9 * value
    if up:
        return min(rung for rung in rungs if rung > value + slack)
    return max(rung for rung in rungs if rung < value - slack)


def doubling(value: float, steps: int) -> float:
    """Go up or down by doubling and halving where the value is a power of two from 8 on, else on the ladder."""
    for _ in range(abs(steps)):
        if value >= 8 and math.log2(value).is_integer():
            value = value * 2 if steps > 0 else value / 2
        else:
            value = ladder(value, 1 if steps > 0 else -1)
    return value


def share(value: float, steps: int) -> float:
    """Go up or down a share of 1: by 0.05 to 0.9, then 0.95, 0.98, 0.99, 0.995, ... as what is left shrinks."""
    for _ in range(abs(steps)):
        if (steps > 0 and value > 0.9 - 1e-9) or (steps < 0 and value > 0.9 + 1e-9):
            value = 1 - _rung(1 - value, up=steps < 0)
        else:
            value = math.floor(value / 0.05 + 0.5 + 1e-9) * 0.05 + math.copysign(0.05, steps)
        value = round(value, 12)
    return value


def by(step: float) -> Callable[[float, int], float]:
    """Steps of an equal size."""
    return lambda value, steps: round(value + steps * step, 12)


def short(value: float) -> str:
    """A number as people type it, and TOML and the command line read it: 1e-5, 0.001, -6000."""
    if float(value).is_integer() and abs(value) < 1e10:
        return str(int(value))
    return re.sub(r"e([+-])0*", lambda found: "e" + found[1].replace("+", ""), f"{value:.10g}")


_SIGN = re.compile(r"(?<!\w)-(?=[\d.]|inf)")


def signed(text: str) -> str:
    """A text that is only shown, with true minus signs before its numbers; an exponent, 1e-5, stays as it is typed."""
    return _SIGN.sub("\u2212", text)


def number(value: float) -> str:
    """A number with two decimals and a true minus sign; no minus before zero."""
    return signed(f"{value + 0.0:.2f}".replace("-0.00", "0.00"))
