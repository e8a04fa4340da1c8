"""What the room of sentences shows: sentences of G with D's word on each word, and the plane of quality and diversity.

The plane takes long, and is computed a mark at a time: those of G before the game once, those of G as it is now again
and again. Legend: n sentences, t places, v words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import one_hot

from ganstudio.measurements import EstimationError
from ganstudio.measurements.sentences.controls import Continued, Rewarded
from ganstudio.measurements.sentences.figures import aside_of
from ganstudio.measurements.sentences.sampling import mark, real_mark
from ganstudio.networks.sequence import SequenceGenerator
from ganstudio.networks.text_judges import PrefixDiscriminator
from ganstudio.training.messages.sentences import Alternative, Composed, Place
from ganstudio.training.pictures.plane import copy_weights, frozen_copy, tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.measurements.sentences.sampling import Mark
    from ganstudio.training.messages.sentences import Compose
    from ganstudio.training.step.games import System

SENTENCES, ALTERNATIVES, MARKED = 16, 8, 500
TEMPERATURES = (1.0, 0.85, 0.7, 0.55, 0.4)
CONTROLS = CONTINUED, CONSTANT = "continued", "constant"
_SEED = 5


class Composing:
    """Writes sentences with copies of one game's networks; whoever calls sees that nothing is updated meanwhile."""

    def __init__(self, trainer: System) -> None:
        made, kept = trainer.average.module, trainer.games[""].kept
        assert isinstance(made, SequenceGenerator)
        assert kept is None or isinstance(kept, SequenceGenerator)
        self._made, self._dataset = frozen_copy(made).cpu(), trainer.dataset
        self._before = None if kept is None else frozen_copy(kept).cpu()
        judge = trainer.discriminator
        self._judge = frozen_copy(judge).cpu().eval() if isinstance(judge, PrefixDiscriminator) else None
        self._plane = _Plane(trainer)

    @classmethod
    def of(cls, trainer: System) -> Composing | None:
        """Of a game whose G writes word by word; None of all others."""
        return cls(trainer) if isinstance(trainer.average.module, SequenceGenerator) else None

    def update(self, trainer: System) -> None:
        """Take over the weights of all networks."""
        copy_weights(tensors(self._made), tensors(trainer.average.module))
        if self._judge is not None:
            copy_weights(tensors(self._judge), tensors(trainer.discriminator))
        if self._before is not None and (kept := trainer.games[""].kept) is not None:
            copy_weights(tensors(self._before), tensors(kept))
        self._plane.begin(trainer)

    def answer(self, request: Compose, game: int, step: int) -> Composed:
        """The sentences that are asked for, and one mark more of the plane."""
        asked = self._before if request.before and self._before is not None else self._made
        random = torch.Generator().manual_seed(request.seed)
        dice = torch.rand((SENTENCES, asked.length), generator=random) * 2 - 1
        made = asked.draw(dice, temperature=request.temperature, prefix=request.prefix)
        real = torch.from_numpy(self._dataset.draw(SENTENCES, np.random.default_rng(request.seed)).argmax(-1))
        self._plane.go_on(self._made, self._before, request.seconds)
        return Composed(
            request=request.request,
            game=game,
            step=step,
            made=made.numpy().astype(np.int32),
            made_parts=self._parts(made),
            real=real.numpy().astype(np.int32),
            real_parts=self._parts(real),
            faults=self._faults(made),
            alternatives=self._alternatives(asked, request),
            curves=self._plane.curves(before=self._before is not None),
            places=self._plane.places,
            marked_at=self._plane.marked_at,
            controls_seconds=self._plane.controls_seconds,
            exact=self._dataset.log_probability is not None,
            graded=self._dataset.first_fault is not None,
            more=self._plane.more,
        )

    @torch.no_grad()
    def _parts(self, words_nt: Tensor) -> npt.NDArray[np.float32] | None:
        """What D says of each word, d_t = l_t - l_(t-1)."""
        if self._judge is None:
            return None
        logits = self._judge.read(one_hot(words_nt, self._made.words).float())[1]
        return torch.diff(logits, dim=1, prepend=logits.new_zeros(len(logits), 1)).numpy()

    def _faults(self, words_nt: Tensor) -> npt.NDArray[np.int64] | None:
        find = self._dataset.first_fault
        return None if find is None else find(words_nt.numpy())

    @torch.no_grad()
    def _alternatives(self, asked: SequenceGenerator, request: Compose) -> tuple[Alternative, ...]:
        """The likeliest words at the place that was chosen, and what D says of each there."""
        if len(request.chosen) != asked.length or not 0 <= request.place < asked.length:
            return ()
        words = torch.tensor([request.chosen])
        shares = (asked.logits_of(words)[0, request.place] / request.temperature).softmax(-1)
        best = shares.topk(min(ALTERNATIVES, len(shares))).indices
        tried = words.repeat(len(best), 1)
        tried[:, request.place] = best
        parts = self._parts(tried)
        return tuple(
            Alternative(int(token), float(shares[token]), None if parts is None else float(parts[row, request.place]))
            for row, token in enumerate(best)
        )


class _Plane:
    """Where G, G before the game, and controls stand. more: whether a mark is still to be made."""

    def __init__(self, trainer: System) -> None:
        self._dataset = trainer.dataset
        self._rate = trainer.experiment.optimisers.generator.learning_rate
        self._marks: dict[str, dict[float, Place]] = {"before": {}, "generator": {}}
        self._places: dict[str, Place] = {}
        self._turn, self._step = 0, -1
        self._made_at: dict[float, int] = {}
        self._controls: dict[str, Continued | Rewarded] = {}
        self._seconds = 0.0
        self._compares = self._frozen = self._wanted = False
        try:
            self._aside = aside_of(trainer.dataset, 2 * MARKED)
        except EstimationError:  # too few are kept aside: there is no plane
            self._aside = None  # type: ignore[assignment]
            return
        self._reference = self._aside[len(self._aside) // 2 :]
        self.begin(trainer)

    def begin(self, trainer: System) -> None:
        """G has learned: its marks are to be made again, and what is of before the game while that still changes."""
        self._step = trainer.step_count
        was_frozen, self._frozen = self._frozen, not trainer.stage.keeps
        if not self._frozen:
            self._marks["before"], self._controls = {}, {}
            for name in CONTROLS:
                self._places.pop(name, None)
        elif not was_frozen:  # marks of likelihood on its way would be held against where it ended
            self._marks["generator"], self._made_at = {}, {}

    def curves(self, *, before: bool) -> Mapping[str, Mapping[float, Place]]:
        """The marks that there are, by temperature."""
        there = before and self._frozen
        return {name: dict(marks) for name, marks in self._marks.items() if there or name != "before"}

    @property
    def places(self) -> dict[str, Place]:
        """Where real sentences stand, and controls while they are wanted."""
        return {name: place for name, place in self._places.items() if self._wanted or name not in CONTROLS}

    @property
    def marked_at(self) -> int | None:
        """The step of the mark of G at temperature 1; None: there is none."""
        return self._made_at.get(1.0)

    @property
    def controls_seconds(self) -> float | None:
        """For how long the controls that are wanted were trained; None: they are not done."""
        done = self._wanted and self._controls and all(one.done for one in self._controls.values())
        return self._seconds if done else None

    @property
    def more(self) -> bool:
        """Whether there is a mark to be made."""
        missing = (self._frozen and self._compares and len(self._marks["before"]) < len(TEMPERATURES)) or self._stale()
        undone = self._wanted and any(not one.done for one in self._controls.values())
        return self._aside is not None and (bool(missing) or undone)

    def go_on(self, made: SequenceGenerator, before: SequenceGenerator | None, seconds: float | None) -> None:
        """Make one mark, and train controls a little where they are wanted for so many seconds."""
        self._compares = before is not None
        self._wanted = seconds is not None
        if self._aside is None:
            return
        if "real" not in self._places:
            others = self._aside[: len(self._aside) // 2]
            self._places["real"] = _place(real_mark(self._dataset, others, self._reference))
        before = before if self._frozen else None  # while likelihood goes on, that is G as it is now
        missing = [one for one in TEMPERATURES if one not in self._marks["before"]] if before is not None else []
        if missing and before is not None:
            self._marks["before"][missing[0]] = self._mark(before, missing[0])
        elif stale := self._stale():
            # Its place at temperature 1 leaves the trail: it is made every other time, and else the oldest.
            self._turn += 1
            temperature = 1.0 if self._turn % 2 and 1.0 in stale else stale[0]
            self._marks["generator"][temperature] = self._mark(made, temperature)
            self._made_at[temperature] = self._step
        if seconds is None or before is None:
            return
        if not self._controls or seconds != self._seconds:
            self._seconds = seconds
            self._controls = {
                CONTINUED: Continued(before, self._dataset, seconds, _SEED),
                CONSTANT: Rewarded(before, seconds, _SEED, rate=self._rate),
            }
        for name, control in self._controls.items():
            if not control.done:
                control.go_on()
                self._places[name] = _place(mark(control.network, self._dataset, self._reference, _SEED, 1.0))

    def _stale(self) -> list[float]:
        """The temperatures whose marks are of an earlier step, the oldest first."""
        found = [one for one in TEMPERATURES if self._made_at.get(one) != self._step]
        return sorted(found, key=lambda one: self._made_at.get(one, -1))

    def _mark(self, generator: SequenceGenerator, temperature: float) -> Place:
        return _place(mark(generator, self._dataset, self._reference, _SEED, temperature))


def _place(found: Mark) -> Place:
    return Place(found.quality, found.various, found.jsd, found.error)
