"""Which settings stand together in the panel, and what a group says while it is folded away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.experiment import DiceSpec, ScheduleSpec
from ganstudio.gui.text.words import value_label
from ganstudio.scalars import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import AugmentationSpec, Experiment, LatentSpec


@dataclass(frozen=True, kw_only=True)
class Part:
    """A form within a group: of the spec at ``path``, all of its fields or ``only`` some; see SpecForm for brief."""

    path: str = ""
    only: tuple[str, ...] | None = None
    brief: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GroupSpec:
    """A group of settings; ``summary`` stands in its header while it is folded away."""

    title: str
    parts: tuple[Part, ...]
    summary: Callable[[Experiment], str]
    open: bool = False


_KNOBS = ("discriminator_steps", "batch_size")  # of the schedule, shown further up

GROUPS = (
    GroupSpec(
        title="The game",
        parts=(Part(only=("objective",)), Part(path="schedule", only=("discriminator_steps",))),
        summary=lambda experiment: value_label(experiment.objective.kind),
        open=True,
    ),
    GroupSpec(
        title="Learning",
        parts=(
            Part(path="optimisers", only=("discriminator", "generator"), brief=("learning_rate",)),
            Part(path="schedule", only=("batch_size",)),
        ),
        summary=lambda experiment: _pair(
            experiment.optimisers.discriminator.kind, experiment.optimisers.generator.kind
        ),
        open=True,
    ),
    GroupSpec(
        title="Networks",
        parts=(Part(only=("discriminator", "generator")),),
        summary=lambda experiment: _pair(experiment.discriminator.kind, experiment.generator.kind),
    ),
    GroupSpec(
        title="Data",
        parts=(Part(only=("dataset",)),),
        summary=lambda experiment: value_label(experiment.dataset.kind),
    ),
    GroupSpec(
        title="Latent code",
        parts=(
            Part(path="latent"),
            Part(only=("given",)),
            Part(path="recogniser"),
            Part(path="conditioning"),
        ),
        summary=lambda experiment: (
            "Dice, one a word"
            if isinstance(experiment.generator, DiceSpec)
            else _latent(experiment.latent, told=experiment.conditioning.labels != "off")
        ),
    ),
    GroupSpec(
        title="Stages",
        parts=(Part(only=("stages",)), Part(only=("arrangement",))),
        summary=lambda experiment: _stages(experiment),
    ),
    GroupSpec(
        title="Augmentation",
        parts=(Part(path="augmentation"),),
        summary=lambda experiment: _augmentation(experiment.augmentation),
    ),
    GroupSpec(
        title="Schedule",
        parts=(Part(path="schedule", only=tuple(name for name in ScheduleSpec.model_fields if name not in _KNOBS)),),
        summary=lambda experiment: counted(experiment.schedule.steps, "step"),
    ),
    GroupSpec(
        title="Device",
        parts=(Part(path="device"), Part(only=("seed",))),
        summary=lambda experiment: value_label(experiment.device.kind),
    ),
    GroupSpec(
        title="Measures",
        parts=(Part(path="measures"),),
        summary=lambda experiment: f"over {counted(experiment.measures.window, 'step')}",
    ),
)


def _stages(experiment: Experiment) -> str:
    """Which stages come before the game, and that there are two games where there are."""
    two = [value_label(experiment.arrangement.kind)] if experiment.arrangement.makes_given else []
    names = [value_label(stage.kind).lower() for stage in experiment.stages]
    return ", ".join([*two, *names]) or "none"


def _latent(latent: LatentSpec, *, told: bool) -> str:
    parts = [f"{value_label(latent.prior)}, {latent.dimensions}-D"] if latent.dimensions else []
    if told:
        parts.append("class")
    if latent.codes:
        parts.append(counted(len(latent.codes), "code"))
    return ", ".join(parts) or "none"


def _augmentation(spec: AugmentationSpec) -> str:
    return ", ".join(name for name in type(spec).model_fields if getattr(spec, name)) or "none"


def _pair(discriminator: str, generator: str) -> str:
    first, second = value_label(discriminator), value_label(generator)
    return first if first == second else f"D {first}, G {second}"
