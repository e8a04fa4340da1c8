"""Guess how names that don't say so are encoded, by how plausible the characters are that they become.

A wrong guess shows: Chinese read as Latin becomes accents next to symbols, and German read as Chinese rare characters
between Latin letters. Each character costs something, and the encoding that costs least is taken.
"""

from __future__ import annotations

import codecs
import locale
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CANDIDATES = ("gbk", "cp932", "cp1252", "cp437", "cp866", "cp1251")
"""Those that are tried where text is no UTF-8, after the locale's; of equally plausible ones the first is taken."""
TITLES = {"gbk": "GBK (Chinese)", "cp932": "Shift-JIS (Japanese)"}
"""What people know some of them by."""

_COMMON = {"gbk": ("gb2312", b"\xb0\xa1", b"\xd7\xf9"), "cp932": ("cp932", b"\x88\x9f", b"\x98\x72")}
"""Where the commoner half of the ideographs lies: level 1 of GB 2312 and of JIS X 0208."""
_WORD = re.compile(r"[^\x00-@\[-`{-\x7f]+")  # letters of ASCII, and all that is beyond it
_EASTERN = ((0x3000, 0x3100), (0x4E00, 0xA000), (0xAC00, 0xD7A4), (0xFF01, 0xFF5F))
"""Kana and full stops, ideographs, hangul, and letters of full width."""
_MOST = 20_000  # bytes that are looked at
_ODD, _RARE, _PLAIN, _STRANGE = 3.0, 2.0, 0.75, 1.5


def guess(texts: Iterable[bytes], *, first: Sequence[str] = ()) -> str:
    """The encoding that all of these texts are most plausibly in. first: those that win where others are as plausible.

    Bytes that no candidate can decode leave UTF-8, to be decoded with ``backslashreplace``, which keeps two texts two.
    """
    some = sorted({text for text in texts if not text.isascii()})
    if all(_decoded(text, "utf-8") is not None for text in some):
        return "utf-8"
    looked_at, length = [], 0
    for text in some:
        looked_at.append(text)
        length += len(text)
        if length > _MOST:
            break
    names = dict.fromkeys((*first, _of_locale(), *CANDIDATES))
    costs = {name: _cost_of_all(looked_at, name) for name in names if name != "utf-8"}
    best = min(costs, key=lambda name: costs[name])
    # One byte that it can't decode further on would be one name in which two could become the same.
    fitting = [name for name in sorted(costs, key=lambda name: costs[name]) if _can_decode(some, name)]
    if costs[best] == float("inf"):
        return "utf-8"
    return fitting[0] if fitting else "utf-8"


def title(encoding: str) -> str:
    """What people call it."""
    return TITLES.get(encoding, encoding)


def _of_locale() -> str:
    try:
        return codecs.lookup(locale.getpreferredencoding(False)).name
    except LookupError:
        return "utf-8"


def _can_decode(texts: Iterable[bytes], encoding: str) -> bool:
    return all(_decoded(text, encoding) is not None for text in texts)


def _decoded(text: bytes, encoding: str) -> str | None:
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return None


def _cost_of_all(texts: list[bytes], encoding: str) -> float:
    total = 0.0
    for text in texts:
        decoded = _decoded(text, encoding)
        if decoded is None:
            return float("inf")
        total += sum(_cost_of_word(word, encoding) for word in _WORD.findall(decoded))
    return total


def _cost_of_word(word: str, encoding: str) -> float:
    """What a run of letters costs: as a whole, since scripts don't mix within a word, nor are most letters accented."""
    others = [one for one in word if ord(one) > 127]
    is_mixed = len(others) < len(word)
    latin = sum(ord(one) < 0x250 for one in others)
    is_mostly_accents = 3 * latin > 2 * len(word)
    return sum(_cost(one, encoding, is_mixed=is_mixed, is_mostly_accents=is_mostly_accents) for one in others)


def _cost(one: str, encoding: str, *, is_mixed: bool, is_mostly_accents: bool) -> float:
    code = ord(one)
    if 0x4E00 <= code < 0xA000 and not _is_common(one, encoding):
        return _RARE
    if any(low <= code < high for low, high in _EASTERN):
        return _STRANGE if is_mixed else 0.0
    if 0xFF61 <= code < 0xFFA0:  # katakana of half width, which every byte from A1 on is in Shift-JIS
        return _RARE
    if unicodedata.category(one) not in ("Lu", "Ll"):
        return _ODD
    if code < 0x250:
        return _STRANGE if is_mostly_accents else _PLAIN
    if is_mixed:  # Greek or Cyrillic
        return _STRANGE
    return 0.6 if one.lower() in "ёъэщюфцж" else 0.5  # the rarer ones of Cyrillic


@lru_cache(maxsize=10_000)
def _is_common(one: str, encoding: str) -> bool:
    if encoding not in _COMMON:
        return True  # the locale's, which says enough
    charset, low, high = _COMMON[encoding]
    try:
        return low <= one.encode(charset) <= high
    except UnicodeEncodeError:
        return False
