"""G and D for sounds."""

from __future__ import annotations

from typing import Literal

from ganstudio.experiment._base import Spec, knob


class SpectrumGeneratorSpec(Spec):
    """Fully connected layers that add up; the last one starts as the data's leading singular vectors. Fits sounds."""

    kind: Literal["spectrum"] = "spectrum"
    width: int = knob(256, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)
    components: int = knob(
        128, "Singular vectors of the data that the last layer starts as; all of it is trained", ge=1, le=1024
    )


class SpectrumDiscriminatorSpec(Spec):
    """Fully connected layers beside convolutions over time, which end in one logit. Fits sounds."""

    kind: Literal["spectrum"] = "spectrum"
    width: int = knob(256, "Units in each hidden layer", ge=1, le=4096)
    channels: int = knob(64, "Patterns over time that convolutions look for", ge=1, le=1024)
    times: Literal["mean", "each"] = knob(
        "mean", "Mean: how strong a pattern is on average, wherever it is; each: how strong at each time, as in words"
    )
    group: int = knob(
        8, "D also sees how much the samples of each group of so many differ, so that it notices collapse", ge=2, le=256
    )


class WaveGeneratorSpec(Spec):
    """Transposed convolutions from z to a raw wave, as WaveGAN has them (Donahue et al. 2018); fits waves."""

    kind: Literal["wave"] = "wave"
    width: int = knob(16, "Channels next to the wave, doubled each layer; 64 in the paper", ge=1, le=256)


class WaveDiscriminatorSpec(Spec):
    """Strided convolutions over a raw wave, as WaveGAN has them, with its phase shuffle; fits waves."""

    kind: Literal["wave"] = "wave"
    width: int = knob(16, "Channels next to the wave, doubled each layer; 64 in the paper", ge=1, le=256)
    shuffle: int = knob(
        2,
        "Places that layers are shifted by, at most: D can't go by a hum of fixed phase then",
        ge=0,
        le=3,
    )
