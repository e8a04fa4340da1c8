"""Classes by folders and arrays, and samples kept aside, in every kind of source that has them."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset, labels
from ganstudio.experiment import ArraySpec, DigitsSpec, ImagesSpec
from tests.data.pixels import stored


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (np.array([7, 3, 7], np.uint8), ("3", "7")),
        (np.array(["b", "a", "b"]), ("a", "b")),
        (np.array([True, False]), ("0", "1")),
        (np.array([0.5, 1.5]), None),
        (np.arange(labels.MAX_CLASSES + 1), None),
        (np.zeros(5, int), None),
    ],
)
def test_classes_are_the_distinct_values(values, classes):
    found = labels.from_values(values)
    assert (found[1] if found else None) == classes
    if found:
        assert found[0].dtype == np.int64
        assert [found[1][index] for index in found[0]] == [
            str(int(one) if one.dtype == bool else one) for one in values
        ]


def test_what_is_kept_aside_moves_to_the_end_with_its_labels():
    images, indices = np.arange(100)[:, None] * np.ones((1, 3), int), np.arange(100) // 10
    labels.keep_aside(100, 30, images, indices)
    assert sorted(images[:, 0].tolist()) == list(range(100))
    assert (images[:, 0] // 10 == indices).all()
    assert len(set(indices[70:].tolist())) >= 8
    again = np.arange(100)
    labels.keep_aside(100, 30, again)
    assert (again == images[:, 0]).all()
    labels.keep_aside(100, 0, again)
    assert (again == images[:, 0]).all()


@pytest.fixture
def zipped(tmp_path):
    """Twelve images in two folders; the brighter ones are those of the second."""
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for index in range(12):
            file = io.BytesIO()
            Image.new("L", (8, 8), 20 * index + 10).save(file, "PNG")
            archive.writestr(f"set/{'dark' if index < 6 else 'light'}/{index:02}.png", file.getvalue())
        archive.writestr("set/dark/notes.txt", "not an image, and of no class")
    return tmp_path / "set.zip"


def test_folders_in_an_archive_are_classes(zipped):
    plain, parted = (build_dataset(ImagesSpec(path=str(zipped), size=8, held_out=held_out)) for held_out in (0, 5))
    assert plain.classes == parted.classes == ("dark", "light")
    assert (plain.count, plain.held_out, parted.count, parted.held_out) == (12, 0, 7, 5)
    for dataset in (plain, parted):
        grey = stored(dataset, dataset.at(np.arange(12)))[:, 0, 0, 0]
        assert ((grey > 125) == (dataset.labels == 1)).all()
    kept = set(parted.at(np.arange(7, 12))[:, 0, 0, 0].tolist())
    drawn = set(parted.draw(500, np.random.default_rng(0))[:, 0, 0, 0].tolist())
    assert len(drawn) == 7
    assert not kept & drawn
    with pytest.raises(DatasetError, match="12 images are to be held out"):
        build_dataset(ImagesSpec(path=str(zipped), size=8, held_out=12))


@pytest.mark.parametrize(
    ("arrays", "labelled"),
    [
        ({"images": 6, "labels": np.array([1, 2, 1, 2, 1, 2])}, True),
        (
            {"x_test": 4, "x_train": 6, "y_test": np.arange(4), "y_train": np.array([[1], [2], [1], [2], [1], [2]])},
            True,
        ),
        ({"images": 6, "y": np.array([1, 2, 1])}, False),
        ({"images": 6, "y": np.linspace(0, 1, 6)}, False),
        ({"images": 6}, False),
    ],
)
def test_labels_beside_images_in_an_npz(tmp_path, arrays, labelled):
    rng = np.random.default_rng(0)
    made = {name: rng.random((each, 8, 8)) if isinstance(each, int) else each for name, each in arrays.items()}
    np.savez(tmp_path / "a.npz", **made)
    dataset = build_dataset(ArraySpec(path=str(tmp_path / "a.npz")))
    assert dataset.count == 6
    if labelled:
        assert (dataset.labels.tolist(), dataset.classes) == ([0, 1, 0, 1, 0, 1], ("1", "2"))
    else:
        assert (dataset.labels, dataset.classes) == (None, ())


def test_labels_of_images_that_are_skipped_go_with_them(tmp_path):
    images = np.random.default_rng(0).random((5, 8, 8))
    images[1, 0, 0] = np.nan
    np.savez(tmp_path / "a.npz", images=images, labels=np.array([0, 9, 1, 0, 1]))
    dataset = build_dataset(ArraySpec(path=str(tmp_path / "a.npz")))
    assert [dataset.classes[index] for index in dataset.labels] == ["0", "1", "0", "1"]


def test_digits_have_scikit_learns_labels():
    from sklearn.datasets import load_digits

    dataset = build_dataset(DigitsSpec(held_out=300))
    assert (dataset.count, dataset.held_out) == (1497, 300)
    assert (dataset.labels == load_digits().target).all()
    assert dataset.classes == tuple("0123456789")
