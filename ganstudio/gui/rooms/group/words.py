"""What several games share and what they differ in, in words; the colours that tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.text.words import field_label
from ganstudio.training.group.names import differing_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.experiment import Experiment

_WORDS: Mapping[str, str] = {
    "objective": "the objective",
    "objective.generator_update": "the generator's update",
    "objective.gamma": "gamma, the weight of the penalty on D's slope",
    "schedule.discriminator_steps": "k, the updates of D for each of G",
    "schedule.instance_noise": "the instance noise",
    "optimisers": "the optimiser",
    "generator": "the generator's network",
    "discriminator": "the discriminator's network",
}
_PLAYERS: Mapping[str, str] = {"generator": "G's ", "discriminator": "D's "}
_WEIGHTS = ("latent", "generator", "discriminator", "dataset")
_MOST = 3


def differing(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """Dotted paths of the settings that are not the same in all; a spec of another kind counts as one setting."""
    found = differing_paths(experiments)
    whole = [path.removesuffix(".kind") for path in found if path.endswith(".kind")]
    left = [path for path in found if not any(path.startswith(f"{spec}.") for spec in whole)]
    specs = dict.fromkeys("optimisers" if spec.startswith("optimisers.") else spec for spec in whole)
    return (*specs, *left)


def setting_words(path: str) -> str:
    """A setting as it reads in a sentence: ``optimisers.generator.learning_rate`` as G's learning rate."""
    if path in _WORDS:
        return _WORDS[path]
    *owners, name = path.split(".")
    player = next((words for owner, words in _PLAYERS.items() if owner in owners), "")
    label = field_label(name)
    return player + label[:1].lower() + label[1:]


def sentence(experiments: Sequence[Experiment], band: bool) -> str:
    """What a newcomer sees here, in one sentence."""
    if band:
        return f"One experiment, {len(experiments)} seeds: only the initial weights and the random draws differ."
    paths = differing(experiments)
    weights = "" if any(path.split(".")[0] in _WEIGHTS for path in paths) else ", same initial weights"
    if not paths:
        return f"Same data, same seed{weights}: the same game."
    words = [setting_words(path) for path in paths]
    listed = f"{len(words)} settings" if len(words) > _MOST else _joined(words)
    return f"Same data, same seed{weights}: they differ in {listed}."


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
