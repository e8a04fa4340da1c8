"""Classes of sounds as a classifier hears them: confusion, balance, and distances in its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.fidelity import centred, class_shares, shares_divergence, squared_distances, sure_share
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.frechet import frechet_local
from ganstudio.measurements.sounds import controls
from ganstudio.measurements.sounds.classifier import train_classifier
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ganstudio.measurements.sounds.classifier import SoundClassifier
    from ganstudio.measurements.sounds.sides import Floats, Labels, Real

    Doubles = npt.NDArray[np.float64]

MOST_CLASSES = 24
"""Classes that have a line each in the confusion."""
_MEANS, _GAUSSIAN = "the mean of each class", "a Gaussian for each class"
_NEAR = 0.05


def class_figures(real: Real, made: Floats, asked: Labels | None, seed: int) -> Iterator[Figure]:
    """The figures that a classifier gives, trained on real sounds that are not those kept aside."""
    known = real.labels >= 0
    classifier = train_classifier(real.planes[known], real.labels[known], len(real.classes), seed=seed)
    some = real.of_aside >= 0
    aside, of_aside = real.aside[some], real.of_aside[some]
    wanted = _like(of_aside, len(made)) if asked is None else asked
    drawn = controls.gaussian_of_each(real.planes[known], real.labels[known], wanted, seed)
    means = controls.mean_of_each(real.planes[known], real.labels[known], wanted)
    # What is out of range is cut off before anything is heard, and the classifier never saw any of it.
    made, drawn = (real.sound.to_model(real.sound.to_people(planes)) for planes in (made, drawn))
    said = {
        name: classifier.probabilities(planes) for name, planes in (("", made), (_GAUSSIAN, drawn), (_MEANS, means))
    }
    of_real = classifier.probabilities(aside)
    if asked is not None:
        yield from _confusion(real, said, of_real, asked, of_aside)
    yield Figure(
        name="class_sure",
        value=sure_share(said[""]),
        floor=sure_share(of_real),
        title="Classifier is sure",
        help="Share that it gives one class over 90 %. Never to be read alone: means of classes are the surest",
        better="high",
        share=True,
        controls=tuple((name, sure_share(said[name])) for name in (_GAUSSIAN, _MEANS)),
    )
    shares = class_shares(real.labels, len(real.classes))
    yield Figure(
        name="class_jsd",
        value=shares_divergence(class_shares(said[""].argmax(1), len(shares)), shares),
        floor=shares_divergence(class_shares(of_real.argmax(1), len(shares)), shares),
        title="JSD of class shares",
        help="Whether G makes each class often enough, nats",
        better="low",
    )
    yield from _distances(classifier, real, made, {_GAUSSIAN: drawn, _MEANS: means})


def _confusion(
    real: Real, said: dict[str, Floats], of_real: Floats, asked: Labels, of_aside: Labels
) -> Iterator[Figure]:
    heard, heard_real = said[""].argmax(1), of_real.argmax(1)
    yield Figure(
        name="heard_as_asked",
        value=float((heard == asked).mean()),
        floor=float((heard_real == of_aside).mean()),
        title="Heard as the class that was asked for",
        help="By a classifier that was trained on the spot; next to it how often it is right about real sounds",
        better="high",
        share=True,
        controls=tuple((name, float((said[name].argmax(1) == asked).mean())) for name in (_GAUSSIAN, _MEANS)),
    )
    if len(real.pitches) or len(real.classes) > MOST_CLASSES:  # pitches have lines of their own
        return
    for index, name in enumerate(real.classes):
        own, own_real = heard[asked == index], heard_real[of_aside == index]
        if not len(own) or not len(own_real):
            continue
        shares = class_shares(own, len(real.classes))
        others = [place for place in np.argsort(-shares) if place != index and shares[place] > 0]
        told = (
            f'else mostly as "{real.classes[others[0]]}" ({percent(shares[others[0]], 0)})'
            if others
            else "and never as another"
        )
        yield Figure(
            name=f"heard_{index}",
            value=float(shares[index]),
            floor=float((own_real == index).mean()),
            title=f'"{name}" is heard as it',
            help=f"Share of what G made for this class, {told}",
            better="high",
            share=True,
        )


def _distances(classifier: SoundClassifier, real: Real, made: Floats, others: dict[str, Floats]) -> Iterator[Figure]:
    against = classifier.features(real.aside)

    def distance(planes: Floats) -> float:
        return frechet_local(classifier.features(planes), against)

    yield Figure(
        name="sound_frechet",
        value=distance(made),
        floor=distance(real.planes[: len(made)]),
        title="Frechet distance (local)",
        help="Of Gaussians fitted to the classifier's features of both sides; comparable on the same data and seed",
        better="low",
        controls=tuple((name, distance(planes)) for name, planes in others.items()),
    )
    nearest, usual = (np.sqrt(_nearest(planes, real.planes)) for planes in (made, real.aside))
    edge = np.quantile(usual, _NEAR)
    yield Figure(
        name="copied",
        value=float((nearest < edge).mean()),
        floor=float((usual < edge).mean()),
        title="Nearer than sounds kept aside",
        help="Share nearer to a training sound than all but 5 % of those kept aside are: far more, and G copies",
        share=True,
    )


def _nearest(planes: Floats, real: Floats) -> Doubles:
    """The squared distance (n,) of each sound to the nearest real one."""
    flat = [side.reshape(len(side), -1) for side in (planes, real)]
    return np.asarray(squared_distances(*centred(*flat)).min(1))


def _like(labels: Labels, count: int) -> Labels:
    """So many labels with the shares of these."""
    return np.resize(labels, count)
