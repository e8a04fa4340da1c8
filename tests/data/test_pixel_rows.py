"""Images from the lines of a text: where the pixels are, where the label, and when either is asked for."""

import json

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.cli._plan import base_experiment
from ganstudio.data import DatasetError, build_dataset, open_path
from ganstudio.data.errors import Undecided
from ganstudio.data.reading.reading import read
from ganstudio.experiment import ArraySpec, TableSpec
from tests.file_samples import smooth


def saved(tmp_path, rows, header=None, name="a.csv", encoding="utf-8"):
    lines = [",".join(map(str, row)) for row in ([header] if header else []) + list(rows)]
    (tmp_path / name).write_bytes("\n".join(lines).encode(encoding))
    return tmp_path / name


def images_of(dataset):
    return dataset.feed.bytes_at(np.arange(len(dataset.feed)))[:, 0]


def in_doubt(count=40):
    """Images whose corners are as likely labels as what is beside them."""
    images = smooth(count, 16)[:, 0].copy()
    images[:, 0, 0] = images[:, -1, -1] = np.arange(count) % 4
    return images


def test_where_the_label_stands_is_asked_where_nothing_tells(tmp_path, capsys):
    images = in_doubt()
    labels = (np.arange(40) * 3 % 4).tolist()
    path = saved(tmp_path, [[*image.ravel().tolist(), label] for image, label in zip(images, labels, strict=True)])
    with pytest.raises(
        Undecided, match=r"257 numbers a line.*column (0|256) or column (0|256).*dataset.labels="
    ) as asked:
        open_path(path)
    assert {one["labels"] for one in asked.value.options} == {0, 256}
    card, _ = read(path)
    assert card.question == str(asked.value)
    assert main(["datasets", str(path)]) == 0
    assert card.question in capsys.readouterr().out
    dataset = open_path(path, choices={"labels": 256})[1]
    assert np.array_equal(images_of(dataset), images)
    assert dataset.labels.tolist() == labels
    assert "classes by column 256: as was chosen" in dataset.notes


def test_header_encoding_and_label_can_be_chosen(tmp_path):
    images = smooth(40, 16)[:, 0]
    words = ["猫", "狗", "鸟", "鱼"]
    rows = [[words[index % 4], *image.ravel().tolist()] for index, image in enumerate(images)]
    path = saved(tmp_path, rows, encoding="gbk")
    dataset = open_path(path)[1]
    assert [dataset.classes[one] for one in dataset.labels] == [words[index % 4] for index in range(40)]
    assert "read as GBK, as it is no UTF-8; encoding chooses another" in dataset.notes
    for encoding in ("cp1252", "utf-8", "shift_jis"):
        other = build_dataset(ArraySpec(path=str(path), layout="n,hw", encoding=encoding))
        assert np.bincount(other.labels).tolist() == [10, 10, 10, 10]
    assert len(build_dataset(ArraySpec(path=str(path), layout="n,hw", header="yes")).feed) == 39
    assert build_dataset(ArraySpec(path=str(path), layout="n,hw", labels=-1)).classes == ()
    with pytest.raises(DatasetError, match="layout"):
        build_dataset(ArraySpec(path=str(path), layout="n,hw", labels=9))


@pytest.mark.parametrize(("side", "channels"), [(40, 1), (64, 1), (24, 3)])
@pytest.mark.parametrize("named", [True, False])
def test_lines_of_more_than_a_thousand_pixels(tmp_path, side, channels, named):
    images = smooth(20, side, channels)
    count = side * side * channels
    rows = [[*image.ravel().tolist(), index % 4] for index, image in enumerate(images)]
    header = [*(f"pixel{each}" for each in range(count)), "label"] if named else None
    dataset = open_path(saved(tmp_path, rows, header))[1]
    assert np.array_equal(dataset.feed.bytes_at(np.arange(20)), images)
    assert [dataset.classes[one] for one in dataset.labels] == [str(index % 4) for index in range(20)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("pixel0," + ",".join(f"pixel{each}" for each in range(1, 100)) + "\n" + "1,2\n3,4\n5,9\n" * 9, 27),
        ("a" * 100_000 + "\xff\n1,2\n3,5\n", 2),
    ],
)
def test_a_long_first_line_makes_no_images(tmp_path, text, count):
    (tmp_path / "a.csv").write_text(text, encoding="latin-1")
    assert open_path(tmp_path / "a.csv")[1].count == count


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"' + "1 " * 99 + '"\na,"' + "1 " * 99 + '"\nb\nc\n', "has no numbers .*column 1 holds lists such as"),
        (",".join("1" * 99) + "\n1\n2\n", "has one column of numbers, column 0"),
    ],
)
def test_a_list_in_few_lines_makes_no_images(tmp_path, text, why):
    (tmp_path / "a.csv").write_text(text, encoding="latin-1")
    with pytest.raises(DatasetError, match=why):
        open_path(tmp_path / "a.csv")


def test_what_is_left_out_is_named_and_what_has_no_label_is_counted(tmp_path):
    images = smooth(40, 16)[:, 0]
    rows = [
        [index, "" if index % 5 == 0 else "ab"[index % 2], f"{index}.png", *image.ravel().tolist()]
        for index, image in enumerate(images)
    ]
    header = ["id", "label", "file", *(f"pixel{each}" for each in range(256))]
    dataset = open_path(saved(tmp_path, rows, header))[1]
    assert np.array_equal(images_of(dataset), images[np.arange(40) % 5 > 0])
    assert dataset.classes == ("a", "b")
    assert (dataset.skipped_count, dataset.skipped[0].name, dataset.skipped[0].reason) == (8, "row 0", "has no label")
    assert 'left out: column 0 "id" which numbers the lines, column 2 "file" of words' in dataset.notes


@pytest.mark.parametrize("low", [-3.0, 0.0])
def test_many_features_are_no_pixels_and_are_asked_about(tmp_path, low):
    values = np.random.default_rng(0).uniform(low, 1, (60, 100)).round(3)
    header = None if low else [f"gene{each}" for each in range(100)]
    path = saved(tmp_path, values.tolist(), header)
    with pytest.raises(Undecided, match="has 100 columns of numbers, and nothing tells which two"):
        open_path(path)
    card, _ = read(path)
    assert isinstance(card.spec, TableSpec)
    assert "has 100 columns" in card.question
    dataset = build_dataset(TableSpec(path=str(path), columns=(7, 9)))
    assert np.allclose(dataset.modality.to_people(dataset.at(np.arange(60))), values[:, [7, 9]], atol=1e-5)


def test_columns_are_chosen_on_the_command_line(tmp_path, capsys):
    path = saved(tmp_path, np.random.default_rng(0).normal(size=(60, 30)).round(3).tolist())
    with pytest.raises(Undecided, match=r"--set dataset.columns=\[0,1\]"):
        base_experiment("ring", path)
    assert base_experiment("ring", path, [("dataset.columns", [3, 5])]).dataset.columns == (3, 5)
    assert main(["datasets", str(path), "--json"]) == 0
    assert "30 columns" in json.loads(capsys.readouterr().out)["question"]
