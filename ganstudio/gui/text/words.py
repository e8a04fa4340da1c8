"""How names in the specs are shown to people: ``non_saturating`` as Non-saturating, ``mlp`` as MLP."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from ganstudio.presets import is_setting, preset_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.experiment import Spec
    from ganstudio.run import RunSummary

# Fields whose name, with spaces for underscores, is not what people call them.
_FIELDS: Mapping[str, str] = {
    "alpha": "Alpha (α)",
    "average": "EMA of G",
    "beta1": "Beta 1 (β₁)",
    "beta2": "Beta 2 (β₂)",
    "checkpoint_seconds": "Checkpoint every",
    "discriminator_decay": "D's decay",
    "discriminator_steps": "D steps (k)",
    "gamma": "Gamma (γ)",
    "generator_update": "G's update",
    "kind": "Device",
    "margin": "Margin (m)",
    "normalisation": "Normalising",
    "measured": "Estimates of",
    "minibatch_deviation": "Batch std",
    "penalty": "Penalty (λ)",
    "samples_every": "Pictures every",
    "share": "Estimates' time",
    "sigma": "Sigma (σ)",
    "view_translation": "View moved",
    "window": "Average over",
}

NOTHING = "says nothing yet"
"""What a lower bound is told as that is at or below 0."""
ENDED = "The training has ended by itself: press Play to go on with it"
"""Why what needs its G can't be done."""
_SHORT = 12  # letters of a name that leaves room for others

_VALUES: Mapping[str, str] = {
    "big5": "Big5 (traditional Chinese)",
    "cp1250": "Windows-1250 (central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (western Europe)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "euc-jp": "EUC-JP (Japanese)",
    "euc-kr": "EUC-KR (Korean)",
    "gbk": "GBK (simplified Chinese)",
    "latin-1": "Latin-1",
    "shift_jis": "Shift-JIS (Japanese)",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-be": "UTF-16, high byte first",
    "utf-16-le": "UTF-16, low byte first",
    "cifar10": "CIFAR-10",
    "conv_autoencoder": "Convolutional autoencoder",
    "cpu": "CPU",
    "cuda": "CUDA",
    "crnn_gan": "C-RNN-GAN, as in the paper",
    "dcgan": "DCGAN",
    "ebgan": "EBGAN",
    "disjoint_rescued": "Rescued",
    "dsprites": "dSprites",
    "ebgan_glyphs": "EBGAN drawn digits",
    "fashion_mnist": "Fashion-MNIST",
    "glyphs": "Drawn digits",
    "folk": "Folk tunes",
    "ganlab": "GAN Lab",
    "idx": "IDX",
    "infogan": "InfoGAN",
    "kmnist": "KMNIST",
    "lapgan": "LAPGAN",
    "leaky_relu": "Leaky ReLU",
    "mlp": "MLP",
    "mnist": "MNIST",
    "mps": "MPS",
    "non_saturating": "Non-saturating",
    "pairs": "Pictures and normals",
    "relu": "ReLU",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "srgan": "SRGAN",
    "srgan_features": "SRGAN with features",
    "seqgan": "SeqGAN as in the paper",
    "sound_codes": "Sound: codes",
    "sound_notes": "Sound: notes",
    "sound_raw": "Sound: as in 2016",
    "sound_wavegan": "Sound: WaveGAN",
    "striped": "Striped digits",
    "super_resolution": "SRGAN",
    "style_structure": "Style and structure",
    "tanh": "tanh",
    "text_mle": "Text: MLE is enough",
    "text_small": "Text: small G",
}

_UNITS: Mapping[str, str] = {"degrees": "°", "pixels": " px"}
_ONES: Mapping[str, str] = {"classes": "class"}


def field_label(name: str) -> str:
    """A field's label: ``learning_rate`` as Learning rate."""
    return _FIELDS.get(name) or _sentence(name)


def setting_name(path: str) -> str:
    """A setting by its dotted path: ``optimisers.generator.learning_rate`` as Learning rate of G."""
    within, name = path.split(".")[:-1], path.rpartition(".")[2]
    if name == "kind" and within not in ([], ["device"]):
        return f"Kind of {_one_of(*within[-2:])}" if within[-1].isdecimal() else setting_name(".".join(within))
    if within[:1] == ["arrangement"]:  # of another game than the one whose samples are shown
        return f"{setting_name('.'.join((*within[1:], name)))} in the arrangement"
    whose = {"generator": "G", "discriminator": "D", "recogniser": "Q"}
    for owner, place in zip(reversed(within), reversed(path.split(".")[1:]), strict=True):
        if owner in whose:
            return f"{field_label(name)} of {whose[owner]}"
        if place.isdecimal():
            return f"{field_label(name)} of {_one_of(owner, place)}"
    if within[-1:] == ["optimisers"]:
        return f"Optimiser of {whose[name]}"
    return field_label(name)


def _one_of(owner: str, place: str) -> str:
    """One of a list of settings: a code as c₂, else as stage 1."""
    return name_of(int(place), "c") if owner == "codes" else f"{owner.removesuffix('s')} {int(place) + 1}"


_PATH = re.compile(r"(?<![\w./\\-])[a-z]\w*(?:\.\w+)+(?![\w/\\])|^[a-z]\w*(?=: )")
"""What may be the path of a setting: names with dots between them, or a single one that a message begins with."""


def in_words(message: str) -> str:
    """A message of the training with the settings in it called as the window calls them, not by their paths."""
    return _PATH.sub(lambda found: setting_name(found[0]) if is_setting(found[0]) else found[0], message)


def value_label(value: object) -> str:
    """One of a choice's values: ``least_squares`` as Least squares."""
    return _VALUES.get(str(value)) or _sentence(str(value))


def experiment_label(name: str) -> str:
    """An experiment's name: a preset's as it reads in the list of presets, any other as its owner wrote it."""
    return value_label(name) if name in preset_names() else name


def progress_text(step: int, steps: int) -> str:
    """How far a training is; beyond the schedule's end, as after a step by hand or with fewer steps, both are told."""
    return f"step {step:,} of {steps:,}" if step <= steps else f"step {step:,} · schedule ended at {steps:,}"


def duration(seconds: float) -> str:
    """A length of time as people say it, of one or two units: 40 s, 3 min, 1 h 20 min, 2 days 3 h."""
    if seconds < 59.5:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours + (minutes >= 30), 24)
    told = f"{days} day{'' if days == 1 else 's'}"
    return f"{told} {hours} h" if hours else told


def left_text(step: int, steps: int, speed: float | None) -> str:
    """How long a training takes from here to the schedule's end: "3 min left"; "" where that is not known or over."""
    if speed is None or speed <= 0 or step >= steps:
        return ""
    return f"{duration((steps - step) / speed)} left"


def unit_of(unit: str, count: float) -> str:
    """A unit as it is called of so many: ``steps``, and of one ``step``."""
    if count != 1 or unit == "s":
        return unit
    return _ONES.get(unit) or unit.removesuffix("s")


def suffix(unit: str, count: float = 0) -> str:
    """What stands behind a number, as its count: ``pixels`` as px."""
    return _UNITS.get(unit, f" {unit_of(unit, count)}" if unit else "")


def summary(spec: type[Spec]) -> str:
    """The first sentence of a spec's docstring, which is its help text."""
    return " ".join((inspect.getdoc(spec) or "").split())


def _sentence(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def name_of(dimension: int, letter: str = "z") -> str:
    """A dimension's name, counted from 1: z₁, z₁₂; or a code's: c₁."""
    return letter + str(dimension + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def short_name(name: str) -> str:
    """A name that leaves room for others in a plot's legend."""
    return name if len(name) <= _SHORT else name[: _SHORT - 1].rstrip() + "…"


def kind_of(run: RunSummary) -> str:
    """What stands side by side in a run: "Duel · 3 games", "Band · 16 seeds"; empty of a single game."""
    if run.kind == "run":
        return ""
    return f"Duel · {run.members} games" if run.kind == "duel" else f"Band · {run.members} seeds"
