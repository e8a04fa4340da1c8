"""All figures of a generator of images by name, with the pictures that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.known.known import is_here
from ganstudio.data.published.weights import INCEPTION
from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.figure import told
from ganstudio.measurements.frechet import frechet_inception
from ganstudio.measurements.images import ImageReference
from ganstudio.measurements.inception import HOW
from ganstudio.measurements.patches import patch_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw, Samples
    from ganstudio.measurements.images import Against, Classes, ImageFigures
    from ganstudio.measurements.inception import Inception
    from ganstudio.measurements.memorising import Copying
    from ganstudio.measurements.record import Pictures

    Tell = Callable[[str], None]

_DRAWN = 250  # images made at one go
_SUSPECTS, _SEARCHED, _NEAREST = 10, 500, 2  # samples shown beside so many training images, and searched among
_AT_ONCE = 64  # images that Inception is given between two words of progress


def image_figures(
    dataset: Dataset, draw: Draw, seed: int, *, inception: Inception | None, tell: Tell
) -> tuple[dict[str, Any], Pictures]:
    """All figures by name, and pictures as ``Record`` has them; ``images_missing`` says why where there are none.

    inception: measure the published FID too, with these weights. tell: is told what is being done.
    """
    try:
        tell("learning features of the data")
        reference = ImageReference.of(dataset, seed=seed)
        counts = [min(_DRAWN, reference.samples - start) for start in range(0, reference.samples, _DRAWN)]
        tell(f"comparing {reference.samples:,} images a side")
        generated = np.concatenate([draw(count) for count in counts])
        found = reference.measure(generated)
    except EstimationError as error:
        return {"images_missing": str(error)}, {}
    near, pictures = nearest_images(reference, generated)
    figures = {
        "images_missing": None,
        "images_samples": found.samples,
        # Kept from the features only, or from the generator too: the floor of the first says less.
        "images_floor_from": "held out" if reference.held_out else "training",
        **_against(found),
        **_classes(found, reference.accuracy),
        **_copying("nearest_features", found.in_features),
        **_copying("nearest_pixels", found.in_pixels),
        **near,
        **told(patch_figures(reference, generated, seed=seed)),
        **(_fid_missing() if inception is None else _fid(reference, generated, inception, tell)),
    }
    return figures, pictures


def nearest_images(reference: ImageReference, generated: Samples) -> tuple[dict[str, Any], Pictures]:
    """The samples that are nearest to a training image by pixels, beside those images: whether G copies shows there."""
    searched = reference.nearest_in_pixels(generated[:_SEARCHED], _NEAREST)
    suspects = np.argsort(searched.distances[:, 0], kind="stable")[:_SUSPECTS]
    samples = generated[suspects]
    by_features = reference.nearest_in_features(samples, _NEAREST)
    by_pixels = searched.indices[suspects]
    assert reference.dataset.at is not None
    rows = [
        samples,
        *(reference.dataset.at(numbers.T[k]) for numbers in (by_pixels, by_features.indices) for k in (0, 1)),
    ]
    told = [
        {
            "sample": int(suspect),
            "pixels": {"images": by_pixels[k].tolist(), "distances": searched.distances[suspect].tolist()},
            "features": {"images": by_features.indices[k].tolist(), "distances": by_features.distances[k].tolist()},
        }
        for k, suspect in enumerate(suspects.tolist())
    ]
    figures = {"nearest_count": _NEAREST, "nearest_images": told}
    return figures, {"nearest": np.stack([as_pictures(row) for row in rows])}


def as_pictures(images_nchw: Samples) -> npt.NDArray[np.uint8]:
    """Images (n, c, h, w) in model units as people see them, uint8 (n, h, w, c)."""
    levels = np.rint(np.clip(images_nchw * 127.5 + 127.5, 0, 255)).astype(np.uint8)
    return np.ascontiguousarray(levels.transpose(0, 2, 3, 1))


def _fid_missing() -> dict[str, Any]:
    here = is_here(INCEPTION)
    why = "it was not asked for; --inception measures it" if here else f"it needs the Inception weights: {HOW}"
    return {"fid_inception": None, "fid_inception_floor": None, "fid_inception_missing": why}


def _fid(reference: ImageReference, generated: Samples, inception: Inception, tell: Tell) -> dict[str, Any]:
    """The published FID of the generated images and of those kept aside, both against as many training images."""
    count, at, done = reference.samples, reference.dataset.at, 0
    assert at is not None
    sides = at(reference.trained[:count]), generated[:count], at(reference.aside[:count])
    features = []
    for images in sides:
        parts = []
        for start in range(0, count, _AT_ONCE):
            tell(f"Inception has seen {done:,} of {3 * count:,} images")
            parts.append(inception.features(images[start : start + _AT_ONCE]))
            done += len(parts[-1])
        features.append(np.concatenate(parts))
    real, made, aside = features
    return {
        "fid_inception": frechet_inception(real, made),
        "fid_inception_floor": frechet_inception(real, aside),
        "fid_inception_missing": None,
    }


def _against(found: ImageFigures) -> dict[str, Any]:
    figures: dict[str, Any] = {"frechet_local_held_out": found.frechet_local_held_out}
    sides: tuple[tuple[str, Against], ...] = (("", found.generated), ("_floor", found.floor))
    for ending, side in sides:
        figures |= {
            f"frechet_local{ending}": side.frechet_local,
            f"kernel_distance{ending}": side.kernel.value,
            f"kernel_distance{ending}_se": side.kernel.standard_error,
            f"precision{ending}": side.overlap.precision,
            f"recall{ending}": side.overlap.recall,
            f"density{ending}": side.overlap.density,
            f"coverage{ending}": side.overlap.coverage,
        }
    return figures


def _classes(found: ImageFigures, accuracy: float | None) -> dict[str, Any]:
    figures: dict[str, Any] = {"classifier_accuracy": accuracy}
    sides: tuple[tuple[str, Classes | None], ...] = (("", found.classes), ("_floor", found.classes_floor))
    for ending, side in sides:
        figures[f"sure{ending}"] = side.sure if side else None
        figures[f"class_jsd{ending}_nats"] = side.jsd if side else None
    return figures


def _copying(name: str, found: Copying | None) -> dict[str, Any]:
    return {
        f"{name}": found.generated if found else None,
        f"{name}_held_out": found.held_out if found else None,
        f"{name}_near": found.near if found else None,
    }
