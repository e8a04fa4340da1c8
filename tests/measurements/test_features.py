from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import GlyphsSpec
from ganstudio.measurements import features
from ganstudio.measurements.features import FeatureExtractor, train_extractor
from ganstudio.measurements.frechet import frechet_local, kernel_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

GLYPHS = build_dataset(GlyphsSpec(size=16, count=4000, held_out=1000))
TRAIN, OTHERS, HELD_OUT = np.arange(2000), np.arange(2000, 3000), np.arange(4000, 5000)


def at(indices: np.ndarray) -> np.ndarray:
    assert GLYPHS.at is not None
    return GLYPHS.at(indices)


@pytest.fixture(scope="module")
def few_steps() -> Iterator[None]:
    """A third of the training is enough for these margins, which were seen over several seeds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "_STEPS", 350)
        yield


@pytest.fixture(scope="module")
def labelled(few_steps) -> FeatureExtractor:
    assert GLYPHS.labels is not None
    return train_extractor(at(TRAIN), GLYPHS.labels[TRAIN])


@pytest.fixture(scope="module")
def unlabelled(few_steps) -> FeatureExtractor:
    return train_extractor(at(TRAIN))


def blurred(images: np.ndarray, times: int) -> np.ndarray:
    """Each pixel the mean of itself and its neighbour in turn to each side, so many times."""
    for _ in range(times):
        images = (
            images + np.roll(images, 1, axis=3) + np.roll(images, 1, axis=2) + np.roll(images, (1, 1), (2, 3))
        ) / 4
    return images


def thinned(images: np.ndarray) -> np.ndarray:
    return np.minimum(np.minimum(images, np.roll(images, 1, axis=3)), np.roll(images, 1, axis=2))


def distances(extractor: FeatureExtractor) -> dict[str, float]:
    """Frechet distance to training images of 1,000 others that something was done to."""
    assert GLYPHS.labels is not None
    random, images = np.random.default_rng(0), at(OTHERS)
    labels = GLYPHS.labels[:4000]
    altered = {
        "held out": at(HELD_OUT),
        "noise": np.clip(images + 0.3 * random.standard_normal(images.shape).astype(np.float32), -1, 1),
        "blur": blurred(images, 1),
        "more blur": blurred(images, 2),
        "thin": thinned(images),
        "one class missing": at(np.flatnonzero(labels != 3)[-1000:]),
        "half of the classes": at(np.flatnonzero(labels < 5)[-1000:]),
        "a hundred, ten times": np.repeat(images[:100], 10, axis=0),
        "nothing but noise": random.uniform(-1, 1, images.shape).astype(np.float32),
    }
    real = extractor.features(at(TRAIN[:1000]))
    return {name: frechet_local(real, extractor.features(images)) for name, images in altered.items()}


@pytest.mark.parametrize("which", ["labelled", "unlabelled"])
def test_distances_rank_what_was_done_to_images(which: str, request) -> None:
    found = distances(request.getfixturevalue(which))
    floor = found.pop("held out")
    assert 0.1 < floor < 2
    assert min(found.values()) > 1.5 * floor
    assert found["blur"] < found["more blur"]
    assert found["one class missing"] < found["half of the classes"]
    assert found["a hundred, ten times"] > 3 * floor
    assert found["thin"] > 5 * floor
    assert max(found, key=found.__getitem__) == "nothing but noise"
    assert found["nothing but noise"] > 40 * floor


@pytest.mark.parametrize("which", ["labelled", "unlabelled"])
def test_held_out_images_are_no_further_than_chance(which: str, request) -> None:
    extractor = request.getfixturevalue(which)
    found = kernel_distance(extractor.features(at(OTHERS)), extractor.features(at(HELD_OUT)))
    assert abs(found.value) < 4 * found.standard_error


def test_features_have_unit_variance_over_what_they_were_learned_from(labelled) -> None:
    found = labelled.features(at(TRAIN))
    assert (found.shape, found.dtype) == ((2000, 64), np.float32)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(found.std(axis=0), 1, atol=1e-2)


def test_the_classifier_knows_held_out_glyphs(labelled, unlabelled) -> None:
    assert GLYPHS.labels is not None
    probabilities = labelled.probabilities(at(HELD_OUT))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (probabilities.argmax(axis=1) == GLYPHS.labels[HELD_OUT]).mean() > 0.97
    assert (labelled.classes, unlabelled.classes) == (10, 0)


def test_the_seed_decides_and_torchs_own_random_state_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 20)
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    first, again, other = (train_extractor(at(TRAIN[:200]), seed=seed).features(at(OTHERS[:5])) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 28, 28), (3, 12, 20), (1, 65, 100)])
def test_any_shape_of_images_and_equal_ones(shape: tuple[int, ...], monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 3)
    images = np.zeros((130, *shape), np.float32)
    found = train_extractor(images, np.zeros(130, np.int64))
    # One class is none to tell apart.
    assert found.classes == 0
    np.testing.assert_allclose(found.features(images), 0, atol=1e-4)


def test_images_of_no_class_are_learned_without_one(monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 20)
    assert GLYPHS.labels is not None
    images, labels = at(TRAIN[:300]), np.where(np.arange(300) % 3, GLYPHS.labels[TRAIN[:300]], -1)
    extractor = train_extractor(images, labels)
    assert extractor.classes == 10
    assert extractor.probabilities(images).sum(axis=1) == pytest.approx(np.ones(300), abs=1e-5)
    assert train_extractor(images, np.full(300, -1)).classes == 0
    alone = train_extractor(images, np.where(np.arange(300) < 2, np.arange(300), -1))
    assert np.isfinite(alone.features(images)).all()
