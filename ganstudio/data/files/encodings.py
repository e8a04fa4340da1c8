"""Which encoding a text is in: UTF-8 wherever it can be, else the likeliest of those that programs still write.

Bytes tell it by what they would spell. Under each encoding the words that are no ASCII have a probability: how common
their characters are in its languages, and how often those follow one another or stand among plain letters (a naive
Bayes classifier, as in Li and Momoi, "A composite approach to language/encoding detection", 2001). A wrong guess never
makes one word of two: what an encoding can't spell is kept byte for byte.
"""

from __future__ import annotations

import locale
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ganstudio.data.watching import still_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CODECS = {
    "utf-8": "utf-8-sig", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "gbk": "gb18030",
    "big5": "big5hkscs", "shift_jis": "cp932", "euc-jp": "euc_jp", "euc-kr": "cp949", "cp1252": "cp1252",
    "cp1250": "cp1250", "cp1251": "cp1251", "cp1253": "cp1253", "cp1254": "cp1254", "latin-1": "latin-1",
}  # fmt: skip
"""Encodings by the names that ``TableSpec.encoding`` has for them, and Python's codec for each; some read more."""
TITLES = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gbk": "GBK", "big5": "Big5",
    "shift_jis": "Shift-JIS", "euc-jp": "EUC-JP", "euc-kr": "EUC-KR", "cp1252": "Windows-1252",
    "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1253": "Windows-1253", "cp1254": "Windows-1254",
    "latin-1": "Latin-1",
}  # fmt: skip
"""What people call them."""
KEEP = "surrogateescape"
"""The error handler that keeps what an encoding can't spell, byte for byte."""

# No byte of a longer character is one that parts words. None is looked at twice, however long a word is.
_WORD = re.compile(rb'(?<![^,;\t\r\n "])[^,;\t\r\n "\x80-\xff]*+[\x80-\xff][^,;\t\r\n "]*+')
_PORTION = 2**21
_LONGEST = 2**24  # bytes of a line that is not cut
_WORDS, _WEIGHED = 5_000, 400  # distinct words that each encoding has to spell; and those that are weighed
_MOSTLY = 0.9
_LOCAL = 4.0  # how much likelier the encoding of this machine is than elsewhere


def of_file(path: Path, head: bytes) -> str:
    """The name of a text file's encoding, one of ``CODECS``. head: what it begins with."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _has_wide_signs(head[:64]):
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    facts = path.stat()
    return _of_file(path, (facts.st_size, facts.st_mtime_ns))


def _has_wide_signs(head: bytes) -> bool:
    """Whether a text without a mark may be UTF-16: of plain letters every other byte is NUL, not one here or there."""
    zeros, rest = head.count(0), head.replace(b"\0", b"")
    whole = any(_spells("utf-8", rest[: len(rest) - cut]) for cut in range(4))  # the last character may be cut
    return zeros > 0 and (zeros >= 0.4 * len(head) or not whole)


@lru_cache(maxsize=32)  # asked for the proposal, the data and the card
def _of_file(path: Path, _mark: tuple[int, int]) -> str:
    words: Counter[bytes] = Counter()
    is_utf8 = True
    with path.open("rb") as file:
        while block := file.read(_PORTION):
            still_wanted()
            block += file.readline(_LONGEST)
            if block.isascii():
                continue
            is_utf8 = is_utf8 and _spells("utf-8", block)
            for found in _WORD.finditer(block):
                if len(words) >= _WORDS:
                    break
                words[found[0][:200]] += 1
    right = {word: count for word, count in words.items() if not is_utf8 and _spells("utf-8", word)}
    # A few bytes may be damaged.
    if is_utf8 or (2 * len(right) >= len(words) and sum(right.values()) >= max(10, _MOSTLY * words.total())):
        return "utf-8"
    return likeliest(words)


def of_names(names: Iterable[bytes], *, from_windows: bool) -> str:
    """Python's codec for the paths of an archive's entries. from_windows: they may be written as its console does."""
    # Each folder counts once, however many files lie in it. Some of Shift-JIS's characters end in a backslash's byte.
    names = list(names)
    part = b"/" if any(b"/" in name for name in names) else b"\\"
    words = {word for name in names for word in name.split(part) if not word.isascii()}
    if all(_spells("utf-8", word) for word in words):
        return "utf-8"
    return _codec(likeliest(words, also=_CONSOLE if from_windows else ()))


def decoded(data: bytes) -> str:
    """A whole text, whatever it is encoded in; what an encoding can't spell is kept byte for byte."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    name = "utf-8" if _spells("utf-8", data) else likeliest(found[0][:200] for found in _WORD.finditer(data))
    return data.decode(CODECS[name], KEEP)


def likeliest(words: Iterable[bytes], *, also: Iterable[_Model] = ()) -> str:
    """The encoding, one of ``CODECS``, that words are most probably in which are not all UTF-8.

    also: what else they may be in.
    """
    words = sorted(set(words))
    right = sum(_spells("utf-8", word) for word in words)
    if len(words) >= 10 and right >= _MOSTLY * len(words):
        return "utf-8"
    able = [one for one in (*_MODELS, *also) if all(_spells(_codec(one.name), word) for word in words)]
    weighed = words[:: max(1, len(words) // _WEIGHED)][:_WEIGHED]
    here = _local()
    scores = {one.name: one.score(weighed) + (math.log(_LOCAL) if one.name == here else 0) for one in able}
    return max(scores, key=lambda name: scores[name], default="latin-1")


def _codec(name: str) -> str:
    return CODECS.get(name, name)


def _spells(codec: str, word: bytes) -> bool:
    try:
        word.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _local() -> str:
    """The encoding that programs of this machine write, where it is none of Unicode's."""
    names = {
        "cp936": "gbk",
        "gb2312": "gbk",
        "gb18030": "gbk",
        "cp932": "shift_jis",
        "cp950": "big5",
        "cp949": "euc-kr",
    }
    found = locale.getpreferredencoding(do_setlocale=False).lower().replace("windows-", "cp")
    return names.get(found, found)


# --- how probable a word is -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Model:
    """An encoding's characters beyond ASCII, and how they follow one another.

    common: the probability of a character among them, by its bytes. after: that one comes after another of them, after
    a plain letter, and after anything else; letter: that a plain letter comes after one of them; end: that the word
    ends with one.
    """

    name: str
    prior: float
    common: Callable[[bytes], float]
    after: tuple[float, float, float]
    letter: float
    end: float

    def score(self, words: Iterable[bytes]) -> float:
        """The logarithm of the probability that these are words in this encoding."""
        return math.log(self.prior) + sum(map(self._word, words))

    def _word(self, word: bytes) -> float:
        codec, total, before = _codec(self.name), 0.0, 2
        for one in word.decode(codec):
            if not one.isascii():
                spelt = one.encode(codec, "replace")  # some characters of Big5 are two of Unicode's
                total += math.log(self.after[before] * self.common(spelt))
                before = 0
                continue
            is_letter = one.isalpha()
            rest = 1 - self.after[before]
            share = self.letter / (self.letter + 0.2) if before == 0 else 0.6
            total += math.log(rest * (share / 52 if is_letter else (1 - share) / 42))
            before = 1 if is_letter else 2
        return total + math.log(self.end if before == 0 else 0.2)


def _gbk(one: bytes) -> float:
    if len(one) == 2 and one[1] >= 0xA1:
        if 0xB0 <= one[0] <= 0xD7:
            return 0.93 / 3755  # the characters of every day
        if 0xD8 <= one[0] <= 0xF7:
            return 0.04 / 3008
        if one[0] <= 0xA9:
            return 0.02 / 700
    return 0.01 / 20_000


def _big5(one: bytes) -> float:
    if 0xA4 <= one[0] <= 0xC6:
        return 0.93 / 5401
    if one[0] <= 0xA3:
        return 0.02 / 400
    return 0.04 / 7652 if one[0] <= 0xF9 else 0.01 / 5000


def _shift_jis(one: bytes) -> float:
    if len(one) == 1:
        return 0.01 / 63
    if one[0] in (0x82, 0x83):
        return 0.55 / 250  # kana
    if 0x88 <= one[0] <= 0x98:
        return 0.4 / 2965
    return 0.03 / 150 if one[0] == 0x81 else 0.01 / 3500


def _euc_jp(one: bytes) -> float:
    if one[0] in (0xA4, 0xA5):
        return 0.55 / 170
    if 0xB0 <= one[0] <= 0xCF:
        return 0.4 / 2965
    return 0.03 / 250 if one[0] <= 0xA3 else 0.01 / 3500


def _euc_kr(one: bytes) -> float:
    if len(one) == 2 and one[1] >= 0xA1 and 0xB0 <= one[0] <= 0xC8:
        return 0.97 / 2350
    return 0.01 / (900 if one[0] <= 0xAC and one[1] >= 0xA1 else 4888 if one[0] >= 0xCA else 8822)


def _bytes_of(letters: str, codec: str) -> frozenset[bytes]:
    return frozenset(one.encode(codec) for one in letters + letters.upper() if len(one.encode(codec, "ignore")) == 1)


def _single(letters: str, signs: str, codec: str) -> Callable[[bytes], float]:
    often, rarely = _bytes_of(letters.replace("ß", ""), codec), frozenset(one.encode(codec) for one in signs)
    small = frozenset(one.encode(codec) for one in letters)

    def common(one: bytes) -> float:
        if one in small:
            return 0.75 / len(small)
        if one in often:
            return 0.1 / len(often)
        return 0.1 / len(rarely) if one in rarely else 0.05 / 70

    return common


def _models() -> tuple[_Model, ...]:
    western = "äöüßéèêëàâçñáíóúîïôûåøæãõœ"
    central = "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîşţäöüß"
    cyrillic = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
    signs = "°µ²³±€£§´–’“”«»×·"
    ideographs: dict[str, Any] = {"after": (0.8, 0.02, 0.4), "letter": 0.03, "end": 0.4}
    latin: dict[str, Any] = {"after": (0.04, 0.15, 0.12), "letter": 0.85, "end": 0.3}
    russian: dict[str, Any] = {"after": (0.9, 0.01, 0.5), "letter": 0.005, "end": 0.15}
    return (
        _Model("gbk", 1.0, _gbk, **ideographs),
        _Model("cp1252", 2.0, _single(western, signs, "cp1252"), **latin),
        _Model("shift_jis", 0.5, _shift_jis, **ideographs),
        _Model("cp1251", 0.3, _single(cyrillic, "°µ±€§–’“”«»№", "cp1251"), **russian),
        _Model("cp1250", 0.2, _single(central, "°µ±€§´–’“”«»×·", "cp1250"), **latin),
        _Model("euc-kr", 0.12, _euc_kr, **ideographs),
        _Model("big5", 0.12, _big5, **ideographs),
        _Model("euc-jp", 0.1, _euc_jp, **ideographs),
    )


def _console_models() -> tuple[_Model, ...]:
    latin: dict[str, Any] = {"after": (0.04, 0.15, 0.12), "letter": 0.85, "end": 0.3}
    russian: dict[str, Any] = {"after": (0.9, 0.01, 0.5), "letter": 0.005, "end": 0.15}
    return (
        _Model("cp437", 4.0, _single("äöüßéèêëàâçñáíóúîïôûåæ", "°²±", "cp437"), **latin),
        _Model("cp866", 0.6, _single("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "°№", "cp866"), **russian),
    )


_MODELS = _models()
_CONSOLE = _console_models()
