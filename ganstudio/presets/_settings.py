"""One setting at a time: by dotted path from the command line and while training, and for data that was dropped."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.experiment import (
    AdamSpec,
    ConditioningSpec,
    DatasetSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    Experiment,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    OptimisersSpec,
    ScheduleSpec,
    SequenceGeneratorSpec,
    Spec,
    SpectrumDiscriminatorSpec,
    SpectrumGeneratorSpec,
    samples_of,
)
from ganstudio.presets import _fields
from ganstudio.presets._errors import ExperimentError, unknown_field
from ganstudio.presets._files import load_preset, validated

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.modalities import Modality


_CONVOLVE = frozenset({"dcgan", "super_resolution", "patch", "conv_autoencoder"})
"""Kinds of networks that are for images alone."""


def parse_setting(text: str) -> tuple[str, Any]:
    """``a.b=1e-3`` as path and value; the value is read as TOML, a bare word as text.

    Raises ExperimentError when there is no ``=`` or no path.
    """
    path, equals, value = text.partition("=")
    path, value = path.strip(), value.strip()
    if not equals or not all(path.split(".")):
        raise ExperimentError(f"{text}: expected dotted.key=value, such as schedule.steps=2000")
    try:
        read = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return path, value
    # A date, or a text with line breaks that smuggles in more keys, is a bare word like any other.
    plain = set(read) == {"value"} and isinstance(read["value"], bool | int | float | str | list | dict)
    return path, read["value"] if plain else value


def with_setting(experiment: Experiment, path: str, value: Any) -> Experiment:
    """The same experiment with one field changed.

    path: dotted, such as ``optimisers.generator.learning_rate``; what is in a list has its place there as its name, as
    in ``latent.codes.0.weight``. A whole sub-spec may be given as a spec or as a mapping with its ``kind``. A new
    ``kind`` brings the defaults of its member of the union.
    Raises ExperimentError.
    """
    return with_settings(experiment, [(path, value)])


def with_settings(experiment: Experiment, settings: Sequence[tuple[str, Any]]) -> Experiment:
    """The same experiment with some fields changed, which need only be right together, in whatever order they come.

    Whole sub-specs and kinds are put in first, as what is inside them belongs to the new ones. Of two values for one
    field the later counts. Raises ExperimentError.
    """
    data = experiment.model_dump()
    for path, value in outermost_first(settings):
        _put(data, path, value)
    return validated(data)


def outermost_first(settings: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Settings with what holds others, or decides what they are, before these."""
    return sorted(settings, key=lambda one: len(one[0].removesuffix(".kind").split(".")))


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split(".")
    inner: Any = data
    for depth, parent in enumerate(parents, start=1):
        if isinstance(inner, list):
            inner = inner[_place(inner, parents[: depth - 1], parent)]
            continue
        if not isinstance(inner, dict) or parent not in inner:
            raise ExperimentError(unknown_field(parents[:depth], data))
        if isinstance(inner[parent], tuple):
            inner[parent] = list(inner[parent])
        inner = inner[parent]
        if not isinstance(inner, dict | list):
            raise ExperimentError(unknown_field((*parents[:depth], name), data))
    if isinstance(inner, list):
        inner[_place(inner, parents, name)] = _plain(value)
        return
    field = _fields.field_at(parents, data)
    switches = name == "kind" and field is not None and bool(_fields.kinds(field.annotation))
    if (switches or (name == "kind" and parents[-1:] and parents[-1].isdecimal())) and value != inner.get("kind"):
        inner.clear()
    inner[name] = _plain(value)


def _place(values: list[Any], path: Sequence[str], name: str) -> int:
    """Where in a list a name points, which must be a number from 0."""
    if name.isdecimal() and int(name) < len(values):
        return int(name)
    places = f"its places are 0 to {len(values) - 1}" if values else "it is empty"
    raise ExperimentError(f"{'.'.join(path)}.{name}: no such place in the list, {places}")


def _plain(value: Any) -> Any:
    """A value as pydantic's dump has it: specs and mappings as dicts."""
    if isinstance(value, Spec):
        return value.model_dump()
    return dict(value) if isinstance(value, Mapping) else value


def experiment_for(
    dataset: DatasetSpec,
    modality: Modality,
    base: Experiment | None = None,
    *,
    classes: bool = False,
    partners: Modality | None = None,
    name: str = "",
) -> Experiment:
    """An experiment that trains on ``dataset``, whose samples are of this kind.

    The networks and the recipe are those of ``base`` when they are for such data, else those of ``RECIPES``; seed,
    device and measures are always the base's, and so is whether the players are told classes, where the recipe tells
    them none. It is named after the data.
    name: theirs; empty: as their file.
    classes: whether the data have any; without them the players of ``base`` are told none any more.
    partners: of which kind what belongs to each sample is, which is what such data are brought for.
    """
    paired = None if partners is None else PAIRED.get(partners.kind)
    recipe = load_preset(paired) if paired else RECIPES.get(modality.kind, _perceptrons)(modality.shape)
    if (base and paired and base.given == recipe.given) or (
        base and not paired and _is_for(base) == modality.kind and _see_alike(base, recipe)
    ):
        recipe = base
    elif base:
        # A recipe that tells the players classes does better so: whether a game on other data did says nothing of it.
        told_already = bool(paired) or recipe.conditioning != ConditioningSpec()
        names = ("seed", "device", "measures") if told_already else ("seed", "device", "measures", "conditioning")
        of_base = {name: getattr(base, name) for name in names}
        recipe = recipe.model_copy(update=of_base)
    told = {} if classes else {"conditioning": ConditioningSpec()}
    return recipe.model_copy(update={"name": _name_of(dataset, name), "summary": "", "dataset": dataset, **told})


def _is_for(experiment: Experiment) -> str:
    """The kind of samples that the experiment's networks were chosen for."""
    if (kind := samples_of(experiment.dataset)) is not None:
        return kind
    convolves = not _CONVOLVE.isdisjoint((experiment.generator.kind, experiment.discriminator.kind))
    return "images" if convolves else "points"


def _see_alike(base: Experiment, recipe: Experiment) -> bool:
    """Whether D suits both: notes sound the same all along, words do not; waves are no spectra, events no symbols."""
    seen = {getattr(one.discriminator, "times", None) for one in (base, recipe)}
    kinds = {one.discriminator.kind for one in (base, recipe)}
    return (None in seen or len(seen) == 1) and kinds not in ({"wave", "spectrum"}, {"melody", "events"})


def _ring_recipe(_shape: tuple[int, ...]) -> Experiment:
    return load_preset("ring")


def _perceptrons(_shape: tuple[int, ...]) -> Experiment:
    """Networks that take samples of any shape."""
    adam = AdamSpec(learning_rate=2e-4, beta1=0.5)
    return Experiment(
        latent=LatentSpec(dimensions=16),
        generator=MLPGeneratorSpec(width=256, depth=3),
        discriminator=MLPDiscriminatorSpec(width=256, depth=3),
        optimisers=OptimisersSpec(generator=adam, discriminator=adam),
        schedule=ScheduleSpec(steps=10_000, batch_size=64),
    )


def _images_recipe(shape: tuple[int, ...]) -> Experiment:
    """Radford et al. 2015, with a smaller batch and narrower layers for large images, for machines without a GPU."""
    side = max(shape[1:])
    width = next((width for limit, width in ((16, 64), (32, 48), (64, 32)) if side <= limit), 16)
    adam = AdamSpec(learning_rate=2e-4, beta1=0.5)
    return Experiment(
        latent=LatentSpec(dimensions=64),
        generator=DCGANGeneratorSpec(width=width),
        discriminator=DCGANDiscriminatorSpec(width=width),
        optimisers=OptimisersSpec(generator=adam, discriminator=adam),
        schedule=ScheduleSpec(steps=10_000, batch_size=64),
    )


def _sound_recipe(shape: tuple[int, ...]) -> Experiment:
    """The networks and the game of the preset notes, and 32 dimensions of z, as words vary in more ways than notes.

    Speech and noises, of which networks see magnitudes alone, one plane, have more singular vectors that matter, and D
    looks at when what is heard: "six" is no "xis". The wave itself is one row: a small WaveGAN's.
    """
    if shape[1] == 1:
        return load_preset("sound_wavegan")
    experiment, told = load_preset("sound_notes"), {"latent": LatentSpec(dimensions=32)}
    if shape[0] > 1:
        return experiment.model_copy(update=told)
    players = {
        "generator": SpectrumGeneratorSpec(components=192),
        "discriminator": SpectrumDiscriminatorSpec(times="each"),
    }
    return experiment.model_copy(update=told | players)


def _melody_recipe(shape: tuple[int, ...]) -> Experiment:
    """By what networks see of a tune: symbols, or events of four numbers."""
    from ganstudio.modalities.music import NUMBERS

    return load_preset("crnn_gan" if shape[1] == NUMBERS else "folk")


def _normals_recipe(_shape: tuple[int, ...]) -> Experiment:
    """The game that makes surfaces, alone."""
    return load_preset("style_structure").games["first"]


def _sentences_recipe(shape: tuple[int, ...]) -> Experiment:
    """The game of the preset Text: MLE is enough; a memory large enough for words that nobody made up for it.

    Of one-hot vectors a minibatch takes its size times the words and the places in memory: of many it is smaller.
    """
    experiment = load_preset("text_mle")
    length, words = shape
    state = 32 if words <= _FEW_WORDS else 128
    batch = 128 if length * words <= _MOST_OF_A_SENTENCE else 32
    return experiment.model_copy(
        update={
            "generator": SequenceGeneratorSpec(state=state, embedding=state),
            "schedule": experiment.schedule.model_copy(update={"batch_size": batch}),
        }
    )


_FEW_WORDS, _MOST_OF_A_SENTENCE = 200, 40_000

PAIRED = {"normals": "style_structure"}
"""The preset for samples to each of which one of this kind belongs."""
RECIPES: dict[str, Callable[[tuple[int, ...]], Experiment]] = {
    "points": _ring_recipe,
    "images": _images_recipe,
    "sound": _sound_recipe,
    "melody": _melody_recipe,
    "normals": _normals_recipe,
    "sentences": _sentences_recipe,
}
"""Networks and schedule for samples of a kind, of this shape in model units."""


GAMES: dict[str, tuple[str, ...]] = {"images": ("dcgan", "lapgan", "srgan")}
"""Presets whose games suit samples of a kind, whatever these show, where there are several."""


def _name_of(dataset: DatasetSpec, name: str) -> str:
    """A name for the run's folder, from the data's or their file's: letters, digits, - and _ of any language."""
    path = getattr(dataset, "path", None)
    if path is None:
        return name or dataset.kind
    called = Path(path).stem if not name or name.startswith(Path(path).name) else name
    return re.sub(r"[^\w-]+", "_", called).strip("_")[:80] or dataset.kind
