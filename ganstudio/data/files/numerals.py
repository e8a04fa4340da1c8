"""How the numbers of a text are written: with a decimal point or comma, and with signs between their thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Decimal = Literal["auto", "point", "comma"]

_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?(?:[eE][+-]?\d+)?")  # 12,345,678.9
_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?")  # 12.345.678,9
_COMMA = re.compile(r"[+-]?\d*,\d*(?:[eE][+-]?\d+)?")  # 0,5
_APART = re.compile(r"(?<=\d)[ '\u2019\u00a0\u202f](?=\d{3}(?!\d))")  # 12 345 and 12'345, which mean nothing else
_CURRENCY = (
    r"(?:(?:US|C|A|R|NT|HK|S)?\$|[€£¥₹₩₽₺₫₴₦₪฿¢]|Rs\.?|kr\.?|zł|Ft|USD|EUR|GBP|JPY|CHF|CNY|RMB|CAD|AUD|INR|KRW|BRL|SEK|NOK|"
    r"DKK|PLN|RUB|TRY|MXN|ZAR|NZD|SGD|HKD)"
)
_DOUBLE = re.compile(r"(?<=[\d.])[dD](?=[+-]?\d+$)")  # Fortran's 1.5D+02
_MARKED = re.compile(
    rf"(\()?\s*([+\-\u2212]?)\s*({_CURRENCY}\s*)?([+\-\u2212]?)(\d(?:[\d.,' \u00a0\u202f]*\d)?|[.,]\d+)"
    rf"\s*({_CURRENCY}|[%\u2030°])?\s*(\))?"
)
_PARTING = str.maketrans("[](),;", "      ")
LISTED = 16
"""Numbers in one field from which on it is a list of them, such as the pixels of an image."""


@dataclass(frozen=True)
class Numerals:
    """comma: what one in a number means; dotted: whether points part thousands. doubt: what could as well be meant.

    "either": a decimal point like the point itself, as long as no thousands are parted. marked: one with a sign of its
    currency, or one for per cent.
    """

    comma: Literal["none", "either", "decimal", "thousands"] = "none"
    dotted: bool = False
    doubt: str = ""
    marked: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether numbers are read as they stand, once commas are points where those part no fields."""
        return self.comma in ("none", "either")

    def number(self, field: str) -> float | None:
        """The number that a field holds, or None."""
        if self.dotted and _DOTTED.fullmatch(field.strip()):  # 12.345, where others are 1.234.567 or 1.234,5
            return float(field.replace(".", "").replace(",", "."))
        try:
            return None if "_" in field else float(field)  # Python reads 1_000, no other program writes it
        except ValueError:
            pass
        if (bare := without_marks(field)) is not None:
            return self.number(bare)
        field = _DOUBLE.sub("e", _APART.sub("", field.strip()))
        if self.comma == "thousands" and _GROUPS.fullmatch(field):
            field = field.replace(",", "")
        elif self.comma in ("decimal", "either"):
            field = field.replace(",", ".")
        try:
            return float(field)
        except ValueError:
            return None


ANY = Numerals(comma="either")
"""For what may be a number, however it is written."""


def without_marks(field: str) -> str | None:
    """A number without its currency, the sign for per cent, or the brackets of a loss; None where it has none of these.

    ``$1,234.50`` and ``12 %`` lose their signs, ``(3.20)`` becomes ``-3.20``.
    """
    found = _MARKED.fullmatch(field.strip())
    if found is None or (found[1] is None) != (found[7] is None):
        return None
    if not (found[1] or found[3] or found[6] or "\u2212" in found[2] + found[4]):
        return None
    minus = [sign for sign in (found[2], found[4], found[1] or "") if sign not in ("", "+")]
    return ("-" if len(minus) == 1 else "") + found[5] if len(minus) < 2 else None


def looks_numeric(field: str) -> bool:
    """Whether a field may be a number in some country's writing."""
    if ANY.number(field) is not None:
        return True
    field = without_marks(field) or field
    return _GROUPS.fullmatch(field.strip()) is not None or _DOTTED.fullmatch(field.strip()) is not None


def find(fields: Iterable[str], delimiter: str | None, decimal: Decimal = "auto") -> Numerals:
    """How numbers are written that stand in these fields, which the delimiter parts."""
    usual: Literal["none", "either"] = "none" if delimiter == "," else "either"
    grouped, decimals, either, small, dotted, marked = 0, 0, "", 0, False, ""
    for field in map(str.strip, fields):
        if not (field[-1:].isdecimal() and field.lstrip("+-.,")[:1].isdecimal()):
            bare = without_marks(field)
            marked, field = (marked, field) if bare is None else (marked or field, bare)
        if "," not in field and field.count(".") < 2:
            small += len(field) <= 3 and field.isdecimal()
            continue
        if field.count(".") > 1 or ("." in field and "," in field):
            dotted = dotted or _DOTTED.fullmatch(field) is not None
        is_grouped, is_decimal = _GROUPS.fullmatch(field), _COMMA.fullmatch(field) or _DOTTED.fullmatch(field)
        if is_grouped and is_decimal:
            either = either or field
        else:
            grouped, decimals = grouped + bool(is_grouped), decimals + bool(is_decimal)
    found = _decided(decimal, usual, delimiter, small > 0, dotted, grouped, decimals, either)
    return replace(found, marked=marked)


def _decided(
    decimal: Decimal,
    usual: Literal["none", "either"],
    delimiter: str | None,
    has_small: bool,
    dotted: bool,
    grouped: int,
    decimals: int,
    either: str,
) -> Numerals:
    """By how many numbers are written in which way; either: one that could be of both."""
    if decimal == "comma":
        return Numerals("decimal" if usual == "none" else "either", dotted)
    if decimal == "point":
        return Numerals("thousands" if grouped or either else "none", dotted=False)
    if grouped > decimals:
        return Numerals("thousands")
    if decimals or not either:
        decided: Literal["none", "either", "decimal"] = "decimal" if decimals and usual == "none" else usual
        return Numerals(decided, dotted)
    # Nothing but 12,345: programs that write commas between fields and quote a number have commas between thousands;
    # those that write semicolons do so because a comma is their decimal sign.
    if usual == "none" or (delimiter != ";" and has_small):
        return Numerals("thousands", doubt="" if usual == "none" and has_small else either)
    return Numerals("either", dotted, doubt=either)


def listed(field: str) -> list[str]:
    """The numbers of a field that is a list of them, such as ``0 3 6``, ``[0, 3, 6]`` or ``[[0 3] [6 9]]``."""
    return field.translate(_PARTING).split()


def is_list(field: str) -> bool:
    """Whether a field is a list of numbers."""
    if len(field) < 2 * LISTED:
        return False
    some = listed(field[:400])[:LISTED]
    return len(some) == LISTED and all(map(looks_numeric, some))
