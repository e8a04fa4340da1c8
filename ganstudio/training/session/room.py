"""Games that need more memory than there is are refused before their first step: the system would end the program."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch

from ganstudio.system import available_bytes
from ganstudio.training.session.needs import ALWAYS, at_least, at_most, foreseen, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.training.session.needs import Needs

_NARROWEST = 4
"""Units or channels; no convolution may have fewer."""
_CERTAIN = 0.5
"""Share of what is free below which the first count, which is far too high, is enough."""


class NotEnoughMemory(ValueError):
    """A game that needs more memory than there is; the message says how much, and what would fit."""


class Crowded(NotEnoughMemory):
    """A game that needs more memory than there is beside the one before, and not more than there is without that."""


def check_memory(experiments: Sequence[Experiment], dataset: Dataset, device: torch.device, *, held: int = 0) -> None:
    """Raise NotEnoughMemory where these games, of one session, need more than is free.

    held: bytes that they hold already. What several games need adds up, also where they take turns: what one lets go
    of is not always there for the next.
    """
    free = available(device)
    if free is None:
        return
    free += held
    games = _alike(experiments)
    outlines = {one: outline(one, dataset) for one in games}
    if ALWAYS + sum(count * at_most(one, outlines[one]) for one, count in games.items()) <= _CERTAIN * free:
        return
    least = {one: at_least(one, outlines[one]) for one in games}
    if (wanted := _together(games, least, 0)) > free:
        raise _refusal(wanted, free, _narrower(games, dataset, free), len(experiments), "networks alone need")
    needs = {one: foreseen(one, dataset, outlines[one]) for one in games}
    if (wanted := _together(games, needs)) > free:
        largest = max(one.schedule.batch_size for one in games)
        fits = _largest(largest, lambda size: _together(games, needs, size) <= free)
        remedy = f"a batch size of {fits:,} would fit" if fits else _narrower(games, dataset, free)
        raise _refusal(wanted, free, remedy, len(experiments), "training needs")


def check_beside(
    experiments: Sequence[Experiment], dataset: Dataset, device: torch.device, beside: Callable[[], int] | None
) -> None:
    """As ``check_memory``. Raises Crowded where it lacks no more than what ``beside`` says that another game holds."""
    try:
        check_memory(experiments, dataset, device)
    except NotEnoughMemory as error:
        if beside is None:
            raise
        check_memory(experiments, dataset, device, held=beside())
        raise Crowded(str(error)) from None


def held_by(experiments: Sequence[Experiment], dataset: Dataset) -> int:
    """Bytes that games hold from step to step."""
    return sum(at_least(one, outline(one, dataset)).held for one in experiments)


def check_change(
    before: Sequence[Experiment], after: Sequence[Experiment], dataset: Dataset, device: torch.device
) -> None:
    """Raise NotEnoughMemory where a change of games while they train would take more than there is."""
    if [_weight(one) for one in before] != [_weight(one) for one in after]:
        check_memory(after, dataset, device, held=held_by(before, dataset))


def available(device: torch.device) -> int | None:
    """Bytes that can be had on a device, None where nobody tells."""
    if device.type == "cuda":
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    return available_bytes()


def _alike(experiments: Sequence[Experiment]) -> Counter[Experiment]:
    """The games, those that differ in nothing but their seed counted together: a band may have 64 of them."""
    return Counter(experiment.model_copy(update={"seed": 0}) for experiment in experiments)


def _together(games: Counter[Experiment], needs: Mapping[Experiment, Needs], most: int | None = None) -> int:
    """What all of the games need, with minibatches of at most so many samples."""
    sizes = {one: one.schedule.batch_size if most is None else min(most, one.schedule.batch_size) for one in games}
    return ALWAYS + sum(count * needs[one].total(sizes[one]) for one, count in games.items())


def _largest(below: int, fits: Callable[[int], bool]) -> int:
    """The largest power of two below a number that fits; 0: none does."""
    size = 1 << max(below - 1, 0).bit_length() >> 1
    while size and not fits(size):
        size //= 2
    return size


def _narrower(games: Counter[Experiment], dataset: Dataset, free: int) -> str:
    """How narrow the players would have to be: whichever has more weights is halved, until all fits."""
    while games:
        games = Counter({narrow: count for one, count in games.items() if (narrow := _halved(one, dataset))})
        outlines = {one: outline(one, dataset) for one in games}
        if not games or _together(games, {one: at_least(one, outlines[one]) for one in games}, 0) - ALWAYS > free / 2:
            continue  # it could not even be tried
        if _together(games, {one: foreseen(one, dataset, outlines[one]) for one in games}) <= free:
            of_g, of_d = (max(getattr(one, name).width for one in games) for name in ("generator", "discriminator"))
            return f"widths of {of_g:,} for G and {of_d:,} for D would fit"
    return "choose a smaller batch size and narrower networks"


def _halved(experiment: Experiment, dataset: Dataset) -> Experiment | None:
    """The game with its heavier player half as wide; None where that is as narrow as may be."""
    known = outline(experiment, dataset)
    name = "generator" if known.generator >= known.discriminator else "discriminator"
    player = getattr(experiment, name)
    if player.width // 2 < _NARROWEST:
        return None
    return experiment.model_copy(update={name: player.model_copy(update={"width": player.width // 2})})


def _refusal(wanted: int, free: int, remedy: str, games: int, what: str) -> NotEnoughMemory:
    of_games = f" of {games} games" if games > 1 else ""
    return NotEnoughMemory(
        f"the {what}{of_games} some {_gigabytes(wanted)} of memory, and {_gigabytes(free)} are free: {remedy}"
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"


def _weight(experiment: Experiment) -> object:
    """What a step's memory depends on among the settings that may change while training."""
    optimisers = experiment.optimisers
    return (
        experiment.schedule.batch_size,
        experiment.objective.kind,
        optimisers.generator.kind,
        optimisers.discriminator.kind,
        [bool(value) for value in experiment.augmentation.model_dump().values()],
        experiment.recogniser.compares,
    )
