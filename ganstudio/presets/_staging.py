"""Stages of a game that goes on: which there are, and what becomes of the settings where one is skipped or repeated."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from ganstudio.experiment import AdversarialStageSpec, ChainSpec, PyramidSpec
from ganstudio.presets._errors import ExperimentError
from ganstudio.presets._fields import is_live

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment

Settings = dict[str, Any]

_GAME = AdversarialStageSpec.model_fields["kind"].default
_BOTH = "both"  # the games of a chain, after what comes before them: no stage of the second game alone
_AFTERWARDS = frozenset({"stages"})
"""What no form changes while a game goes on, but whoever repeats a stage."""


class Planned(NamedTuple):
    """A stage before the game. path: the setting that says how many steps it lasts; first: how many come before it."""

    path: str
    kind: str
    first: int
    steps: int

    @property
    def end(self) -> int:
        """The number of its last step."""
        return self.first + self.steps


def plan_of(experiment: Experiment) -> tuple[Planned, ...]:
    """The stages before the game, one after another; the game follows the last."""
    rows = experiment.arrangement.plan(experiment)
    ends = accumulate((steps for _, _, steps in rows), initial=0)
    return tuple(Planned(path, kind, first, steps) for (path, kind, steps), first in zip(rows, ends, strict=False))


def present(experiment: Experiment, step: int) -> Planned | None:
    """The stage of the step after ``step`` of them; None: it is of the game."""
    return next((one for one in plan_of(experiment) if step < one.end), None)


def is_changeable(path: str) -> bool:
    """Whether a setting may be other than before from some step of a game on, by a form or otherwise."""
    return is_live(path) or path in _AFTERWARDS


def check_past(before: Experiment, after: Experiment, step: int) -> None:
    """Raise ExperimentError where other settings would have had other stages in the steps that are made already."""
    was, will = (_shares_before(one, step) for one in (before, after))
    if was != will:
        raise ExperimentError(
            f"arrangement.later: {'1 step is' if step == 1 else f'{step:,} steps are'} made already, each by the game "
            "whose turn it was: shares can change from here on alone"
        )
    if _past(before, step) != _past(after, step):
        raise ExperimentError(
            f"stages: {'1 step is' if step == 1 else f'{step:,} steps are'} made already, and with these lengths "
            f"{'it' if step == 1 else 'some'} would have been of another stage: a stage that is over stays as long as "
            "it was, and one that goes on is at least as long as it has been"
        )


def total_for(before: Experiment, after: Experiment) -> int:
    """How many steps all of it takes with other stages, where the game after them stays as long as it was.

    As many as before where the stages leave no step for it.
    """
    if not _leaves_a_game(before):
        return before.schedule.steps
    return before.schedule.steps + _staged(after) - _staged(before)


def _staged(experiment: Experiment) -> int:
    return sum(one.steps for one in plan_of(experiment))


def _leaves_a_game(experiment: Experiment) -> bool:
    return experiment.schedule.steps > _staged(experiment)


def skipped(experiment: Experiment, step: int) -> Settings:
    """The settings with which the present stage ends now, or after its first step; the game stays as long as it is."""
    if (stage := present(experiment, step)) is None:
        raise ExperimentError("There is no stage to skip: this is the game itself, which ends where you pause it.")
    steps = max(1, step - stage.first)
    less = stage.steps - steps if _leaves_a_game(experiment) else 0
    return {stage.path: steps, "schedule.steps": experiment.schedule.steps - less}


def repeated(experiment: Experiment, step: int, place: int) -> Settings:
    """The settings with which the stage at a place of the plan begins once more; the game stays as long as it is.

    The present one begins anew from here, one that is over comes once more, and the game goes on after it.
    """
    plan = plan_of(experiment)
    if not 0 <= place < len(plan):
        raise ExperimentError(f"There is no stage {place + 1} to repeat: there are {len(plan)}.")
    wanted, now = plan[place], present(experiment, step)
    if now == wanted:
        more = step - wanted.first
        return {wanted.path: more + wanted.steps, "schedule.steps": experiment.schedule.steps + more}
    if now is not None:
        raise ExperimentError(
            f"The stage {now.kind} is going on: skip it, or wait for its end, before another one is repeated."
        )
    if not wanted.path.startswith("stages."):
        raise ExperimentError(f"The stage {wanted.kind} is a game of its own: it can be repeated only while it lasts.")
    own = [one.end for one in plan if one.path.startswith("stages.")]
    if isinstance(experiment.arrangement, ChainSpec) and step > own[-1]:
        raise ExperimentError(
            f"The stage {wanted.kind} is over, and the games of the chain have gone on since: in a chain it can be "
            "repeated only while it lasts."
        )
    played = step - plan[-1].end
    again = experiment.stages[int(wanted.path.split(".")[1])].model_dump()
    between = [{"kind": _GAME, "steps": played}] if played else []
    stages = [*(stage.model_dump() for stage in experiment.stages), *between, again]
    return {"stages": stages, "schedule.steps": experiment.schedule.steps + wanted.steps}


def shared(experiment: Experiment, step: int, place: int, share: int) -> Settings:
    """The settings with which a game of a pyramid has another share of the steps from here on; 0: it rests."""
    spec = experiment.arrangement
    if not isinstance(spec, PyramidSpec):
        raise ExperimentError("There are no levels that could learn in turn: the arrangement is no pyramid.")
    shares = list(spec.shares(max(1, step)))  # before the first step they are in force from the second on
    if not 0 <= place < len(shares):
        raise ExperimentError(f"There is no level {place + 1}: there are {len(shares)}.")
    shares[place] = share
    if not any(shares):
        raise ExperimentError("One level goes on learning: pause the training to let all of them rest.")
    return {"arrangement.later": spec.with_shares(step, shares)}


def _shares_before(experiment: Experiment, step: int) -> list[object]:
    """Of a pyramid, the shares of its games in the steps that are made already."""
    return [span for span in getattr(experiment.arrangement, "spans", ()) if span[0] < step]


def _past(experiment: Experiment, step: int) -> list[tuple[str, int]]:
    """The kinds of the first steps, and how many there were of each in a row."""
    found: list[tuple[str, int]] = []
    left = step
    last = _BOTH if isinstance(experiment.arrangement, ChainSpec) else _GAME
    for kind, steps in (*((one.kind, one.steps) for one in plan_of(experiment)), (last, step)):
        count = min(steps, left)
        left -= count
        if count and found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + count)
        elif count:
            found.append((kind, count))
    return found
