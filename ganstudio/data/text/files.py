"""Sentences of somebody's own: a text, a column of a table, or a field of JSON lines.

A text has a sentence a line, or is split where sentences end. Legend for names of arrays: n sentences, t places.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import encodings
from ganstudio.data.files.loose import printable
from ganstudio.data.skips import Skips
from ganstudio.data.text.dataset import listed
from ganstudio.data.text.encoded import UNKNOWN, text_of
from ganstudio.data.text.sources import asian, found_in
from ganstudio.data.watching import while_wanted
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Sentences, counted
from ganstudio.modalities.sentences import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.text.sources import Found
    from ganstudio.experiment import TextsSpec

FEWEST = 500
_MOST_UNKNOWN = 0.1
_ASIAN_SHARE = 0.3
_SHOWN, _TOLD = 10, 8


def build_texts(spec: TextsSpec) -> Dataset:
    """The sentences of a file, each once, with the most frequent words as vocabulary.

    Raises DatasetError where there are too few, or the file can't be read.
    """
    path = place_of(spec.path)
    text, encoding, notes = text_of(path, spec.encoding)
    skips = Skips()
    found = found_in(path, text, spec, skips)
    by_unit = _unit(found, spec)
    rows, twice = _split(found, spec, by_unit, skips)
    counts = Counter(word for row in while_wanted(rows) for word in row)
    known = [word for word, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[: spec.vocabulary]]
    rare = len(counts) - len(known)
    kept = _known_enough(rows, set(known), skips) if rare else rows
    if len(kept) < FEWEST:
        raise DatasetError(
            f'"{path.name}" has {counted(len(kept), "different sentence")} to learn from, and at least {FEWEST} are '
            f"needed{skips.sentence() and f'; {skips.sentence()}'}"
        )
    vocabulary = ("", *known, *([UNKNOWN] if rare else []))
    numbers = {word: number for number, word in enumerate(vocabulary)}
    length = max(map(len, kept)) + 1
    tokens = np.zeros((len(kept), length), np.int32)
    for place, row in enumerate(while_wanted(kept)):
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
        notes=(*notes, *found.notes),
        source=f"{found.how}, {encodings.TITLES[encoding]}",
        facts=_facts(tokens, modality, counts, rare, by_unit, twice, found.others),
    )


# --- what is made of it -----------------------------------------------------------------------------------------------


def _unit(found: Found, spec: TextsSpec) -> str:
    if spec.unit != "auto":
        return spec.unit
    some = [line for line, _ in found.lines[:2_000]]
    return "characters" if asian("".join(some)) > _ASIAN_SHARE or _are_single_words(some) else "words"


def _are_single_words(lines: Sequence[str]) -> bool:
    """Whether hardly any line has two words, as in a list of names: then letters are what is to be learnt."""
    return sum(len(line.split()) > 1 for line in lines) < 0.1 * len(lines)


def _split(found: Found, spec: TextsSpec, unit: str, skips: Skips) -> tuple[list[tuple[str, ...]], int]:
    """The words of each sentence that is no other's, and how many were others'."""
    rows: dict[tuple[str, ...], None] = {}
    twice = 0
    for line, where in while_wanted(found.lines):
        text = line.lower() if spec.lower_case else line
        words = split_words(text) if unit == "words" else _characters(text)
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


def _characters(text: str) -> list[str]:
    """All characters; spaces too, once each, but where none belong, as in Chinese."""
    return list((" " if asian(text) <= _ASIAN_SHARE else "").join(text.split()))


def _known_enough(rows: Sequence[tuple[str, ...]], known: set[str], skips: Skips) -> list[tuple[str, ...]]:
    kept = []
    for place, row in enumerate(while_wanted(rows), start=1):
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
    others: Sequence[str],
) -> list[tuple[str, str]]:
    lengths = (tokens > 0).sum(1)
    # With spaces between, as commas are among them.
    often = " ".join(printable(word) if word != " " else "(space)" for word, _ in counts.most_common(12))
    facts = [
        ("Made of", f"{len(modality.vocabulary) - 1 - bool(rare):,} {unit}, most often: {often}"),
        ("Lengths", f"{lengths.min()} to {lengths.max()} {unit}, half of them up to {int(np.median(lengths))}"),
    ]
    if rare:
        many = f"1 {unit.removesuffix('s')} is" if rare == 1 else f"{rare:,} {unit} are"
        facts.append(("Rare", f"{many} told as {UNKNOWN}"))
    if twice:
        told = "1 sentence is there more than once, and counts once"
        if twice > 1:
            told = f"{twice:,} sentences are there more than once, and count once"
        facts.append(("Again", told))
    if others:
        more = f" and {len(others) - _TOLD:,} more" if len(others) > _TOLD else ""
        facts.append(("Not taken", f"{', '.join(others[:_TOLD])}{more}: name one as the column"))
    return [*facts, ("Some of them", "\n".join(map(printable, modality.text(tokens[:_SHOWN]))))]
