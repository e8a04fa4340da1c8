"""Where sentences of a text begin and end: a sentence a line, or prose, whose lines may be broken anywhere."""

from __future__ import annotations

import io
import re
import statistics
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ganstudio.data.watching import while_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Placed = list[tuple[str, str]]

LINES, PROSE = "a sentence a line", "a text, split where sentences end"
_CLOSING = "\"'”’」』)）"
_ENDS = re.compile(
    rf"(?<![.!?。！？…])[.!?。！？…]+[{_CLOSING}]*\s+|[。！？](?![。！？…{_CLOSING}])|[。！？][”’」』）]+"
)
_ENDED = re.compile(rf"[.!?。！？…:][{_CLOSING}*_]*$")
_SHORTENED = re.compile(
    r"(?:^|[\s(\[\"'“‘])(?:Mr|Mrs|Ms|Dr|St|Prof|Rev|Hon|Capt|Col|Gen|Jr|Sr|vs|cf|e\.g|i\.e|[A-Z])\.\s+$"
)
_ASIAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_HYPHENS = re.compile(r"\w-$")
_LOOKED_AT = 4_000  # lines that tell whether a text is broken
_FEWEST, _NARROWEST = 20, 20  # lines in a row, and letters of their width, from which on they may be broken prose
_FULL, _OPEN, _SOME, _RUN_ON = 0.6, 0.3, 0.1, 0.3  # its shares: of lines that go on, of lines, of lines, and of ends


class Prose(NamedTuple):
    """Sentences with where each stands, and how they were told apart, in words."""

    sentences: Placed
    how: str


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text, without what ends them: carriage returns and line feeds alone, as in JSON."""
    return (line.rstrip("\r\n") for line in while_wanted(io.StringIO(text, newline=None)))


def sentences_of(text: str, split: str, most: int) -> Prose:
    """The first sentences of a text. split: "lines", "sentences", or "auto" for what the text looks like."""
    lines = [line.strip() for line in lines_of(text)]
    looked_at = lines[:_LOOKED_AT]
    broken = _width_of_breaks(looked_at)
    if split == "lines" or (split == "auto" and not broken and _mean_ends(looked_at) < 1):
        placed = [(line, f"line {number:,}") for number, line in enumerate(while_wanted(lines), start=1) if line]
        return Prose(placed[:most], LINES)
    found: Placed = []
    for paragraph in _paragraphs(lines):
        for sentence in while_wanted(split_sentences(paragraph)):
            found.append((sentence, f"sentence {len(found) + 1:,}"))
        if len(found) >= most:
            break
    how = PROSE if not broken else f"a text whose lines are broken at about {broken} letters, split where sentences end"
    return Prose(found[:most], how)


def split_sentences(paragraph: str) -> Iterator[str]:
    """A paragraph's sentences, each with its closing marks; not behind "Mr." and the like."""
    start = 0
    for match in _ENDS.finditer(paragraph):
        end = match.end()
        if _SHORTENED.search(paragraph, max(0, match.start() - 6), end):
            continue
        goes_on = paragraph[end : end + 1].islower() and match[0].rstrip()[-1:] in _CLOSING
        if goes_on:  # "Is it?" he said
            continue
        if sentence := paragraph[start:end].strip():
            yield sentence
        start = end
    if sentence := paragraph[start:].strip():
        yield sentence


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines in a row as one; an empty one ends it."""
    words: set[str] = set()
    if any(_HYPHENS.search(line) for line in while_wanted(lines)):
        words = {word.strip(".,;:!?\"'()").lower() for line in while_wanted(lines) for word in line.split()}
    paragraph: list[str] = []
    for line in while_wanted((*lines, "")):
        if line:
            paragraph.append(line)
        elif paragraph:
            yield _joined(paragraph, words)
            paragraph = []


def _joined(lines: Sequence[str], words: set[str]) -> str:
    """Lines as one: with a space, but between Chinese or Japanese signs, and where a word was broken."""
    parts = [lines[0]]
    for before, line in while_wanted(pairwise(lines)):
        if _HYPHENS.search(before) and line[:1].islower():
            whole = before.split()[-1][:-1] + line.split()[0]
            if whole.strip(".,;:!?\"'()").lower() in words:
                parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif _ASIAN.match(before[-1]) and _ASIAN.match(line[0]):
            parts.append(line)
        else:
            parts.append(f" {line}")
    return "".join(parts)


def _mean_ends(lines: Sequence[str]) -> float:
    """Sentences that end within a line, on average."""
    return statistics.mean([_ends_within(line) for line in lines if line] or [0])


def _ends_within(line: str) -> int:
    return sum(match.end() < len(line) for match in _ENDS.finditer(line))


def _width_of_breaks(lines: Sequence[str]) -> int:
    """The width that a text's lines are broken at, letters; 0 where they end for another reason.

    Lines that were broken are as long as they can be: the next word would not have fitted. And sentences end anywhere
    in them, which tells them from verse.
    """
    pairs = [(one, other) for one, other in pairwise(lines) if one and other]
    if len(pairs) < _FEWEST:
        return 0
    usual = statistics.quantiles([len(one) for one, _ in pairs], n=4)[2]
    goes_on = [(one, other) for one, other in pairs if not _ENDED.search(one)]
    full = sum(len(one) + 1 + _first_part(other) > usual for one, other in goes_on)
    within = sum(_ends_within(one) for one, _ in pairs)
    at_ends = len(pairs) - len(goes_on)
    last = [one for one, other in zip(lines, [*lines[1:], ""], strict=True) if one and not other]
    closed = sum(_ENDED.search(one) is not None for one in last)
    is_broken = (
        usual >= _NARROWEST
        and full >= _FULL * len(goes_on)
        and within + closed >= _SOME * len(pairs)
        and (within >= _RUN_ON * (within + at_ends) or at_ends < _SOME * len(pairs))
        and len(goes_on) >= _OPEN * len(pairs)
    )
    return round(usual) if is_broken else 0


def _first_part(line: str) -> int:
    """The letters that can't be parted at the beginning of a line: a word, or one sign where any may begin a line."""
    return 1 if _ASIAN.match(line[0]) else len(line.split(None, 1)[0])
