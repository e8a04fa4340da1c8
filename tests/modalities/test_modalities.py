"""Kinds of sample: their units, pictures and words, and what the files of a run say of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import ganstudio
from ganstudio.modalities import MODALITIES, ByKind, Images, Points, as_points, guessed, packed, unpacked
from ganstudio.scalars import percent

POINTS = Points((1.5, -2.0), 4.0)
IMAGES = Images((3, 5, 7))


def test_points_are_scaled_about_their_centre_and_back():
    model = np.array([[0, 0], [1, -1]], np.float32)
    people = POINTS.to_people(model)
    assert people.dtype == np.float32
    assert people.tolist() == [[1.5, -2.0], [5.5, -6.0]]
    assert POINTS.to_model(people).tolist() == model.tolist()
    assert Points.around(np.array([1.5, -2.0]), np.float64(4)) == POINTS


def test_images_become_grey_levels_and_are_clipped_at_black_and_white():
    model = np.zeros((1, 1, 2, 2), np.float32)
    model[0, 0] = [[-1, 1], [-3, 0.5]]
    people = Images((1, 2, 2)).to_people(model)
    assert (people.shape, people.dtype) == ((1, 2, 2, 1), np.uint8)
    assert people[0, :, :, 0].tolist() == [[0, 255], [0, 191]]  # 191.25
    np.testing.assert_allclose(Images((1, 2, 2)).to_model(people)[0, 0, 0], [-1, 1], atol=1e-7)


def test_every_level_of_an_image_comes_back():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    kind = Images((1, 16, 16))
    assert np.array_equal(kind.to_people(kind.to_model(levels)), levels)
    assert kind.pictures(levels) is levels


def test_a_point_is_pictured_where_it_lies_and_read_as_its_coordinates():
    places = POINTS.to_people(np.array([[-2.9, 2.9], [2.9, -2.9], [50, 0], [np.nan, 0]], np.float32))
    pictures = POINTS.pictures(places)
    assert pictures.shape == (4, 32, 32, 1)
    dots = [np.argwhere(each[:, :, 0]) for each in pictures]
    assert [dot.min(0).tolist() for dot in dots[:2]] == [[0, 0], [30, 30]]
    assert [dot.max(0).tolist() for dot in dots[:2]] == [[1, 1], [31, 31]]  # cut by the edge, and on no other side
    assert [len(dot) for dot in dots] == [4, 4, 0, 0]
    (middle,) = POINTS.pictures(POINTS.to_people(np.zeros((1, 2), np.float32)))
    assert middle.sum() == 9 * 255  # large enough to be seen in a pin's picture
    assert POINTS.text(np.array([[1, -2.5]], np.float32)) == ("(1.000, \u22122.500)",)
    assert IMAGES.text(np.zeros((1, 5, 7, 3), np.uint8)) is None


@pytest.mark.parametrize("kind", [POINTS, IMAGES], ids=lambda kind: kind.kind)
def test_a_kind_is_told_in_words_and_silent(kind):
    assert kind.words.counted(1) == f"1 {kind.words.one}"
    assert kind.words.counted(2000) == f"2,000 {kind.words.many}"
    assert kind.described.startswith(kind.words.many)
    assert kind.sound(np.zeros((1, *kind.shape), np.float32)) is None
    assert MODALITIES[kind.kind] is type(kind)


def test_images_are_described_by_their_size():
    assert IMAGES.described == "images of 7 × 5 pixels, in colour"
    assert Images((1, 8, 8)).described == "images of 8 × 8 pixels, grey"


def test_as_points_is_for_points_only():
    assert as_points(POINTS) is POINTS
    with pytest.raises(AssertionError, match="not images"):
        as_points(IMAGES)


def test_tables_have_a_row_for_kinds_that_they_do_not_name():
    table = ByKind("gallery", points="plane")
    assert (table["points"], table["sound"], list(table)) == ("plane", "gallery", ["points"])


# --- in the files of a run ---


@pytest.mark.parametrize("kind", [POINTS, IMAGES], ids=lambda kind: kind.kind)
def test_a_kind_comes_back_from_what_is_kept_of_it(kind):
    import json

    assert unpacked(json.loads(json.dumps(packed(kind)))) == kind


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {1: "images"},
        {"kind": ["images"]},
        {"kind": "smell"},
        {"kind": "points", "scale": 0},
        {"kind": "points", "scale": 10**400},
        {"kind": "points", "scale": "1"},
        {"kind": "points", "centre": [1, 2, 3]},
        {"kind": "points", "centre": "ab"},
        {"kind": "points", "centre": None},
        {"kind": "points", "colour": "red"},
        {"kind": "images", "shape": [2, 8, 8]},
        {"kind": "images", "shape": [1, 8, 0]},
        {"kind": "images", "shape": [1, 8, "8"]},
        {"kind": "images", "shape": [1, 8]},
        {"kind": "images", "shape": 3},
    ],
    ids=str,
)
def test_what_says_no_kind_is_refused_in_words(values):
    with pytest.raises(ValueError, match=r"told|known"):
        unpacked(values)


def test_runs_of_before_are_of_points_or_images():
    assert guessed(np.zeros((4, 5, 7, 3), np.uint8)) == IMAGES
    assert isinstance(guessed(np.zeros((9, 2), np.float32)), Points)
    for other in (np.zeros((4, 5, 7, 4), np.uint8), np.zeros((4, 0, 7, 1), np.uint8), np.zeros((9, 3), np.float32)):
        assert guessed(other) is None


def texts():
    """Each text of the sources that is no docstring, what is put into it as {}: (name of the file, text)."""
    for path in Path(ganstudio.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [each.value if isinstance(each, ast.Constant) else "{}" for each in node.values]
                yield path.name, "".join(parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
                yield path.name, node.value


def test_shares_and_sizes_are_written_one_way_in_all_that_is_told():
    assert (percent(0.688), percent(0.07, 0)) == ("68.8 %", "7 %")
    found = list(texts())
    assert any("{} × {}" in text for _, text in found)
    # "8 x 8" would stand next to "8 × 8", and "68.8%" next to "7 %".
    assert [(name, text) for name, text in found if re.search(r"[\d}] x [\d{]|^ x $", text)] == []
    assert {name for name, text in found if re.search(r"[\d}]%(?!\w)", text)} == {"scalars.py"}
