"""Tables that other programs write: fields of several lines, Weka's ARFF files, and meshes as arrays."""

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.errors import Undecided
from ganstudio.data.files import records
from ganstudio.data.reading.opening import open_path
from ganstudio.experiment import ArraySpec, TableSpec

SIDE = 8
RAMP = np.add.outer(np.arange(SIDE), np.arange(SIDE)) * 8
IMAGES = np.stack([RAMP + k for k in range(40)]).astype(np.uint8)


def drawn(dataset):
    return dataset.modality.to_people(dataset.at(np.arange(dataset.count))).astype(np.float64)


# --- fields of several lines ---

PIXELS = {
    "as numpy prints them": str,
    "a row a line": lambda image: "\n".join(" ".join(map(str, row)) for row in image),
    "a list of lists": lambda image: str(image.tolist()).replace("], ", "],\n"),
}


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ('"a', True), ('  "a', True), ('1, "a', True), ('1,\t "a', True), ('a\t"b', True), ('a|"b', True),
        ('a "b', False), ('3.5" of', False), ('"a" b"c', False), ('"a","b', True),
    ],
)  # fmt: skip
def test_a_quote_begins_a_field_behind_a_sign_between_fields(tmp_path, line, opens):
    path = tmp_path / "a.csv"
    path.write_text(f'{line}\nc",2\n')
    assert records.take_several_lines(path, "utf-8") is opens


def test_a_lone_quote_behind_a_million_empty_fields_is_read_at_once(tmp_path):
    """Each tab was tried anew, which took hours."""
    path = tmp_path / "a.tsv"
    path.write_text("a" + "\t" * 1_000_000 + 'b"\nc\n')
    assert records.take_several_lines(path, "utf-8") is False


@pytest.mark.parametrize("written", PIXELS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("place", ["first", "last"])
def test_pixels_in_quotes_over_several_lines(tmp_path, written, end, place):
    fields = [(f'"{PIXELS[written](image)}"', f"class {k % 4}") for k, image in enumerate(IMAGES)]
    lines = [",".join(row if place == "first" else row[::-1]) for row in [("pixels", "kind"), *fields]]
    path = tmp_path / "images.csv"
    path.write_bytes("\n".join(lines).replace("\n", end).encode())
    dataset = open_path(path)[1]
    assert (dataset.count, dataset.shape) == (40, (1, SIDE, SIDE))
    np.testing.assert_array_equal(drawn(dataset)[..., 0], IMAGES)
    assert [dataset.classes[one] for one in dataset.labels] == [f"class {k % 4}" for k in range(40)]


def test_lines_are_told_by_where_their_records_begin(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text('x,y,note\n1,2,"two\nlines"\n3,4,plain\nno,5,"and\nthree\nmore"\n6,7,plain\n', "utf-8")
    assert [number for number, _ in records.numbered(path, "utf-8")] == [1, 2, 4, 5, 8]
    dataset = build_dataset(TableSpec(path=str(path)))
    assert dataset.count == 3
    assert [one.name for one in dataset.skipped] == ["line 5"]


LONE = {
    "inches": '1,2,5" wide\n3,4,6" wide\n5,6,plain\n',
    "one that nobody ended": '1,2,"begun\n3,4,plain\n5,6,plain\n',
    "one that others end": '1,2,"begun\n3,4,"whole"\n5,6,plain\n',
}


@pytest.mark.parametrize("text", LONE.values(), ids=LONE)
def test_a_lone_quote_takes_no_lines_with_it(tmp_path, text):
    path = tmp_path / "points.csv"
    path.write_text("x,y,note\n" + text)
    assert [number for number, _ in records.numbered(path, "utf-8")] == [1, 2, 3, 4]
    assert build_dataset(TableSpec(path=str(path))).count == 3


def test_a_field_goes_on_over_what_is_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "_PORTION", 64)
    path = tmp_path / "images.csv"
    lines = [f'{k},"{PIXELS["a row a line"](image)}"' for k, image in enumerate(IMAGES)]
    path.write_text("\n".join(lines))
    texts = [text for _, text in records.numbered(path, "utf-8")]
    assert [text.partition(",")[0] for text in texts] == [str(k) for k in range(40)]
    assert all(text.count('"') == 2 for text in texts)


# --- ARFF ---

HEAD = """% 1. Title: made up
@RELATION made-up

@attribute 'sepal length' NUMERIC
@attribute width real
{more}@attribute outcome_7 {{{values}}}

@DATA
"""


def arff(tmp_path, values="1,0", more="", body=None):
    random = np.random.default_rng(0)
    body = body or "".join(
        f"{x:.3f},{y:.3f},{'red,' if more else ''}{values.split(',')[k % 2]}\n"
        for k, (x, y) in enumerate(random.normal(size=(60, 2)))
    )
    path = tmp_path / "data.arff"
    path.write_text(HEAD.format(values=values, more=more) + body)
    return path


@pytest.mark.parametrize("values", ["0,1", "'Iris setosa','Iris virginica'", "a,b"])
@pytest.mark.parametrize("more", ["", "@attribute colour {red, green}\n"])
def test_the_classes_of_an_arff_file_are_what_it_lists(tmp_path, values, more):
    path = arff(tmp_path, values, more)
    dataset = open_path(path)[1]
    assert dataset.count == 60
    assert dataset.classes == tuple(sorted(value.strip("'") for value in values.split(",")))
    column = 3 if more else 2
    assert any(f'classes by column {column} "outcome_7"' in note for note in dataset.notes)
    random = np.random.default_rng(0).normal(size=(60, 2)).round(3)
    np.testing.assert_allclose(drawn(dataset), random, atol=1e-4)


def test_an_arff_file_of_many_columns_holds_images(tmp_path):
    head = "@relation digits\n" + "".join(f"@attribute pixel{k} numeric\n" for k in range(SIDE * SIDE))
    lines = [",".join(map(str, [*image.ravel(), "ab"[k % 2]])) for k, image in enumerate(IMAGES)]
    path = tmp_path / "digits.arff"
    path.write_text(head + "@attribute what {a,b}\n@data\n" + "\n".join(lines))
    dataset = open_path(path)[1]
    assert (dataset.count, dataset.shape, dataset.classes) == (40, (1, SIDE, SIDE), ("a", "b"))
    np.testing.assert_array_equal(drawn(dataset)[..., 0], IMAGES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@relation a\n@attribute x numeric\n1,2\n", "without @data"),
        ("@relation a\n@attribute\n@data\n1,2\n", "line 2 of its head"),
        ("@relation a\n@attribute x numeric\n@attribute y numeric\n@data\n{0 1, 1 2}\n", "sparse ARFF"),
        ("@relation a\n@attribute x numeric\n@data\n", "is empty"),
    ],
)
def test_arff_files_that_can_not_be_read_are_told(tmp_path, text, told):
    path = tmp_path / "data.arff"
    path.write_text(text)
    with pytest.raises(DatasetError, match=told):
        build_dataset(TableSpec(path=str(path)))


# --- meshes ---

ACROSS, UP = np.linspace(-1, 1, 30), np.linspace(0, 5, 40)
MESH = np.stack(np.meshgrid(ACROSS, UP), axis=-1)  # (40, 30, 2)


@pytest.mark.parametrize("order", ["last", "first", "ij"])
@pytest.mark.parametrize("dtype", ["<f8", "<f4"])
def test_a_mesh_is_read_as_its_points(tmp_path, order, dtype):
    mesh = {
        "last": MESH,
        "first": np.array(np.meshgrid(ACROSS, UP)),
        "ij": np.stack(np.meshgrid(ACROSS, UP, indexing="ij"), axis=-1),
    }[order]
    np.save(tmp_path / "mesh.npy", mesh.astype(dtype))
    dataset = open_path(tmp_path / "mesh.npy")[1]
    assert (dataset.count, dataset.shape) == (1_200, (2,))
    expected = np.array([[x, y] for y in UP for x in ACROSS])
    found = drawn(dataset)
    np.testing.assert_allclose(
        found[np.lexsort(found.round(4).T)], expected[np.lexsort(expected.round(4).T)], atol=1e-4
    )
    assert any("as one coordinate changes along rows alone" in note for note in dataset.notes)


def test_whether_two_planes_are_points_in_rows_or_two_images_is_asked(tmp_path):
    path = tmp_path / "field.npy"
    np.save(path, MESH + np.random.default_rng(0).normal(size=MESH.shape))
    with pytest.raises(Undecided, match=r"1,200 points \(h,w,p\)") as asked:
        build_dataset(ArraySpec(path=str(path)))
    assert "h,w,p" in asked.value.layouts
    dataset = build_dataset(ArraySpec(path=str(path), layout="h,w,p"))
    assert (dataset.count, dataset.shape) == (1_200, (2,))


def test_bytes_in_two_planes_are_two_images_as_before(tmp_path):
    np.save(tmp_path / "two.npy", np.stack([IMAGES[0].repeat(2, 0).repeat(2, 1)] * 2))
    dataset = build_dataset(ArraySpec(path=str(tmp_path / "two.npy")))
    assert (dataset.count, dataset.shape) == (2, (1, 16, 16))
