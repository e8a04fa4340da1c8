"""What goes wrong in a game, told with its evidence and what to try. numpy only.

A ``Watcher`` is shown every step's scalars and now and then G's samples, and says what holds now. Its thresholds, in
``_symptoms``, were set on small games on the plane (perceptrons, Adam and SGD, 1,500 to 10,000 steps): between what
healthy games reached and what broken ones did, with the figures of both beside them.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from ganstudio.measurements import _symptoms as symptoms
from ganstudio.measurements._advice import advice
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from ganstudio.experiment import Experiment

    Doubles = npt.NDArray[np.float64]

Kind = Literal[
    "not_finite",
    "constant_discriminator",
    "vanishing_gradient",
    "perfect_discriminator",
    "mode_collapse",
    "oscillation",
]
"""The gravest first."""

TITLES: dict[Kind, str] = {
    "not_finite": "Not a finite number",
    "constant_discriminator": "D is constant",
    "vanishing_gradient": "Vanishing gradient",
    "perfect_discriminator": "D is perfect",
    "mode_collapse": "Mode collapse",
    "oscillation": "Oscillation",
}

_NAMES = {
    "d_loss": "D's loss",
    "g_loss": "G's loss",
    "d_real": "D(x)",
    "d_fake": "D(G(z))",
    "value": "V(D, G)",
    "d_gradient": "D's gradient",
    "g_gradient": "G's gradient",
}

CHECK_EVERY = 100
"""Steps between two looks at the scalars, and the least between two looks at samples."""
HOLD_STEPS, HOLD_CHECKS = 500, 3
"""For how long a symptom must have held before it is told, and must have been gone before it no longer is."""
WARM_UP = 500
"""Steps of which the samples say nothing: G begins as a blob somewhere, and needs some hundred steps to spread."""
MEMORY = 2000
"""Steps that an oscillation is looked for in."""
PATH = 20
"""Looks at samples that their mean's way is known for."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Something is wrong since ``step``. evidence: what was seen, with numbers. advice: what to try."""

    kind: Kind
    step: int
    title: str
    evidence: str
    advice: str


SEES_SAMPLES: ByKind[bool] = ByKind(False, points=True)
"""Whether samples of a kind are watched too, or the scalars alone."""


class Watcher:
    """Watches one game from its first step, or from where it was resumed.

    columns: names of a row's scalars behind step and seconds: d_loss, g_loss, d_real, d_fake, d_gradient and g_gradient
    are used. experiment: what is in force. real: (m, 2) points of p_data, data units, at least 200 of them; None where
    the data are no points of the plane: then only the scalars are watched. modes: (k, 2) means of a mixture, if known.
    """

    def __init__(
        self,
        columns: Sequence[str],
        experiment: Experiment,
        real: npt.NDArray[np.floating[Any]] | None = None,
        modes: Doubles | None = None,
    ) -> None:
        self._column = {name: 2 + index for index, name in enumerate(columns)}
        self._experiment = experiment
        self._target = None if real is None else symptoms.Target(np.asarray(real, np.float64), modes)
        self._rows = np.empty((0, 2 + len(columns)))
        self._since_check = 0
        self._gradient_peak = 0.0
        self._path: deque[tuple[int, Doubles]] = deque(maxlen=PATH)
        self._looked = -CHECK_EVERY
        self._told_divergence = -math.inf
        self._flat: float | None = None
        self._swinging = ""
        self._episodes = {kind: _Episode() for kind in get_args(Kind)}

    def adjust(self, experiment: Experiment) -> None:
        """Settings have changed: what is advised follows, what has been seen stays."""
        self._experiment = experiment

    def see_scalars(self, rows: Doubles, *, by_hand: bool = False) -> None:
        """See the next steps: rows (n, 2 + columns), none left out; in pieces or at once makes no difference.

        by_hand: one player alone may have moved, so that NaN stands for the other. Else NaN is a number gone wrong.
        """
        self._look_for_infinity(rows, by_hand)
        while len(rows):
            piece, rows = np.split(rows, [CHECK_EVERY - self._since_check])
            self._rows = np.concatenate([self._rows, piece])[-MEMORY:]
            self._since_check = (self._since_check + len(piece)) % CHECK_EVERY
            if self._since_check == 0:
                self._check_scalars(int(piece[-1, 0]))

    def see_samples(self, step: int, points: npt.NDArray[np.floating[Any]]) -> None:
        """See what G makes at a step: points (n, 2), data units, of the G that plays, not of its average.

        n of 500 to 2,000. Looks that are closer than ``CHECK_EVERY`` steps are passed over.
        """
        if self._target is None or step - self._looked < CHECK_EVERY or not np.isfinite(points).all():
            return
        self._looked = step
        points_n2 = np.asarray(points, np.float64)
        if step > WARM_UP:
            self._path.append((step, self._target.standardise(points_n2.mean(axis=0))))
            self._see("mode_collapse", step, self._target.collapse(points_n2))
            self._see("oscillation", step, symptoms.swinging_samples(list(self._path)) or self._swinging)
        differs = max(self._target.divergence(points_n2), self._told_divergence)
        self._see("constant_discriminator", step, symptoms.constant(self._flat, differs))

    def see_divergence(self, step: int, jsd_low: float) -> None:
        """Hear of an independent estimate of the JSD: the low end of its interval, nats. It holds until the next."""
        self._told_divergence = jsd_low
        if self._target is None:
            self._see("constant_discriminator", step, symptoms.constant(self._flat, jsd_low))

    def remember(self, held: Mapping[str, tuple[int, str]]) -> None:
        """Take over which kinds held when a run was left, with the step and the evidence of each; others did not.

        A kind that there is not is passed over. They hold until what is seen from now on says otherwise.
        """
        for kind in self._episodes:
            self._episodes[kind] = _Episode()
            if kind in held:
                self._episodes[kind].tell(*held[kind])

    def alerts(self) -> tuple[Alert, ...]:
        """What holds now, the gravest first, each with the latest evidence."""
        return tuple(
            Alert(
                kind=kind,
                step=episode.since,
                title=TITLES[kind],
                evidence=episode.evidence,
                advice=advice(kind, self._experiment),
            )
            for kind, episode in self._episodes.items()
            if episode.told
        )

    # --- what is looked at ---

    def _see(self, kind: Kind, step: int, evidence: str) -> None:
        self._episodes[kind].see(step, evidence)

    def _look_for_infinity(self, rows: Doubles, by_hand: bool) -> None:
        wrong = ~np.isfinite(rows[:, 2:])
        if by_hand:
            wrong &= np.isinf(rows[:, 2:]) | wrong.all(axis=1, keepdims=True)
        if not wrong.any() or self._episodes["not_finite"].told:
            return
        first = int(wrong.any(axis=1).argmax())
        names = [_NAMES.get(name, name) for name, column in self._column.items() if wrong[first, column - 2]]
        # Nothing recovers from it: at once, and for good.
        self._episodes["not_finite"].tell(int(rows[first, 0]), symptoms.broken(names))

    def _recent(self, name: str, steps: int) -> Doubles:
        """Up to the last ``steps`` values of a scalar, without those of steps in which its player did not move."""
        values = self._rows[-steps:, self._column[name]]
        return np.asarray(values[np.isfinite(values)])

    def _check_scalars(self, step: int) -> None:
        real, fake = self._recent("d_real", CHECK_EVERY), self._recent("d_fake", CHECK_EVERY)
        gradient = self._recent("g_gradient", CHECK_EVERY)
        if min(len(real), len(gradient)) < CHECK_EVERY // 2:
            return  # taken apart by hand, or gone NaN
        # Elsewhere the logit is no log-odds, and its sigmoid says nothing about how sure D is.
        if self._experiment.objective.classifies:
            level = float(np.median(gradient))
            self._see("vanishing_gradient", step, symptoms.vanishing(fake, level, self._gradient_peak))
            self._gradient_peak = max(self._gradient_peak, level)
            self._see("perfect_discriminator", step, symptoms.perfect(real, fake))
            self._swinging = symptoms.swinging_scalar(self._recent("d_fake", MEMORY))
            if self._target is None:
                self._see("oscillation", step, self._swinging)
        levelled = self._experiment.objective.levelled
        self._flat = symptoms.flatness(real, fake) if levelled else None


class _Episode:
    """Whether a symptom is told: it must have held for a while, and is told until it has been gone for a while."""

    def __init__(self) -> None:
        self.told = False
        self.since = 0
        self.evidence = ""
        self._turned: int | None = None  # the step from which on it has been otherwise than what is told
        self._checks = 0

    def see(self, step: int, evidence: str) -> None:
        """The symptom holds at ``step`` with this evidence; empty: it does not."""
        if evidence:
            self.evidence = evidence
        if bool(evidence) == self.told:
            self._turned = None
            return
        if self._turned is None:
            self._turned, self._checks = step, 0
        self._checks += 1
        if self._checks >= HOLD_CHECKS and step - self._turned >= HOLD_STEPS:
            self.told = not self.told
            self.since, self._turned = self._turned, None

    def tell(self, step: int, evidence: str) -> None:
        """At once."""
        self.told, self.since, self.evidence = True, step, evidence
