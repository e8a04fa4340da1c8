"""IDX files, and everything that can be wrong with them."""

import gzip
import struct

import numpy as np
import pytest

from ganstudio.data import DatasetError, NotFetchedError, build_dataset, open_path
from ganstudio.data.files.idx import is_idx
from ganstudio.data.known import known
from ganstudio.experiment import DigitsSpec, IdxSpec, ImagesSpec, MnistSpec
from tests.data.pixels import stored

COUNT = 40


def packed(values, *, claimed=None, kind=0x08):
    shape = claimed or values.shape
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + values.tobytes()


def images(count=COUNT, side=28):
    return np.random.default_rng(0).integers(0, 256, (count, side, side), np.uint8)


def digits(count=COUNT):
    return (np.arange(count) % 10).astype(np.uint8)


@pytest.fixture
def pair(tmp_path):
    """The file of images of a pair, compressed as MNIST is."""
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(packed(images())))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(packed(digits())))
    return tmp_path / "train-images-idx3-ubyte.gz"


def test_images_and_the_labels_beside_them(pair):
    dataset = build_dataset(IdxSpec(path=str(pair), held_out=10))
    assert (dataset.shape, dataset.count, dataset.held_out) == ((1, 28, 28), 30, 10)
    assert np.array_equal(stored(dataset, dataset.at(np.arange(COUNT)))[:, 0], images())
    assert (dataset.labels == digits()).all()
    assert dataset.classes == tuple("0123456789")
    assert dataset.source == "40 images of train-images-idx3-ubyte.gz, 28 × 28, the last 10 held out"


@pytest.mark.parametrize(
    ("of_images", "of_labels"),
    [
        ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte"),
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"),
    ],
)
def test_the_usual_names_go_together(tmp_path, of_images, of_labels):
    for name, data in ((of_images, packed(images())), (of_labels, packed(digits()))):
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert (build_dataset(IdxSpec(path=str(tmp_path / of_images))).labels == digits()).all()


def test_labels_may_be_named_and_may_be_missing(pair):
    labels = pair.with_name("train-labels-idx1-ubyte.gz").rename(pair.with_name("classes"))
    assert build_dataset(IdxSpec(path=str(pair))).labels is None
    assert (build_dataset(IdxSpec(path=str(pair), labels="classes")).labels == digits()).all()
    assert (build_dataset(IdxSpec(path=str(pair), labels=str(labels))).labels == digits()).all()


def test_sides_change_where_it_is_asked_for(pair, tmp_path):
    assert build_dataset(IdxSpec(path=str(pair), size=32)).shape == (1, 32, 32)
    (tmp_path / "wide").write_bytes(packed(np.resize(images(), (COUNT, 30, 60))))
    with pytest.raises(DatasetError, match="images of 60 × 30 pixels, and squares"):
        build_dataset(IdxSpec(path=str(tmp_path / "wide")))
    spec, dataset = open_path(tmp_path / "wide")
    assert (spec.size, dataset.shape) == (32, (1, 32, 32))
    (tmp_path / "coloured").write_bytes(packed(np.resize(images(), (5, 16, 16, 3))))
    assert build_dataset(IdxSpec(path=str(tmp_path / "coloured"))).shape == (3, 16, 16)


def test_a_dropped_file_and_a_dropped_folder_open_the_same(pair):
    (pair.parent / "t10k-images-idx3-ubyte").write_bytes(packed(images(20)))
    spec, dataset = open_path(pair)
    assert spec == IdxSpec(path=str(pair), test_split="keep_aside")
    assert (dataset.count, dataset.held_out) == (40, 20)
    assert open_path(pair.parent)[0] == spec
    assert open_path(pair, size=16)[1].shape == (1, 16, 16)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"),
        ("letters-train-images-idx3-ubyte", "letters-test-images-idx3-ubyte.gz"),
        ("qmnist-train-images-idx3-ubyte.gz", "qmnist-test-images-idx3-ubyte"),
        ("train.images.idx3", "validation.images.idx3"),
    ],
)
def test_a_test_file_next_to_it_is_kept_aside_and_named(tmp_path, train, test):
    others = images(20)[:, ::-1]
    labelled = {
        train: images(),
        train.replace("images", "labels").replace("idx3", "idx1"): digits(),
        test: others,
        test.replace("images", "labels").replace("idx3", "idx1"): digits(20)[::-1].copy(),
        "digits-test-images-idx3-ubyte": images(5),
        "other-t10k-images-idx3-ubyte": images(5),
    }
    for name, values in labelled.items():
        (tmp_path / name).write_bytes(gzip.compress(packed(values)) if name.endswith(".gz") else packed(values))
    spec, dataset = open_path(tmp_path / train)
    assert (dataset.count, dataset.held_out, spec.held_out) == (40, 20, 0)
    assert dataset.notes == (f"{test} is taken for a test split: its 20 images are kept aside for measures",)
    assert np.array_equal(stored(dataset, dataset.at(np.arange(60)))[40:, 0], others)
    assert dataset.labels.tolist() == [*digits(), *digits(20)[::-1]]
    merged = build_dataset(spec.model_copy(update={"test_split": "train_on", "held_out": 5}))
    assert (merged.count, merged.held_out) == (55, 5)
    assert merged.notes == (f"{test} is taken for a test split: its 20 images are trained on as well",)
    alone = build_dataset(IdxSpec(path=str(tmp_path / train)))
    assert (alone.count, alone.held_out) == (40, 0)
    assert alone.notes == (f"{test} is taken for a test split: its 20 images are left out",)
    assert build_dataset(IdxSpec(path=str(tmp_path / test))).notes == ()


def test_test_files_that_do_not_fit(tmp_path, monkeypatch):
    for name, values in {"train-images-idx3-ubyte": images(), "t10k-images-idx3-ubyte": images(10, 12)}.items():
        (tmp_path / name).write_bytes(packed(values))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(packed(digits()))
    with pytest.raises(DatasetError, match=r"other colours or sides than .* set size, or test_split to leave_out"):
        open_path(tmp_path)
    resized = build_dataset(IdxSpec(path=str(tmp_path / "train-images-idx3-ubyte"), size=8, test_split="keep_aside"))
    assert (resized.count, resized.held_out, resized.labels[40:].tolist()) == (40, 10, [-1] * 10)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(packed(images(10)))
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", str(60 * 28 * 28 / 1e9))
    spec, dataset = open_path(tmp_path)
    assert (spec.test_split, dataset.count, dataset.held_out) == ("leave_out", 36, 4)
    assert dataset.notes == ("t10k-images-idx3-ubyte is taken for a test split: its 10 images are left out",)


def test_a_folder_of_pictures_is_none_of_idx(tmp_path):
    from PIL import Image

    Image.effect_noise((16, 16), 60).save(tmp_path / "idx1.png")
    assert isinstance(open_path(tmp_path)[0], ImagesSpec)


@pytest.mark.parametrize("drop", ["train-labels-idx1-ubyte.gz", "."])
def test_labels_alone_say_so(pair, drop):
    pair.unlink()
    with pytest.raises(DatasetError, match="holds 40 labels and no images; open the file of images"):
        open_path(pair.parent / drop)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(images(), claimed=(COUNT + 1, 28, 28)), "damaged or cut short"),
        (packed(images(), claimed=(COUNT - 1, 28, 28)), "holds more than the"),
        (packed(images())[:9], "damaged or cut short"),
        (packed(images(), claimed=(2**31, 28, 28)), "claims to hold"),
        (packed(images(), claimed=(2**32 - 1,) * 4), "claims to hold"),
        (packed(images(0)), "is empty"),
        (packed(images().astype(">f4"), kind=0x0D), "holds float32 values; images in IDX files are unsigned bytes"),
        (packed(images().reshape(COUNT, -1)), "images are"),
    ],
)
def test_headers_that_lie(tmp_path, data, message, compress):
    (tmp_path / "a").write_bytes(compress(data))
    with pytest.raises(DatasetError, match=message):
        open_path(tmp_path / "a")


def test_broken_compression(tmp_path):
    data = gzip.compress(packed(images()))
    for cut in (len(data) // 2, len(data) - 4):
        (tmp_path / "a").write_bytes(data[:cut])
        with pytest.raises(DatasetError, match="damaged or cut short"):
            open_path(tmp_path / "a")
    (tmp_path / "a").write_bytes(data[:2000] + bytes(500) + data[2500:])
    with pytest.raises(DatasetError, match="damaged or cut short"):
        open_path(tmp_path / "a")


def test_a_bomb_is_unpacked_as_far_as_its_header_says(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(packed(images()) + bytes(50_000_000), 1))
    with pytest.raises(DatasetError, match="holds more than the"):
        open_path(tmp_path / "a")


def test_pairs_that_do_not_fit(pair):
    labels = pair.with_name("train-labels-idx1-ubyte.gz")
    labels.write_bytes(gzip.compress(packed(digits(30))))
    with pytest.raises(DatasetError, match=r"holds 40 images and .*labels-idx1-ubyte.gz. 30 labels"):
        open_path(pair)
    labels.write_bytes(gzip.compress(packed(images())))
    with pytest.raises(DatasetError, match="not a label for each image"):
        open_path(pair)
    labels.write_bytes(b"nonsense")
    with pytest.raises(DatasetError, match="is no IDX file"):
        open_path(pair)


def test_mnist_is_its_fetched_files_with_the_test_set_held_out():
    with pytest.raises(NotFetchedError, match="MNIST is not on this computer yet; ganstudio datasets get mnist"):
        build_dataset(MnistSpec())
    folder = known.folder_of(known.MNIST)
    folder.mkdir(parents=True)
    assert known.missing(MnistSpec()) is known.MNIST
    for split, count in (("train", 40), ("t10k", 20)):
        (folder / f"{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(packed(images(count))))
        (folder / f"{split}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(packed(digits(count))))
    dataset = build_dataset(MnistSpec())
    assert (dataset.shape, dataset.count, dataset.held_out) == ((1, 28, 28), 40, 20)
    assert dataset.labels.tolist() == [*digits(40).tolist(), *digits(20).tolist()]
    assert build_dataset(MnistSpec(size=32)).shape == (1, 32, 32)
    assert known.missing(MnistSpec()) is known.missing(DigitsSpec()) is None


def test_what_the_name_promises_is_looked_at(tmp_path):
    assert not is_idx(tmp_path, b"\x00\x00\x01\x00icon")
    assert not is_idx(tmp_path, b"\x00\x00")
    assert is_idx(tmp_path, b"\x00\x00\x08\x03")
