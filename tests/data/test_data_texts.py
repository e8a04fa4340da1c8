"""Sentences of one's own: texts, tables, lines of JSON; words and characters; what is skipped and told."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.reading.importers import propose
from ganstudio.data.reading.opening import open_path
from ganstudio.data.reading.reading import read
from ganstudio.data.text.files import UNKNOWN
from ganstudio.data.text.grammar import grammar_of
from ganstudio.experiment import TableSpec, TextsSpec
from ganstudio.modalities import Sentences


def written(language: str, count: int = 900) -> list[str]:
    """Different sentences of the grammar, as they are written."""
    grammar = grammar_of(language)
    kind = Sentences(grammar.vocabulary, 15, language == "english")
    found = dict.fromkeys(kind.text(grammar.draw(4 * count, 15, np.random.default_rng(1))))
    return list(found)[:count]


def texts_of(dataset) -> set[str]:
    everything = np.arange(dataset.count + dataset.held_out)
    return set(dataset.modality.text(dataset.modality.to_people(dataset.at(everything))))


def test_a_sentence_a_line(tmp_path) -> None:
    lines = written("english")
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*lines, lines[0], "", "!" + " a" * 60]), encoding="utf-8")
    spec, dataset = open_path(path)
    assert isinstance(spec, TextsSpec)
    assert (dataset.count, dataset.held_out) == (810, 90)
    assert dataset.shape == (15, 47)
    assert texts_of(dataset) == set(lines)
    assert [(one.name, one.reason) for one in dataset.skipped] == [("line 903", "has 61 words, more than 40")]
    facts = dict(dataset.facts)
    assert facts["Made of"].startswith("46 words, most often ")
    assert facts["Lengths"].startswith("5 to 14 words")
    assert facts["Again"] == "1 sentences are there more than once, and count once"
    assert set(facts["Some of them"].split("\n")) < set(lines)
    card, _ = read(path)
    assert card.verdict == "sentences: a sentence a line, UTF-8"
    assert card.count == 900
    assert card.facts == dataset.facts


def test_characters_where_there_are_no_spaces(tmp_path) -> None:
    lines = written("chinese")
    path = tmp_path / "own.txt"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    _, dataset = open_path(path)
    assert dataset.modality.spaced is False
    assert dataset.modality.vocabulary[1:] == tuple(sorted(dataset.modality.vocabulary[1:], key=len))  # each is one
    assert {len(word) for word in dataset.modality.vocabulary[1:]} == {1}
    assert texts_of(dataset) == set(lines)
    assert dataset.source.endswith("GBK")
    words = build_dataset(TextsSpec(path=str(path), unit="words", held_out=30))
    assert words.modality.spaced
    assert words.held_out == 30


def test_a_text_is_split_where_sentences_end(tmp_path) -> None:
    lines = written("english")
    path = tmp_path / "prose.txt"
    path.write_text("\n\n".join(" ".join(lines[start : start + 30]) for start in range(0, 900, 30)), encoding="utf-8")
    _, dataset = open_path(path)
    assert texts_of(dataset) == set(lines)
    assert dataset.source.startswith("a text, split where sentences end")


@pytest.mark.parametrize(
    ("name", "mark"), [("t.csv", ","), ("t.tsv", "\t"), ("t.csv", ";")], ids=["csv", "tsv", "semi"]
)
def test_a_column_of_a_table(tmp_path, name: str, mark: str) -> None:
    lines = written("english", 600)
    path = tmp_path / name
    rows = [mark.join(["number", "what was said", "who"])]
    rows += [mark.join([str(place), f'"{line}"', "a person"]) for place, line in enumerate(lines)]
    path.write_text("\n".join(rows), encoding="utf-8")
    spec, dataset = open_path(path)
    assert isinstance(spec, TextsSpec)
    assert texts_of(dataset) == set(lines)
    assert dataset.source.startswith("column 'what was said' of a table")
    with pytest.raises(DatasetError, match=r"has no column 'text'; there are 'number', 'what was said', 'who'"):
        build_dataset(TextsSpec(path=str(path), column="text"))


def test_a_cell_of_several_lines_keeps_its_words_apart(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "t.csv"
    cells = ['"' + line.replace(" ", "\r\n", 1) + '"' for line in lines]
    path.write_bytes("\r\n".join(["n,text", *(f"{place},{cell}" for place, cell in enumerate(cells))]).encode())
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == set(lines)


def test_a_quotation_ends_with_its_mark(tmp_path) -> None:
    path = tmp_path / "prose.txt"
    lines = [f"{chr(0x4E00 + place)}说：“好。”" for place in range(600)]
    path.write_text("".join(lines), encoding="utf-8")
    assert texts_of(build_dataset(TextsSpec(path=str(path)))) == set(lines)


def test_points_with_a_name_each_stay_points(tmp_path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("x,y,name\n" + "".join(f"{k},{k * k % 7},The City Number {chr(65 + k % 26)}\n" for k in range(90)))
    assert isinstance(propose(path), TableSpec)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_field_of_json(tmp_path, as_list: bool) -> None:
    lines = written("english", 600)
    path = tmp_path / ("t.json" if as_list else "t.jsonl")
    members = [{"id": str(place), "text": line, "n": 3} for place, line in enumerate(lines)]
    path.write_text(json.dumps(members) if as_list else "\n".join(map(json.dumps, members)), encoding="utf-8")
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == set(lines)
    with pytest.raises(DatasetError, match=r"has no field 'said'; there are 'id', 'text'"):
        build_dataset(TextsSpec(path=str(path), column="said"))


def test_half_a_character_of_json_is_left_out_and_escapes_are_composed(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(json.dumps({"text": f"{line} \ud83d cafe\u0301 \ud83d"}) for line in lines))
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == {f"{line} café" for line in lines}
    "".join(dataset.modality.vocabulary).encode()  # it can be written


def test_as_many_words_as_may_be_and_the_unknown_one(tmp_path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\n".join(" ".join(f"w{20 * line + word}" for word in range(20)) for line in range(1_100)))
    dataset = build_dataset(TextsSpec(path=str(path), vocabulary=20_000))
    assert len(dataset.modality.vocabulary) == 20_002
    assert dataset.count + dataset.held_out == 1_000


def test_rare_words_are_unknown_and_too_many_of_them_skipped(tmp_path) -> None:
    lines = written("english", 700)
    rare = [f"today the cat sees the {name} near a small old red happy dog." for name in ("zebra", "yak")]
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*lines, *rare, "one two strange words here."]), encoding="utf-8")
    dataset = build_dataset(TextsSpec(path=str(path), vocabulary=46))
    assert dataset.modality.vocabulary[-1] == UNKNOWN
    assert sum(UNKNOWN in text for text in texts_of(dataset)) == 1  # both are the same now
    assert dataset.skipped[0].reason.endswith("words that are too rare to be known")
    assert dict(dataset.facts)["Rare"].endswith(f"words are told as {UNKNOWN}")


def test_what_can_not_be_learnt_from_is_told(tmp_path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("\n".join(written("english", 120)), encoding="utf-8")
    with pytest.raises(DatasetError, match=r'"few.txt" has 120 different sentences .*, and at least 500 are needed'):
        open_path(path)
    path = tmp_path / "broken.jsonl"
    path.write_text('{"a": 3}\n' * 20)
    with pytest.raises(DatasetError, match="has no lines of JSON with text in them"):
        build_dataset(TextsSpec(path=str(path)))
    with pytest.raises(DatasetError, match=r'"gone.txt"'):
        build_dataset(TextsSpec(path=str(tmp_path / "gone.txt")))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("encoding", ["auto", "utf-8"])
def test_a_pipe_is_not_waited_for(tmp_path, encoding: str) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(DatasetError, match=r'"pipe.txt" is a pipe, not a file'):
        build_dataset(TextsSpec(path=str(tmp_path / "pipe.txt"), encoding=encoding))
