from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ganstudio.data import Dataset, build_dataset
from ganstudio.experiment import GlyphsSpec, RingSpec
from ganstudio.measurements import EstimationError, features
from ganstudio.measurements.images import ImageReference, aside_indices

GLYPHS = build_dataset(GlyphsSpec(size=16, count=2500, held_out=500))
OTHERS = build_dataset(GlyphsSpec(size=16, count=1000, held_out=0, seed=7))


def at(dataset: Dataset, indices: np.ndarray) -> np.ndarray:
    assert dataset.at is not None
    return dataset.at(indices)


@pytest.fixture(scope="module")
def reference() -> ImageReference:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "_STEPS", 400)
        return ImageReference.of(GLYPHS)


def test_fresh_real_images_get_what_the_held_out_ones_get(reference) -> None:
    found = reference.measure(at(OTHERS, np.arange(500)))
    assert (found.samples, reference.samples) == (500, 500)
    assert found.generated.frechet_local == pytest.approx(found.floor.frechet_local, rel=0.5)
    assert found.frechet_local_held_out == pytest.approx(found.floor.frechet_local, rel=0.5)
    assert abs(found.generated.kernel.value) < 4 * found.generated.kernel.standard_error
    for name in ("precision", "recall", "density", "coverage"):
        mine, floor = (getattr(side.overlap, name) for side in (found.generated, found.floor))
        assert mine == pytest.approx(floor, abs=0.1)
        assert floor > 0.85
    assert found.classes is not None
    assert found.classes_floor is not None
    assert found.classes.sure == pytest.approx(found.classes_floor.sure, abs=0.03)
    assert found.classes.jsd == pytest.approx(0.002, abs=0.004)
    assert found.in_features is not None
    assert found.in_pixels is not None
    assert found.in_features.near == pytest.approx(0.05, abs=0.05)
    assert found.in_pixels.near == pytest.approx(0.05, abs=0.05)
    assert reference.accuracy is not None
    assert reference.accuracy > 0.95


def test_copies_are_near_their_originals_and_further_from_held_out_images(reference) -> None:
    originals = reference.trained[:30]
    copies = np.repeat(at(GLYPHS, originals), 17, axis=0)[:500]
    found = reference.measure(copies)
    assert found.in_features is not None
    assert found.in_pixels is not None
    assert (found.in_features.near, found.in_pixels.near) == (1, 1)
    assert found.in_pixels.generated == pytest.approx(0, abs=0.02)
    assert found.in_pixels.held_out > 1
    assert found.generated.overlap.coverage < 0.6 * found.floor.overlap.coverage
    assert found.generated.overlap.precision > 0.95
    for nearest in (reference.nearest_in_features, reference.nearest_in_pixels):
        told = nearest(copies[::17], 2)
        np.testing.assert_array_equal(told.indices[:, 0], originals)
        assert (told.distances[:, 0] < told.distances[:, 1]).all()


def test_what_is_kept_aside_is_never_what_was_learned_from() -> None:
    assert set(aside_indices(GLYPHS)) == set(range(2500, 3000))
    np.testing.assert_array_equal(aside_indices(GLYPHS), aside_indices(GLYPHS))
    assert not np.array_equal(aside_indices(GLYPHS), aside_indices(GLYPHS, seed=1))
    few = aside_indices(replace(GLYPHS, held_out=0))
    assert len(set(few)) == 500
    assert max(few) < 2500


def test_without_labels_and_held_out_images_the_rest_is_measured(monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 100)
    reference = ImageReference.of(replace(GLYPHS, labels=None, held_out=0))
    assert not set(reference.trained) & set(reference.aside)
    assert (reference.held_out, reference.accuracy, reference.samples) == (False, None, 500)
    found = reference.measure(np.zeros((600, 1, 16, 16), np.float32))
    assert (found.classes, found.classes_floor, found.in_features, found.in_pixels) == (None,) * 4
    assert found.generated.frechet_local > 10 * found.floor.frechet_local
    assert found.generated.overlap.recall == 0


def test_numbers_that_are_not_finite_are_refused(reference) -> None:
    with pytest.raises(EstimationError, match="not finite"):
        reference.measure(np.full((500, 1, 16, 16), np.nan, np.float32))


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (build_dataset(GlyphsSpec(size=8, count=600, held_out=100)), "128 images held out .*found 100 and 600"),
        (build_dataset(GlyphsSpec(size=8, count=100, held_out=0)), "a fifth of the data, .*found 20 and 80"),
        (build_dataset(RingSpec()), "no list of images"),
    ],
)
def test_too_few_images_are_said_to_be_too_few(dataset: Dataset, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        ImageReference.of(dataset)
