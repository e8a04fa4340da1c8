"""The datasets that are known by name, from files that look as the published ones do."""

import gzip

import numpy as np
import pytest

from ganstudio.data import NotFetchedError, build_dataset
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import numpy_files
from ganstudio.data.known import known
from ganstudio.data.published import fetched
from ganstudio.experiment import Cifar10Spec, DspritesSpec, FashionMnistSpec, KmnistSpec, MnistSpec
from tests import file_samples
from tests.data.pixels import stored
from tests.file_samples import shades

SPECS = {
    "mnist": MnistSpec,
    "fashion_mnist": FashionMnistSpec,
    "kmnist": KmnistSpec,
    "cifar10": Cifar10Spec,
    "dsprites": DspritesSpec,
}


def images_of(dataset):
    return stored(dataset, dataset.at(np.arange(dataset.count + dataset.held_out)))


def put(one, files):
    folder = known.folder_of(one)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("name", SPECS)
def test_what_is_not_here_is_said_with_its_cost(name):
    one = known.KNOWN[name]
    assert known.missing(SPECS[name]()) is one
    with pytest.raises(NotFetchedError, match=rf"{one.title} is not on this computer yet; .* get {name} fetches it"):
        build_dataset(SPECS[name]())


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "kmnist"])
def test_mnist_and_its_sisters(name):
    one = known.KNOWN[name]
    train, test = shades(20, 28, 28), shades(10, 28, 28, seed=1)
    labels = [(np.arange(count) % 10).astype(np.uint8) for count in (20, 10)]
    values = (train, labels[0], test, labels[1])
    put(one, {file.name: gzip.compress(file_samples.idx(each)) for file, each in zip(one.files, values, strict=True)})
    assert known.missing(SPECS[name]()) is None
    dataset = build_dataset(SPECS[name]())
    assert (dataset.count, dataset.held_out, dataset.name) == (20, 10, one.title)
    assert np.array_equal(images_of(dataset)[:, 0], np.concatenate([train, test]))
    assert dataset.classes == (one.classes or tuple("0123456789"))
    assert np.array_equal(dataset.labels, np.concatenate(labels))
    assert one.licence in dataset.source
    assert build_dataset(SPECS[name](size=16)).shape == (1, 16, 16)


def test_cifar10():
    batches = {f"data_batch_{each}.bin": file_samples.cifar() for each in range(1, 6)}
    batches["test_batch.bin"] = file_samples.cifar(4)
    files = {f"cifar-10-batches-bin/{name}": data for name, data in batches.items()}
    put(known.CIFAR10, {"cifar-10-binary.tar.gz": file_samples.tarred(files, gzip.compress)})
    dataset = build_dataset(Cifar10Spec())
    assert (dataset.shape, dataset.count, dataset.held_out) == ((3, 32, 32), 30, 4)
    assert dataset.classes[dataset.labels[1]] == "automobile"
    assert dataset.classes[dataset.labels[30]] == "airplane"
    assert build_dataset(Cifar10Spec(size=16)).shape == (3, 16, 16)


def sprites(count=60):
    """As the published file: one pixel for each image, and the factors that tell which."""
    images = np.zeros((count, 64, 64), np.uint8)
    images[np.arange(count), np.arange(count), 3] = 1
    numbers, any_ = np.arange(count), np.random.default_rng(0).random((3, count))
    factors = np.stack([np.ones(count), 1.0 + numbers % 3, any_[0], any_[1], numbers, any_[2]], axis=1)
    return images, factors


def test_dsprites_has_its_factors(monkeypatch):
    images, factors = sprites()
    arrays = {"metadata": np.array({"never": "loaded"}, object), "imgs": images, "latents_values": factors}
    put(known.DSPRITES, {known.DSPRITES.files[0].name: file_samples.npz(**arrays)})
    monkeypatch.setattr(fetched, "_AT_ONCE", 7)
    dataset = build_dataset(DspritesSpec(size=64, count=30, held_out=10))
    assert (dataset.shape, dataset.count, dataset.held_out, len(dataset.labels)) == ((1, 64, 64), 30, 10, 40)
    assert dataset.classes == ("square", "ellipse", "heart")
    assert list(dataset.factors) == ["scale", "orientation", "x", "y"]
    which = dataset.factors["x"].astype(int)  # the number of each image
    assert len(set(which.tolist())) == 40
    assert np.array_equal(images_of(dataset)[:, 0], images[which] * 255)
    assert np.array_equal(dataset.labels, which % 3)
    assert (np.diff(which) < 0).any()  # in no order, so that those held out are of all kinds
    other = build_dataset(DspritesSpec(size=32, count=30, held_out=10, seed=1))
    assert other.shape == (1, 32, 32)
    assert not np.array_equal(other.factors["x"], dataset.factors["x"])
    with pytest.raises(DatasetError, match="dSprites holds 60 images, fewer than the 70 that are asked for"):
        build_dataset(DspritesSpec(count=60, held_out=10))


def test_an_array_can_be_read_by_and_by(tmp_path):
    path = tmp_path / "a.npz"
    values = shades(20, 8, 8)
    path.write_bytes(file_samples.npz(x=values, y=np.array({}, object)))
    portions = list(numpy_files.stream_npz(path, "x", 6))
    assert [len(each) for each in portions] == [6, 6, 6, 2]
    assert np.array_equal(np.concatenate(portions), values)
    for name in ("y", "z"):
        with pytest.raises(DatasetError, match="damaged or cut short"):
            list(numpy_files.stream_npz(path, name, 6))
