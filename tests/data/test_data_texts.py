"""Sentences of one's own: texts, tables, lines of JSON; words and characters; what is skipped and told."""

from __future__ import annotations

import json
import os
import textwrap
import unicodedata
from contextlib import suppress

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.reading.importers import propose
from ganstudio.data.reading.opening import open_path
from ganstudio.data.reading.reading import read
from ganstudio.data.text import encoded
from ganstudio.data.text.encoded import UNKNOWN
from ganstudio.data.text.grammar import grammar_of
from ganstudio.data.text.prose import split_sentences
from ganstudio.data.watching import Watch
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
    said, often = facts["Made of"].split(": ")
    assert said == "46 words, most often"
    assert len(often.split(" ")) == 12
    assert "," not in often
    assert facts["Lengths"].startswith("5 to 14 words")
    assert facts["Again"] == "1 sentence is there more than once, and counts once"
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
    assert dataset.modality.described.endswith(f" of {len(dataset.modality.vocabulary) - 1} characters")
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
    with pytest.raises(DatasetError, match="120 different sentences to learn from, and at least 500 are"):
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


# --- prose ------------------------------------------------------------------------------------------------------------


def sentences_of(count: int = 900) -> list[str]:
    """Different sentences that begin with a capital, as those of a novel."""
    return [line[0].upper() + line[1:] for line in written("english", count)]


def in_paragraphs(lines: list[str], width: int, *, apart: str = "\n\n") -> str:
    paragraphs = [" ".join(lines[start : start + 1 + start % 5]) for start in _starts(len(lines))]
    return apart.join(textwrap.fill(one, width) for one in paragraphs)


def _starts(count: int) -> list[int]:
    starts = [0]
    while starts[-1] + 1 + starts[-1] % 5 < count:
        starts.append(starts[-1] + 1 + starts[-1] % 5)
    return starts


@pytest.mark.parametrize("apart", ["\n\n", "\n"], ids=["empty lines", "none"])
@pytest.mark.parametrize("width", [40, 72])
def test_lines_that_are_broken_at_a_width_are_joined(tmp_path, width: int, apart: str) -> None:
    lines = sentences_of()
    path = tmp_path / "novel.txt"
    path.write_text(in_paragraphs(lines, width, apart=apart), encoding="utf-8")
    _, dataset = open_path(path)
    assert texts_of(dataset) == set(lines)
    assert dataset.source.startswith("a text whose lines are broken at about ")
    card, _ = read(path)
    assert card.verdict == f"sentences: {dataset.source}"
    as_lines = build_dataset(TextsSpec(path=str(path), split="lines"))
    assert as_lines.source.startswith("a sentence a line")
    assert texts_of(as_lines) != set(lines)
    if apart == "\n\n":
        assert texts_of(build_dataset(TextsSpec(path=str(path), split="sentences"))) == set(lines)


def test_verse_and_lines_of_a_length_are_left_as_they_are(tmp_path) -> None:
    for name, lines in {
        "verse.txt": [line.rstrip(".?") + "," * (place % 2) for place, line in enumerate(written("english"))],
        "same.txt": [f"w{place:03d} is a word of its own here{'.' * (place % 4 == 3)}" for place in range(600)],
        "chinese.txt": [f"{chr(0x4E00 + place)}前明月光，" for place in range(600)],
    }.items():
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        _, dataset = open_path(path)
        assert dataset.source.startswith("a sentence a line"), name
        assert texts_of(dataset) == set(lines)


def test_chinese_prose_is_joined_without_spaces(tmp_path) -> None:
    lines = [f"{chr(0x4E00 + place)}先生昨天{chr(0x5E00 + place % 97)}看见了那只很大的猫。" for place in range(600)]
    path = tmp_path / "novel.txt"
    whole = "".join(lines)
    path.write_text("\n".join(whole[start : start + 35] for start in range(0, len(whole), 35)), encoding="utf-8")
    _, dataset = open_path(path)
    assert texts_of(dataset) == set(lines)
    assert dataset.source.startswith("a text whose lines are broken at about 35 letters")


def test_sentences_do_not_end_at_titles_or_within_what_is_said() -> None:
    found = list(split_sentences("“Is it?” said Mr. Smith. J. K. Rowling wrote it… “No!” He left. A vs. B, e.g. this"))
    assert found == [
        "“Is it?” said Mr. Smith.", "J. K. Rowling wrote it…", "“No!”", "He left.", "A vs. B, e.g. this"
    ]  # fmt: skip


def test_words_that_are_broken_at_the_end_of_a_line_are_mended(tmp_path) -> None:
    lines = [f"{word} number w{place} was a wonderful well-known one." for place, word in enumerate(["The"] * 600)]
    path = tmp_path / "prose.txt"
    text = "\n\n".join(line.replace("wonderful", "won-\nderful").replace("well-", "well-\n") for line in lines[1:])
    path.write_text(f"{lines[0]}\n\n{text}", encoding="utf-8")
    assert texts_of(build_dataset(TextsSpec(path=str(path), split="sentences"))) == set(lines)


# --- what is odd ------------------------------------------------------------------------------------------------------


def test_lists_of_names_are_learnt_by_letters(tmp_path) -> None:
    names = [f"{a}{b}{c}a" for a in "ABDEGKLMNR" for b in "aeiou" for c in "lmnrstvwbdfg"]
    path = tmp_path / "names.txt"
    path.write_text("\n".join(names))
    spec, dataset = open_path(path)
    assert isinstance(spec, TextsSpec)
    assert dataset.modality.spaced is False
    assert texts_of(dataset) == set(names)


def test_characters_of_english_keep_their_spaces(tmp_path) -> None:
    lines = [line for line in written("english") if len(line) <= 60]
    path = tmp_path / "own.txt"
    path.write_text("\n".join(lines))
    dataset = build_dataset(TextsSpec(path=str(path), unit="characters", longest=60))
    assert texts_of(dataset) == set(lines)
    assert dataset.modality.split("a  cat") == ["a", " ", "c", "a", "t"]
    assert "(space)" in dict(dataset.facts)["Made of"]


def test_signs_that_nobody_sees_are_left_out_and_told(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "own.txt"
    path.write_text("\n".join(line.replace("e", "\0e\u200b") for line in lines), encoding="utf-8")
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == set(lines)
    many = 2 * "".join(lines).count("e")
    assert dataset.notes == (f"{many:,} signs that can't be seen, such as controls and NUL, are left out",)


def test_lines_in_another_encoding_are_read_as_what_they_are(tmp_path) -> None:
    lines = [f"café {line}" for line in written("english", 700)]
    path = tmp_path / "own.txt"
    path.write_bytes("\n".join(lines[:600]).encode() + b"\n" + "\n".join(lines[600:]).encode("cp1252"))
    _, dataset = open_path(path)
    assert texts_of(dataset) == set(lines)
    assert dataset.notes == ("100 lines are not in UTF-8 as the others, and read as Windows-1252",)
    forced = build_dataset(TextsSpec(path=str(path), encoding="utf-8"))
    assert forced.notes == (f"100 signs can't be read as UTF-8, and stand as {UNKNOWN}",)


def test_a_line_of_a_million_signs_is_one_that_is_skipped(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*lines[:300], "x" * 1_000_000, "word " * 200_000, *lines[300:]]))
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == set(lines)
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("line 301", "has a word of more than 100 letters"),
        ("line 302", "has 200,000 words, more than 40"),
    ]


def test_lines_of_json_without_the_field_are_named(tmp_path) -> None:
    lines = written("english", 600)
    members = [json.dumps({"said": {"text": line}, "who": "a person"}) for line in lines]
    path = tmp_path / "t.jsonl"
    broken = ["{broken", '{"n": 3}', '{"who": "nobody"}', "", '{"said": {"text": "a\u2028\u2028last line of all"}}']
    path.write_text("\n".join([*members, *broken]), encoding="utf-8")
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == {*lines, "a last line of all"}
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("line 601", "is not JSON"),
        ("line 602", "has no text in it"),
        ("line 603", "has no field 'said.text'"),
    ]
    assert dict(dataset.facts)["Not taken"] == "who: name one as the column"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_list_within_an_object_of_json(tmp_path, indent: int | None) -> None:
    lines = written("english", 600)
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"version": "one", "data": [{"text": line} for line in lines]}, indent=indent))
    spec, dataset = open_path(path)
    assert isinstance(spec, TextsSpec)
    assert texts_of(dataset) == set(lines)


def test_rows_without_the_column_are_named_and_quotes_that_stay_open_are_signs(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "t.csv"
    path.write_text("n,text\n" + "\n".join(f'{place},"{line}' for place, line in enumerate(lines)) + "\n600\n601,")
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert texts_of(dataset) == set(lines)
    assert dataset.notes == ("quotes are opened and not closed: each line was taken as a row",)
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("row 601", "has nothing in column 'text'"),
        ("row 602", "has nothing in column 'text'"),
    ]
    assert dict(dataset.facts)["Not taken"] == "n: name one as the column"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"], ids=["nothing", "a byte order mark"])
def test_a_table_that_was_emptied_is_told_in_words(tmp_path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r't\.csv" has no columns'):
        build_dataset(TextsSpec(path=str(path)))


def test_commas_within_quotes_part_nothing(tmp_path) -> None:
    lines = [f'{line[:-1]}, "he said", and more.' for line in written("english", 600)]
    path = tmp_path / "t.csv"
    cells = ['"' + line.replace('"', '""') + '"' for line in lines]
    path.write_text("n,text\n" + "\n".join(f"{place},{cell}" for place, cell in enumerate(cells)))
    dataset = build_dataset(TextsSpec(path=str(path)))
    assert {text.replace(' "', '"').replace('" ', '"') for text in texts_of(dataset)} == {
        line.replace(' "', '"').replace('" ', '"') for line in lines
    }


def test_a_folder_of_texts_is_told_what_to_do(tmp_path) -> None:
    folder = tmp_path / "novels"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text("5 words\n" + "\n".join(written("english", 200)))
    with pytest.raises(DatasetError, match=r'"novels" is a folder of texts, .* put the texts into one, and drop that'):
        open_path(folder)
    (folder / "d.txt").write_text("5 5\n" + "\n".join(written("english", 20)))  # a header, if these were numbers
    with pytest.raises(DatasetError, match="is a folder of texts"):
        open_path(folder)


def test_reviews_with_a_number_and_a_grade_are_sentences_and_places_with_names_are_points(tmp_path) -> None:
    lines = written("english", 600)
    path = tmp_path / "reviews.csv"
    rows = (f'{number},{number % 5 + 1},"{line}"' for number, line in enumerate(lines, start=7))
    path.write_text("\n".join(["id,stars,review", *rows]), encoding="utf-8")
    spec = propose(path)
    assert isinstance(spec, TextsSpec)
    assert texts_of(build_dataset(spec)) == set(lines)
    places = tmp_path / "places.csv"
    draw = np.random.default_rng(0)
    rows = (f'{number},{draw.normal():.3f},{draw.normal():.3f},"{line}"' for number, line in enumerate(lines))
    places.write_text("\n".join(["id,east,north,name", *rows]), encoding="utf-8")
    assert isinstance(propose(places), TableSpec)
    whole = tmp_path / "whole.csv"
    rows = (f'{draw.integers(0, 900)},{draw.integers(0, 900)},"{line}"' for line in lines)
    whole.write_text("\n".join(["east,north,name", *rows]), encoding="utf-8")
    assert isinstance(propose(whole), TableSpec)


# --- given up ---------------------------------------------------------------------------------------------------------


class GivenUp(Exception):
    """Ends a reading."""


class Asked(Watch):
    """Counts how often it is asked whether to go on, and ends the reading at the question of this number."""

    def __init__(self, most: int = 10**9) -> None:
        self.most, self.count = most, 0

    def go_on(self) -> None:
        self.count += 1
        if self.count > self.most:
            raise GivenUp


_SENTENCE = "The small robot sees a bird. "
_LONG = {
    "lines.txt": "\n".join(f"bird number {one} sees a robot" for one in range(8_000)),
    "prose.txt": "\n".join([" ".join([_SENTENCE.strip()] * 4)] * 8_000),
    "paragraph.txt": _SENTENCE * 16_000,
    "hyphens.txt": "\n".join(["The robot that sees a bird is small, and quiet. It is not a king-"] * 8_000),
    "table.csv": "\n".join(f'{one},"bird {one} sees a small robot today"' for one in range(8_000)),
    "lines.jsonl": "\n".join(json.dumps({"text": f"bird {one} sees a robot"}) for one in range(8_000)),
    "list.json": json.dumps([f"bird number {one} sees a robot" for one in range(8_000)]),
    "mixed.txt": "\n".join([f"the bird is déjà {one}" for one in range(8_000)]),
}
"""Texts of 8,000 lines or 16,000 sentences."""


@pytest.mark.parametrize("name", _LONG)
def test_the_reading_of_a_long_text_asks_often_whether_it_is_still_wanted_and_ends_at_once(tmp_path, name) -> None:
    path = tmp_path / name
    lines = _LONG[name].encode()
    if name == "mixed.txt":  # every third line is of an older encoding
        lines = b"\n".join(
            line.decode().encode("latin-1") if place % 3 == 0 else line for place, line in enumerate(lines.split(b"\n"))
        )
    path.write_bytes(lines)
    spec = TextsSpec(path=str(path))
    asked = Asked()
    with suppress(DatasetError):  # where all sentences are the same
        read(path, spec, watch=asked)
    assert asked.count >= 3 * 8_000 // 2_048  # each line is gone through several times
    for share in (0.2, 0.5, 0.8):
        ending = Asked(int(share * asked.count))
        with pytest.raises(GivenUp):
            read(path, spec, watch=ending)
        assert ending.count == ending.most + 1


def test_portions_of_a_text_are_made_plain_as_the_whole_is(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(encoded, "_PORTION", 7)
    text = "cafe\u0301 \u200bde\u0301ja\u0300-vu\n\u0301x " * 40 + "a" * 30 + "e\u0301"
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8", newline="")
    made = encoded.text_of(path, "utf-8")
    assert made.text == unicodedata.normalize("NFC", text.replace("\u200b", ""))
    assert made.notes == ("40 signs that can't be seen, such as controls and NUL, are left out",)
