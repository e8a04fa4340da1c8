"""All that is known of InfoGAN's codes by name, with real images at the ends of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.experiment import code_names, plain_name
from ganstudio.measurements.codes import information_table, matched_accuracy, rank_correlation, slant
from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.extremes import extremes
from ganstudio.measurements.images import aside_indices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import CodeSpec
    from ganstudio.measurements.codes import Column
    from ganstudio.measurements.record import Pictures

    Reader = Callable[[npt.NDArray[np.float32]], Sequence[npt.NDArray[np.float32]]]

SLANT = "slant by image moments"
_CLASS = "class"
_SHOWN = 10  # images at each end of a code


def codes_figures(
    codes: Sequence[CodeSpec], read: Reader, dataset: Dataset, seed: int
) -> tuple[dict[str, Any], Pictures]:
    """What is known of the codes, read off real images kept aside, and pictures as ``Record`` has them.

    read: images (n, c, h, w) in model units -> what Q says of each code, in order. Nothing for a game without codes.
    """
    if not codes:
        return {}, {}
    try:
        aside = aside_indices(dataset, seed=seed)
    except EstimationError as error:
        return {"codes_missing": str(error)}, {}
    assert dataset.at is not None
    images = dataset.at(aside)
    names = [plain_name(name) for name in code_names(codes)]
    told = dict(zip(names, read(images), strict=True))
    readings = {name: said.argmax(axis=1) if said.ndim == 2 else said for name, said in told.items()}
    modality = dataset.modality
    ends, pictures = ends_of_codes(told, aside, modality.pictures(modality.to_people(images)))
    compared = compare(readings, dataset, aside, images, seed)
    return {"codes_missing": None, "codes_samples": len(aside), **compared, "codes_extremes": ends}, pictures


def ends_of_codes(
    told: dict[str, npt.NDArray[np.float32]], indices: npt.NDArray[np.int64], pictures_nhwc: npt.NDArray[np.uint8]
) -> tuple[dict[str, Any], Pictures]:
    """The real samples of these numbers (n,) at the ends of each code, from what Q said of them, and their pictures.

    Of each end the images' numbers in the dataset, and what Q read of them: a probability, or the mean.
    """
    figures: dict[str, Any] = {}
    pictures: dict[str, npt.NDArray[np.uint8]] = {}
    for place, (name, said) in enumerate(told.items()):
        found = extremes(said, _SHOWN)
        figures[name] = {
            one.end: {"images": indices[one.indices].tolist(), "readings": one.readings.tolist()} for one in found
        }
        shown = np.zeros((len(found), _SHOWN, *pictures_nhwc.shape[1:]), np.uint8)
        for row, one in zip(shown, found, strict=True):
            row[: len(one.indices)] = pictures_nhwc[one.indices]
        pictures[f"extremes_{place}"] = shown
    return figures, pictures


def compare(
    readings: dict[str, Column],
    dataset: Dataset,
    indices: npt.NDArray[np.int64],
    images_nchw: npt.NDArray[np.float32],
    seed: int,
) -> dict[str, Any]:
    """The figures of readings (n,) of the dataset's samples of these numbers (n,); of factors that vary."""
    known = {name: values[indices] for name, values in dataset.factors.items()}
    factors: dict[str, Column] = {name: values for name, values in known.items() if np.ptp(values) > 0}
    ordered = dict(factors)
    if dataset.feed is not None and images_nchw.shape[1] == 1:
        ordered[SLANT] = slant(images_nchw[:, 0])
    categorical = {
        name: said.astype(np.int64) for name, said in readings.items() if np.issubdtype(said.dtype, np.integer)
    }
    labels = None if dataset.labels is None else dataset.labels[indices]
    if labels is not None and labels.min() < 0:  # some are of no class, and all figures are of the same samples
        labels = None
    if labels is not None:
        factors = {_CLASS: labels, **factors}
    table = information_table(readings, factors, seed=seed)
    matched = {} if labels is None else {name: matched_accuracy(said, labels) for name, said in categorical.items()}
    return {
        "codes_accuracy": {name: found.accuracy for name, found in matched.items()},
        "codes_matched": {
            name: {str(value): _class_name(dataset, label) for value, label in sorted(found.classes.items())}
            for name, found in matched.items()
        },
        "codes_mig": table.mig,
        "codes_information_nats": _nested(table.codes, table.factors, table.nats),
        "codes_information_control_nats": _nested(table.codes, table.factors, table.control),
        "factor_entropies_nats": dict(zip(table.factors, table.entropies.tolist(), strict=True)),
        "codes_rank_correlation": {
            name: {factor: rank_correlation(said, values) for factor, values in ordered.items()}
            for name, said in readings.items()
            if name not in categorical
        },
    }


def _class_name(dataset: Dataset, label: int) -> str:
    return dataset.classes[label] if label < len(dataset.classes) else str(label)


def _nested(
    rows: tuple[str, ...], columns: tuple[str, ...], values: npt.NDArray[np.float64]
) -> dict[str, dict[str, float]]:
    return {row: dict(zip(columns, line, strict=True)) for row, line in zip(rows, values.tolist(), strict=True)}
