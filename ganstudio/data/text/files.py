"""Sentences of somebody's own: a text, a column of a table, or a field of JSON lines.

A text has a sentence a line, or is split where sentences end. Legend for names of arrays: n sentences, t places.
"""

from __future__ import annotations

import csv
import io
import json
import re
import statistics
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, encodings
from ganstudio.data.files.archives import printable, read_head
from ganstudio.data.skips import Skips
from ganstudio.data.text.dataset import listed
from ganstudio.data.watching import still_wanted
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Sentences
from ganstudio.modalities.sentences import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import TextsSpec

MOST_BYTES = 1 << 28
MOST_SENTENCES = 500_000
FEWEST = 500
UNKNOWN = "�"
"""Stands for words that are too rare to be known."""
TABLES, JSON_LINES, PLAIN = (".csv", ".tsv", ".tab"), (".jsonl", ".ndjson", ".json"), (".txt", ".text", ".md")
_MOST_UNKNOWN = 0.1
_ASIAN_SHARE = 0.3
_LOOKED_AT, _SHOWN = 1 << 16, 10
_LETTERS, _WORDY = 0.6, 3.0  # of what is no number: share of the letters, and words of a line, of what is a text
_ENDS = re.compile(r"(?<=[.!?。！？…])[\"'”’」』)]*\s+|(?<=[。！？])(?![”’」』）])|(?<=[。！？][”’」』）])")
_SURROGATES = re.compile("[\ud800-\udfff]")


class _Found(NamedTuple):
    """What a file holds. lines: with where each stands; how: in words; column: that they were taken from."""

    lines: list[tuple[str, str]]
    how: str


def is_text(path: Path, head: bytes) -> bool:
    """Whether a file holds sentences rather than numbers, by what it begins with and what it is called."""
    suffix = path.suffix.lower()
    if suffix not in (*TABLES, *JSON_LINES, *PLAIN) or not head:
        return False
    name = encodings.of_file(path, head)
    text = read_head(path, _LOOKED_AT).decode(encodings.CODECS[name], "replace")
    if suffix in JSON_LINES:
        return text.lstrip()[:1] in ("{", '"', "[") and any(_wordy(one) for one in _strings_of(text.splitlines()[:20]))
    if suffix in TABLES:
        try:
            rows = list(csv.reader(text.splitlines()[1:60], delimiter=_delimiter(text, suffix)))
        except csv.Error:
            return False
        return _has_sentences(rows[:-1])
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    return bool(lines) and sum(map(_wordy, lines)) > len(lines) / 2


def _has_sentences(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column of a table is of sentences; not where two are of numbers, which are points with a name each."""
    width = max(map(len, rows), default=0)
    columns = [[row[place] for row in rows if place < len(row) and row[place].strip()] for place in range(width)]
    numeric = sum(bool(column) and all(_is_number(value) for value in column) for column in columns)
    return numeric < 2 and any(column and sum(map(_wordy, column)) > len(column) / 2 for column in columns)


def _is_number(value: str) -> bool:
    return not any(one.isalpha() for one in value.strip().lower().replace("e", "", 1))


def _wordy(text: str) -> bool:
    """Whether a text is made of words: mostly letters, and either several words or signs that are words."""
    shown = [one for one in text if not one.isspace()]
    letters = sum(one.isalpha() for one in shown)
    return (
        bool(shown) and letters > _LETTERS * len(shown) and (len(text.split()) >= _WORDY or _asian(text) > _ASIAN_SHARE)
    )


def _asian(text: str) -> float:
    """The share of the letters that are Chinese or Japanese, which are written without spaces."""
    letters = [one for one in text if one.isalpha()]
    asian = sum("\u3040" <= one <= "\u30ff" or "\u3400" <= one <= "\u9fff" for one in letters)
    return asian / len(letters) if letters else 0.0


# --- what a file holds ------------------------------------------------------------------------------------------------


def build_texts(spec: TextsSpec) -> Dataset:
    """The sentences of a file, each once, with the most frequent words as vocabulary.

    Raises DatasetError where there are too few, or the file can't be read.
    """
    path = place_of(spec.path)
    text, encoding = _text_of(path, spec)
    found = _found(path, text, spec)
    skips, by_unit = Skips(), _unit(found, spec)
    rows, twice = _split(found, spec, by_unit, skips)
    counts = Counter(word for row in rows for word in row)
    known = [word for word, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[: spec.vocabulary]]
    rare = len(counts) - len(known)
    kept = _known_enough(rows, set(known), skips) if rare else rows
    if len(kept) < FEWEST:
        raise DatasetError(
            f'"{path.name}" has {len(kept):,} different sentences that can be learnt from, and at least {FEWEST} are '
            f"needed{skips.sentence() and f'; {skips.sentence()}'}"
        )
    vocabulary = ("", *known, *([UNKNOWN] if rare else []))
    numbers = {word: number for number, word in enumerate(vocabulary)}
    length = max(map(len, kept)) + 1
    tokens = np.zeros((len(kept), length), np.int32)
    for place, row in enumerate(kept):
        tokens[place, : len(row)] = [numbers.get(word, len(vocabulary) - 1) for word in row]
    tokens = tokens[np.random.default_rng(0).permutation(len(tokens))]
    held_out = spec.held_out or len(tokens) // 10
    modality = Sentences(vocabulary, length, spaced=by_unit == "words")
    return listed(
        path.name,
        tokens,
        modality,
        held_out=held_out,
        skips=skips,
        source=f"{found.how}, {encodings.TITLES[encoding]}",
        facts=_facts(tokens, modality, counts, rare, by_unit, twice),
    )


def _text_of(path: Path, spec: TextsSpec) -> tuple[str, str]:
    """The text, NFC, and the name of its encoding. Raises DatasetError."""
    try:
        archives.check_regular(path)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DatasetError(
                f'"{path.name}" has {size / 1e6:,.0f} MB, and a text may have {MOST_BYTES / 1e6:,.0f}: take a part'
            )
        name = encodings.of_file(path, read_head(path)) if spec.encoding == "auto" else spec.encoding
        text = path.read_bytes().decode(encodings.CODECS[name], "replace")
    except OSError as error:
        raise DatasetError(f'"{path.name}" cannot be read: {error.strerror or error}') from None
    still_wanted()
    return unicodedata.normalize("NFC", text), name


def _found(path: Path, text: str, spec: TextsSpec) -> _Found:
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        return _of_json(path, text, spec.column)
    if suffix in TABLES:
        return _of_table(path, text, spec.column)
    lines = [(line.strip(), f"line {number:,}") for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(line, where) for line, where in lines if line]
    ends = [len(_ENDS.findall(line)) for line, _ in lines]
    if lines and statistics.mean(ends) < 1:
        return _Found(lines[:MOST_SENTENCES], "a sentence a line")
    parts = [part.strip() for part in _ENDS.split(" ".join(line for line, _ in lines))]
    numbered = [(part, f"sentence {number:,}") for number, part in enumerate(parts, start=1) if part]
    return _Found(numbered[:MOST_SENTENCES], "a text, split where sentences end")


def _delimiter(text: str, suffix: str) -> str:
    first = text.split("\n", 1)[0]
    return (
        "\t"
        if suffix != ".csv" or first.count("\t") > first.count(",")
        else ";"
        if ";" in first and "," not in first
        else ","
    )


def _of_table(path: Path, text: str, column: str) -> _Found:
    csv.field_size_limit(1 << 24)
    try:
        # Not by splitlines: a cell may have several lines, whose words stay apart by what ends them.
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, path.suffix.lower())))
    except csv.Error as error:
        raise DatasetError(f'"{path.name}" is no table that can be read: {error}') from None
    width = max(map(len, rows), default=0)
    if not width:
        raise DatasetError(f'"{path.name}" has no columns')
    header = [name.strip() for name in rows[0]] + [""] * (width - len(rows[0]))
    if column:
        if column not in header:
            raise DatasetError(
                f'column: "{path.name}" has no column {column!r}; there are {", ".join(map(repr, header))}'
            )
        place = header.index(column)
    else:
        place = max(range(width), key=lambda one: _mean_letters(row[one] for row in rows[1:2_000] if one < len(row)))
    named = bool(column) or _has_names(rows, place)
    lines = [
        (row[place].strip(), f"row {number:,}")
        for number, row in enumerate(rows[1:] if named else rows, start=1)
        if place < len(row) and row[place].strip()
    ]
    called = f"column {printable(header[place])!r}" if named and header[place] else f"column {place + 1}"
    return _Found(lines[:MOST_SENTENCES], f"{called} of a table")


def _has_names(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether the first row names columns: words above numbers, or above what is far longer or ends as sentences do."""
    first, below = rows[0], rows[1:200]
    if place >= len(first) or not below:
        return True
    numbers = any(
        not _is_number(first[one]) and all(_is_number(row[one]) for row in below if one < len(row))
        for one in range(len(first))
    )
    told = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
    name = first[place].strip()
    ends = sum(not one[-1].isalnum() for one in told) > len(told) / 2 and name[-1:].isalnum()
    return numbers or ends or not told or len(name) < statistics.median(map(len, told)) / 3


def _of_json(path: Path, text: str, column: str) -> _Found:
    fields: dict[str, list[tuple[str, str]]] = {}
    for number, line in enumerate(_json_lines(text), start=1):
        for name, value in _fields_of(line):
            if told := _unescaped(value).strip():
                fields.setdefault(name, []).append((told, f"line {number:,}"))
    if not fields:
        raise DatasetError(f'"{path.name}" has no lines of JSON with text in them')
    if column and column not in fields:
        raise DatasetError(f'column: "{path.name}" has no field {column!r}; there are {", ".join(map(repr, fields))}')
    name = column or max(fields, key=lambda one: _mean_letters(value for value, _ in fields[one][:2_000]))
    called = f"field {printable(name)!r} of lines of JSON" if name else "lines of JSON"
    return _Found(fields[name][:MOST_SENTENCES], called)


def _json_lines(text: str) -> Iterator[str]:
    """Each line; or each member of one list."""
    begun = text.lstrip()
    if begun.startswith("["):
        try:
            members = json.loads(begun)
        except (ValueError, RecursionError):
            members = []
        yield from (json.dumps(one) for one in members)
    else:
        yield from text.splitlines()


def _fields_of(line: str) -> Iterator[tuple[str, str]]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        yield from ((name, one) for name, one in value.items() if isinstance(one, str))


def _unescaped(value: str) -> str:
    """What JSON's escapes spell, NFC as the rest; half a character, as of an emoji that was cut, can't be written."""
    return unicodedata.normalize("NFC", _SURROGATES.sub(UNKNOWN, value))


def _strings_of(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from (value for _, value in _fields_of(line))


def _mean_letters(values: Iterator[str]) -> float:
    lengths = [sum(one.isalpha() for one in value) for value in values]
    return sum(lengths) / len(lengths) if lengths else 0.0


# --- what is made of it -----------------------------------------------------------------------------------------------


def _unit(found: _Found, spec: TextsSpec) -> str:
    if spec.unit != "auto":
        return spec.unit
    return "characters" if _asian("".join(line for line, _ in found.lines[:2_000])) > _ASIAN_SHARE else "words"


def _split(found: _Found, spec: TextsSpec, unit: str, skips: Skips) -> tuple[list[tuple[str, ...]], int]:
    """The words of each sentence that is no other's, and how many were others'."""
    rows: dict[tuple[str, ...], None] = {}
    twice = 0
    for place, (line, where) in enumerate(found.lines):
        if place % 4096 == 0:
            still_wanted()
        text = line.lower() if spec.lower_case else line
        words = split_words(text) if unit == "words" else [one for one in text if not one.isspace()]
        words = [word for word in words if word != UNKNOWN]
        if not words:
            skips.add(where, "has no words")
        elif len(words) > spec.longest:
            skips.add(where, f"has {len(words):,} {unit}, more than {spec.longest}")
        elif max(map(len, words)) > 100:
            skips.add(where, "has a word of more than 100 letters")
        elif (row := tuple(words)) in rows:
            twice += 1
        else:
            rows[row] = None
    return list(rows), twice


def _known_enough(rows: Sequence[tuple[str, ...]], known: set[str], skips: Skips) -> list[tuple[str, ...]]:
    kept = []
    for place, row in enumerate(rows, start=1):
        unknown = sum(word not in known for word in row)
        if unknown > _MOST_UNKNOWN * len(row):
            skips.add(f"sentence {place:,}", f"has {unknown} of {len(row)} words that are too rare to be known")
        else:
            kept.append(row)
    return kept


def _facts(
    tokens: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
    modality: Sentences,
    counts: Counter[str],
    rare: int,
    unit: str,
    twice: int,
) -> list[tuple[str, str]]:
    lengths = (tokens > 0).sum(1)
    often = ", ".join(printable(word) for word, _ in counts.most_common(12))
    facts = [
        ("Made of", f"{len(modality.vocabulary) - 1 - bool(rare):,} {unit}, most often {often}"),
        ("Lengths", f"{lengths.min()} to {lengths.max()} {unit}, half of them up to {int(np.median(lengths))}"),
    ]
    if rare:
        facts.append(("Rare", f"{rare:,} {unit} are told as {UNKNOWN}"))
    if twice:
        facts.append(("Again", f"{twice:,} sentences are there more than once, and count once"))
    return [*facts, ("Some of them", "\n".join(map(printable, modality.text(tokens[:_SHOWN]))))]
