"""How the players are trained, where, and what is measured on the way."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob


def _learning_rate(default: float) -> Any:
    return knob(default, "Step size", gt=0, le=10, live=True, log=True)


class AdamSpec(Spec):
    """Adam (Kingma and Ba 2014)."""

    kind: Literal["adam"] = "adam"
    learning_rate: float = _learning_rate(1e-3)
    beta1: float = knob(0.5, "Memory of the mean gradient; 0.5 steadies a GAN", ge=0, lt=1, live=True)
    beta2: float = knob(0.999, "Memory of the squared gradient", ge=0, lt=1, live=True)
    weight_decay: float = knob(0.0, "L2 penalty on the weights", ge=0, le=1, live=True, log=True)


class RMSpropSpec(Spec):
    """RMSprop (Tieleman and Hinton 2012)."""

    kind: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _learning_rate(5e-4)
    alpha: float = knob(0.99, "Memory of the squared gradient", ge=0, lt=1, live=True)


class SGDSpec(Spec):
    """Stochastic gradient descent, with momentum if wanted."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: float = _learning_rate(0.03)
    momentum: float = knob(0.0, "Share of the last step that is kept", ge=0, lt=1, live=True)


OptimiserSpec = Annotated[AdamSpec | RMSpropSpec | SGDSpec, Field(discriminator="kind")]


class OptimisersSpec(Spec):
    """One optimiser for each player."""

    generator: OptimiserSpec = Field(default=AdamSpec(), description="How G descends its loss")
    discriminator: OptimiserSpec = Field(default=AdamSpec(), description="How D descends its loss")


class ScheduleSpec(Spec):
    """How long, in which portions, and who moves how often."""

    steps: int = knob(6000, "Generator updates until the run pauses by itself", ge=1, le=100_000_000, live=True)
    batch_size: int = knob(256, "Samples in a minibatch", ge=2, le=65536, live=True)
    discriminator_steps: int = knob(1, "k: updates of D for each update of G", ge=1, le=100, live=True)
    decay: Literal["none", "linear", "geometric"] = knob(
        "linear",
        "Linear: both rates fall to 0 at the last step; geometric: to a hundredth, each step by the same factor",
        live=True,
    )
    decay_start: float = knob(0.5, "Share of the steps after which the decay begins", ge=0, lt=1, live=True)
    discriminator_decay: float = knob(
        1.0,
        "D's rate falls as this power of G's: with 0.5 it is at a tenth where G's is at a hundredth: D keeps up",
        ge=0,
        le=2,
        live=True,
    )
    instance_noise: float = knob(
        0.0,
        "Noise added to all that D sees, x and G(z): its standard deviation at first, in model units",
        ge=0,
        le=10,
        live=True,
    )
    noise_share: float = knob(0.5, "Share of the steps in which the instance noise falls to 0", gt=0, le=1, live=True)
    noise_end: float = knob(
        0.0,
        "Noise just before it ends: above 0 it falls to this by the same factor each step; 0: it falls in a line",
        ge=0,
        le=10,
        live=True,
    )
    penalty_interval: int = knob(
        1, "The penalty is taken every so many steps, with their weight: quicker", ge=1, le=64, live=True
    )
    penalty_end: float = knob(
        1.0, "Share of the objective's penalty that is left in the end", gt=0, le=1, live=True, log=True
    )
    penalty_start: float = knob(0.3, "Share of the steps after which the penalty begins to fall", ge=0, lt=1, live=True)
    penalty_span: float = knob(0.3, "Share of the steps in which it falls", gt=0, le=1, live=True)
    average: float = knob(0.995, "EMA of G's weights, warmed up; 0 turns it off", ge=0, lt=1, live=True)


class AugmentationSpec(Spec):
    """Changes to all images that D sees, real and generated, so that it can't learn few images by heart."""

    colour: float = knob(0.0, "Brightness, saturation and contrast; 1 is as far as in the paper", ge=0, le=1, live=True)
    translation: float = knob(0.0, "Farthest move, as a share of the side: 0.125 in the paper", ge=0, le=0.5, live=True)
    zoom: float = knob(0.0, "Farthest zoom in or out, as a share of the size", ge=0, le=0.5, live=True)
    rotation: float = knob(0.0, "Farthest turn to either side", unit="degrees", ge=0, le=180, live=True)
    stroke: float = knob(
        0.0, "How far lines are made thicker or thinner; 1: by a pixel at each edge", ge=0, le=1, live=True
    )
    cutout: float = knob(0.0, "Side of a grey square, share of the image's: 0.5 in the paper", ge=0, le=1, live=True)


class DeviceSpec(Spec):
    """Where the run is computed."""

    kind: Literal["auto", "cpu", "cuda", "mps"] = knob("auto", "auto: the first of cuda, mps and cpu that is there")
    threads: int = knob(0, "Threads of the processor; 0 measures which number is fastest", ge=0, le=256)
    deterministic: bool = knob(False, "Only algorithms that repeat exactly, on one thread unless a number is given")


class MeasuresSpec(Spec):
    """What is measured and kept on the way."""

    window: int = knob(200, "Steps that the moving averages span", unit="steps", ge=1, le=100_000, live=True)
    samples_every: int = knob(500, "Steps between two pictures of the fixed latents on disk", unit="steps", ge=1)
    checkpoint_seconds: float = knob(
        30.0,
        "The longest time between two checkpoints; there are more of them, every 5 s, where they are written fast",
        unit="s",
        gt=0,
        le=86400,
        live=True,
    )
    timeline: int = knob(
        200,
        "Room for moments of G over the whole training, to go back to and look at; of games side by side, for each of "
        "them; 0: none are kept",
        unit="MB",
        ge=0,
        le=100_000,
        live=True,
    )
    probe: bool = knob(True, "Estimate the divergences by a fresh classifier on samples that it never saw", live=True)
    histogram: bool = knob(True, "Estimate them on a grid of the plane, against the exact masses of p_data", live=True)
    neighbours: bool = knob(False, "Estimate them from distances to nearest neighbours", live=True)
    share: float = knob(0.1, "Share of the training time that estimates may take", ge=0, le=0.9, live=True)
    samples: int = knob(
        5000, "Samples of each side that an estimate is made from", unit="samples", ge=500, le=100_000, live=True
    )
    measured: Literal["playing", "average"] = knob(
        "playing", "Which G estimates are of: the one that D plays against, or the average that is shown", live=True
    )
