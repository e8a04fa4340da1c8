"""What has to change along with a setting: an autoencoder as D and the energy objective come and go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.presets._game import AUTOENCODERS

if TYPE_CHECKING:
    from ganstudio.experiment import DiscriminatorSpec, Experiment

_ENCODES = {"mlp": "autoencoder", "dcgan": "conv_autoencoder", "patch": "conv_autoencoder"}
"""The autoencoder of the same layers for each other discriminator: it takes the same samples."""
_JUDGES = {"autoencoder": "mlp", "conv_autoencoder": "dcgan"}


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A setting that changes along, and why, in words for people that a colon may follow."""

    path: str
    value: Any
    why: str

    @property
    def now(self) -> str:
        """What is chosen: a kind, or one of a choice's values."""
        return str(self.value["kind"] if isinstance(self.value, dict) else self.value)


def partners(experiment: Experiment, path: str, before: DiscriminatorSpec | None = None) -> tuple[Switch, ...]:
    """What must change along with the setting at ``path``, for an experiment that has its new value already.

    before: the discriminator that an autoencoder had taken the place of, which comes back where it fits.
    """
    if path.removesuffix(".kind") == "objective":
        return _for_the_objective(experiment, before)
    if path.removesuffix(".kind") == "discriminator":
        return _for_the_discriminator(experiment)
    return ()


def _for_the_objective(experiment: Experiment, before: DiscriminatorSpec | None) -> tuple[Switch, ...]:
    kind, energy = experiment.discriminator.kind, experiment.objective.energies
    if energy and kind not in AUTOENCODERS:
        wanted = _ENCODES[kind]
        why = "The energy is an autoencoder's reconstruction error"
        return (Switch(path="discriminator", value={"kind": wanted}, why=why), *_untold(experiment))
    if not energy and kind in AUTOENCODERS:
        wanted = _JUDGES[kind]
        value = before.model_dump() if before is not None and before.kind == wanted else {"kind": wanted}
        why = "An autoencoder gives energies and no logits"
        return (Switch(path="discriminator", value=value, why=why),)
    return ()


def _for_the_discriminator(experiment: Experiment) -> tuple[Switch, ...]:
    kind, energy = experiment.discriminator.kind, experiment.objective.energies
    if kind in AUTOENCODERS and not energy:
        why = "An autoencoder gives energies and no logits"
        return (Switch(path="objective", value={"kind": "energy"}, why=why), *_untold(experiment))
    if kind not in AUTOENCODERS and energy:
        why = "Only an autoencoder gives energies"
        return (Switch(path="objective", value={"kind": "minimax"}, why=why),)
    return ()


def _untold(experiment: Experiment) -> tuple[Switch, ...]:
    if experiment.conditioning.labels == "off":
        return ()
    why = "An autoencoder can't be told the classes"
    return (Switch(path="conditioning.labels", value="off", why=why),)
