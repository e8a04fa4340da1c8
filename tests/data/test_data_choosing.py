"""Which images are samples: classes, duplicates, a limit, some held out, some mirrored."""

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.dataset import drawn_from
from ganstudio.data.images import duplicates
from ganstudio.data.reading.reading import read
from ganstudio.experiment import ArraySpec, GlyphsSpec, ImagesSpec
from tests.data.pictures_on_disk import encoded, folder_of, smooth
from tests.data.pixels import stored


def of(path, **options):
    return build_dataset(ImagesSpec(path=str(path), **{"size": 16} | options))


def images_of(dataset):
    return dataset.feed.bytes_at(np.arange(len(dataset.feed)))


def as_set(images):
    return {one.tobytes() for one in images}


@pytest.fixture
def animals(tmp_path):
    for seed, (name, count) in enumerate({"cat": 6, "dog": 9, "eel": 5}.items()):
        folder_of(tmp_path / "animals" / name, count, seed=seed)
    return tmp_path / "animals"


def test_classes_are_chosen_by_name(animals):
    everything = of(animals)
    dataset = of(animals, classes=("eel", "cat"))
    assert dataset.classes == ("cat", "eel")  # in the order of all classes
    assert np.bincount(dataset.labels).tolist() == [6, 5]
    for name in ("cat", "eel"):
        expected = images_of(everything)[everything.labels == everything.classes.index(name)]
        assert as_set(images_of(dataset)[dataset.labels == dataset.classes.index(name)]) == as_set(expected)
    with pytest.raises(DatasetError, match=r'has no class "cow"; its classes are cat, dog, eel'):
        of(animals, classes=("cow",))
    with pytest.raises(DatasetError, match=r'has no class "cat"; nothing in it tells of classes'):
        of(animals / "dog", classes=("cat",))


def test_so_many_are_chosen_at_random_and_always_the_same(animals):
    dataset = of(animals, limit=8)
    assert dataset.count == 8
    assert np.array_equal(images_of(dataset), images_of(of(animals, limit=8)))
    assert as_set(images_of(dataset)) < as_set(images_of(of(animals)))
    assert len(set(dataset.labels.tolist())) > 1
    assert of(animals, limit=1000).count == 20


def test_those_held_out_are_of_all_kinds_and_never_drawn(animals):
    dataset = of(animals, held_out=8, limit=18)
    assert (dataset.count, dataset.held_out) == (10, 8)
    drawn = stored(dataset, dataset.draw(500, np.random.default_rng(0)))
    assert as_set(drawn) == as_set(images_of(dataset)[:10])
    assert not as_set(drawn) & as_set(images_of(dataset)[10:])
    assert len(set(dataset.labels[10:].tolist())) > 1
    expected = dataset.feed.bytes_at(np.arange(10, 18)).astype(np.float32) / 127.5 - 1
    assert dataset.at(np.arange(10, 18)) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(DatasetError, match="20 images are to be held out, but there are 20; hold out fewer"):
        of(animals, held_out=20)


def test_the_card_tells_what_was_chosen(animals):
    card, dataset = read(animals, ImagesSpec(path=str(animals), size=16, classes=("dog",), limit=7, held_out=2))
    assert (card.count, card.shape) == (7, (3, 16, 16))
    assert [(one.name, one.count) for one in card.classes] == [("dog", 7)]
    chosen = images_of(dataset)
    assert card.picture.mean == pytest.approx(chosen.mean(axis=0).transpose(1, 2, 0), abs=0.51)
    assert card.picture.histogram.sum(axis=1).tolist() == [7 * 256] * 3
    assert card.picture.histogram[1].tolist() == np.bincount(chosen[:, 1].ravel(), minlength=256).tolist()


def test_mirrored_half_of_the_times(animals):
    plain, flipped = of(animals), of(animals, flips=True)
    originals = as_set(images_of(plain))
    mirrored = as_set(np.ascontiguousarray(images_of(plain)[..., ::-1]))
    drawn = stored(flipped, flipped.draw(2000, np.random.default_rng(0)))
    assert as_set(drawn) == originals | mirrored
    share = np.mean([one.tobytes() in mirrored for one in drawn])
    assert share == pytest.approx(0.5, abs=0.05)
    assert np.array_equal(flipped.at(np.arange(20)), plain.at(np.arange(20)))  # measures see them as they are


# --- duplicates -------------------------------------------------------------------------------------------------------


def test_the_same_pixels_are_left_out(tmp_path):
    path = folder_of(tmp_path / "set", 10)
    for name in ("a", "b"):
        (path / f"again {name}.bmp").write_bytes(encoded(Image.open(path / "003.png"), "BMP"))
    assert of(path).count == 12
    card, dataset = read(path, ImagesSpec(path=str(path), size=16, duplicates="drop_exact"))
    assert (dataset.count, card.duplicates) == (10, 2)
    assert as_set(images_of(dataset)) == as_set(images_of(of(path)))
    assert any("2 images are there again" in note for note in read(path)[0].notes)
    assert not any("there again" in note for note in card.notes)


def test_what_looks_the_same_is_left_out_and_nothing_else(tmp_path):
    path = folder_of(tmp_path / "set", 300, side=64)
    rng = np.random.default_rng(0)
    for index in range(0, 300, 10):
        original = Image.open(path / f"{index:03}.png")
        (path / f"{index:03} saved.jpg").write_bytes(encoded(original, "JPEG", quality=60))
        (path / f"{index:03} small.png").write_bytes(encoded(original.resize((40, 40), Image.Resampling.LANCZOS)))
        noisy = np.clip(np.asarray(original) + rng.normal(0, 3, (64, 64, 3)), 0, 255).astype(np.uint8)
        (path / f"{index:03} noisy.png").write_bytes(encoded(Image.fromarray(noisy)))
    card, dataset = read(path, ImagesSpec(path=str(path), size=32, duplicates="drop_near"))
    assert (dataset.count, card.duplicates) == (300, 90)
    assert of(path, size=32, duplicates="drop_exact").count == 390


def test_drawings_on_an_even_ground_are_not_taken_for_one_another():
    glyphs = build_dataset(GlyphsSpec(size=28, count=2000, held_out=0, seed=1))
    images = images_of(glyphs)
    words = duplicates.looks(images)
    assert len(np.unique(words)) < 2000  # the hash alone would take some for others
    rows = np.arange(len(images))
    assert 0 < duplicates.nearly_repeated(images, rows, words).sum() <= 60  # some are drawn almost alike
    twice = np.concatenate([images, images[:100]])
    found = duplicates.nearly_repeated(twice, np.arange(2100), duplicates.looks(twice))
    assert found[2000:].all()


def test_hashes_tell_what_they_should():
    rng = np.random.default_rng(0)
    images = np.stack([np.asarray(smooth(rng, 32)).transpose(2, 0, 1) for _ in range(50)])
    assert len(np.unique(duplicates.digests(images))) == 50
    assert np.array_equal(duplicates.digests(images), duplicates.digests(images.copy()))
    changed = images.copy()
    changed[:, 0, 5, 5] ^= 1
    assert not (duplicates.digests(changed) == duplicates.digests(images)).any()
    brighter = np.clip(images.astype(int) + 9, 0, 255).astype(np.uint8)
    bits = np.bitwise_count(duplicates.looks(brighter) ^ duplicates.looks(images))
    assert bits.mean() < 4
    others = np.bitwise_count(duplicates.looks(images[1:]) ^ duplicates.looks(images[:-1]))
    assert others.mean() == pytest.approx(32, abs=6)
    assert duplicates.repeated(np.array([5, 7, 5, 5, 9], np.uint64)).tolist() == [False, False, True, True, False]


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_arrays_are_chosen_from_as_well(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 8, 8), np.uint8)
    labels = np.arange(40) % 4
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    spec = ArraySpec(path=str(tmp_path / "a.npz"), classes=("1", "3"), limit=12, held_out=10, flips=True)
    dataset = build_dataset(spec)
    everything = build_dataset(ArraySpec(path=spec.path, held_out=10))
    assert dataset.classes == ("1", "3")
    assert dataset.count == 12
    drawn = {one.tobytes(): int(label) for one, label in zip(images_of(dataset), dataset.labels, strict=True)}
    for image, label in zip(images, labels, strict=True):
        if image.tobytes() in drawn:
            assert dataset.classes[drawn[image.tobytes()]] == str(label)
    assert as_set(images_of(dataset)[12:]) <= as_set(images_of(everything)[30:])
    with pytest.raises(DatasetError, match=r'has no class "7"; its classes are 0, 1, 2, 3'):
        build_dataset(ArraySpec(path=spec.path, classes=("7",)))


@pytest.mark.parametrize(
    ("total", "held_out", "told"),
    [
        (1, 1, "1 image is to be held out, but there is 1; hold out fewer"),
        (2, 3, "3 images are to be held out, but there are 2; hold out fewer"),
    ],
)
def test_what_is_held_out_is_counted_in_words(total, held_out, told):
    with pytest.raises(DatasetError, match=f"^Own: {told}$"):
        drawn_from("Own", "image", total, held_out)
