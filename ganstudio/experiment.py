"""What is to be trained: frozen specs, unions tagged by ``kind``.

An ``Experiment`` says everything that a run needs to be trained again. The specs hold no torch and no Qt; each field
carries its help text, unit and bounds, and the form, the command line and the docs show that text.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Spec(BaseModel):
    """Base of all specs: frozen, keyword-only, and a wrong or unknown field is an error."""

    # Validators are built at first use: building all of them delayed the first painting by a tenth of a second.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def knob(default: Any, help: str, *, unit: str = "", live: bool = False, log: bool = False, **bounds: Any) -> Any:
    """Declare a field and its help; ``live``: may change while training; ``log``: spans orders of magnitude."""
    extra: dict[str, Any] = {"unit": unit, "live": live, "log": log}
    return Field(default=default, description=help, json_schema_extra=extra, **bounds)


# --- p_data -----------------------------------------------------------------------------------------------------------


class RingSpec(Spec):
    """Gaussians evenly spaced on a circle: the classic test for mode collapse."""

    kind: Literal["ring"] = "ring"
    modes: int = knob(8, "Number of Gaussians on the circle", ge=1, le=64)
    radius: float = knob(1.0, "Radius of the circle", gt=0, le=100)
    sigma: float = knob(0.01, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class GridSpec(Spec):
    """Gaussians on a square grid: many modes, each easily lost."""

    kind: Literal["grid"] = "grid"
    side: int = knob(5, "Gaussians along one side of the grid", ge=1, le=16)
    spacing: float = knob(2.0, "Distance between neighbouring means", gt=0, le=100)
    sigma: float = knob(0.05, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class DisjointSpec(Spec):
    """Two Gaussians far apart: supports that do not meet, where the saturating update stalls."""

    kind: Literal["disjoint"] = "disjoint"
    distance: float = knob(4.0, "Distance between the two means", gt=0, le=100)
    sigma: float = knob(0.3, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class LineSpec(Spec):
    """A straight segment, blurred: the simplest one-dimensional manifold in the plane."""

    kind: Literal["line"] = "line"
    length: float = knob(2.0, "Length of the segment", gt=0, le=100)
    angle: float = knob(30.0, "Angle to the first axis", unit="degrees", ge=-180, le=180)
    sigma: float = knob(0.02, "Standard deviation of the blur", gt=0, le=10, log=True)


class MoonsSpec(Spec):
    """Two interleaved half circles: two curved pieces that a generator must tear its latent space to fit."""

    kind: Literal["two_moons"] = "two_moons"
    sigma: float = knob(0.05, "Standard deviation of the blur", gt=0, le=10, log=True)


class SpiralSpec(Spec):
    """Spiral arms: long thin curves that come close to one another."""

    kind: Literal["spiral"] = "spiral"
    arms: int = knob(2, "Number of arms", ge=1, le=8)
    turns: float = knob(1.0, "Turns that each arm makes", gt=0, le=4)
    sigma: float = knob(0.02, "Standard deviation of the blur", gt=0, le=10, log=True)


class SwissRollSpec(Spec):
    """A rolled-up strip seen from its end: one spiral that grows with its angle."""

    kind: Literal["swiss_roll"] = "swiss_roll"
    sigma: float = knob(0.02, "Standard deviation of the blur, the roll's radius being 1", gt=0, le=10, log=True)


class DigitsSpec(Spec):
    """1,797 handwritten digits of 8x8 pixels (UCI, as bundled with scikit-learn): images that train in minutes."""

    kind: Literal["digits"] = "digits"
    size: int = knob(8, "Side of the images; the 8x8 originals are enlarged smoothly", unit="pixels", ge=8, le=128)


class ImagesSpec(Spec):
    """Images in a folder, its subfolders, a zip or tar archive, or one image file."""

    kind: Literal["images"] = "images"
    path: str = Field(description="Folder, archive or file that holds the images", min_length=1)
    size: int = knob(32, "Side of the images that are trained on", unit="pixels", ge=8, le=128)
    channels: Literal["auto", 1, 3] = knob("auto", "1 for grey, 3 for colour; auto: grey when every image is grey")
    fit: Literal["crop", "pad", "stretch"] = knob("crop", "How an image that is not square becomes square")


class ArraySpec(Spec):
    """A .npy or .npz file: points as (count, 2), images as (count, height, width[, channels])."""

    kind: Literal["array"] = "array"
    path: str = Field(description="The .npy or .npz file", min_length=1)
    key: str | None = Field(default=None, description="Which array of an .npz; empty: the first that fits")
    size: int | None = knob(None, "Side of the images; empty: as they are", unit="pixels", ge=8, le=128)


class TableSpec(Spec):
    """A CSV file with two columns of numbers: points of the plane."""

    kind: Literal["table"] = "table"
    path: str = Field(description="The CSV file", min_length=1)
    columns: tuple[int, int] | None = Field(
        default=None, description="Which two columns, counted from 0; empty: the first two that hold numbers"
    )


class GaussianSpec(Spec):
    """One Gaussian of a mixture, alike in all directions."""

    x: float = knob(0.0, "First coordinate of its mean", ge=-1000, le=1000)
    y: float = knob(0.0, "Second coordinate of its mean", ge=-1000, le=1000)
    sigma: float = knob(0.1, "Its standard deviation", gt=0, le=10, log=True)
    weight: float = knob(1.0, "Its weight beside the others'; they need not sum to 1", gt=0, le=1000, log=True)


def _triangle() -> tuple[GaussianSpec, ...]:
    return (GaussianSpec(x=-0.8, y=-0.5), GaussianSpec(x=0.8, y=-0.5), GaussianSpec(x=0.0, y=0.8))


class MixtureSpec(Spec):
    """Gaussians anywhere in the plane, each with a spread and a weight of its own."""

    kind: Literal["mixture"] = "mixture"
    components: tuple[GaussianSpec, ...] = Field(
        default_factory=_triangle,  # not made before it is needed: that would build a validator at import
        description="The Gaussians, each with its mean, standard deviation and weight",
        json_schema_extra={"unit": "Gaussians"},
        min_length=1,
        max_length=256,
    )


InkRow = Annotated[str, Field(pattern=r"^[.1-9a-z]*$", min_length=1, max_length=256)]

_FACE = (
    "................",
    "................",
    "................",
    "....zz....zz....",
    "....zz....zz....",
    "....zz....zz....",
    "................",
    "................",
    "................",
    "..zz........zz..",
    "..zzz......zzz..",
    "...zzz....zzz...",
    "....zzzzzzzz....",
    "......zzzz......",
    "................",
    "................",
)


class DrawingSpec(Spec):
    """A picture drawn by hand, as a density: the more ink in a cell, the more samples come from it."""

    kind: Literal["drawing"] = "drawing"
    rows: tuple[InkRow, ...] = knob(
        _FACE,
        "The cells from the top, a character each: . is no ink, 1 to 9 and then a to z ever more",
        unit="rows",
        min_length=1,
        max_length=256,
    )

    @field_validator("rows")
    @classmethod
    def _is_a_picture(cls, rows: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(map(len, rows))) > 1:
            raise ValueError(f"rows of {min(map(len, rows))} to {max(map(len, rows))} cells; all must be as long")
        if not any(row.strip(".") for row in rows):
            raise ValueError("no cell has ink; at least one needs a character from 1 to 9 or a to z")
        return rows


class DensitySpec(Spec):
    """A picture from a file, as a density: the more ink in a pixel, the more samples come from it."""

    kind: Literal["density"] = "density"
    path: str = Field(description="The image file", min_length=1)
    ink: Literal["auto", "dark", "bright"] = knob("auto", "What holds the mass; auto: the rarer of dark and bright")
    threshold: float = knob(0.1, "Share of the strongest ink below which a pixel is paper", ge=0, lt=1)
    contrast: float = knob(1.0, "Exponent of the ink: above 1 the strongest gains, below 1 the faint", ge=0.1, le=10)
    size: int = knob(256, "Longer side; a larger picture is made smaller, none larger", unit="pixels", ge=8, le=1024)


DatasetSpec = Annotated[
    RingSpec
    | GridSpec
    | MoonsSpec
    | SpiralSpec
    | SwissRollSpec
    | LineSpec
    | DisjointSpec
    | MixtureSpec
    | DrawingSpec
    | DigitsSpec
    | ImagesSpec
    | ArraySpec
    | TableSpec
    | DensitySpec,
    Field(discriminator="kind"),
]


# --- G and D ----------------------------------------------------------------------------------------------------------

Activation = Literal["relu", "leaky_relu", "tanh"]


class LatentSpec(Spec):
    """The prior p_z that the latent code z is drawn from."""

    prior: Literal["normal", "uniform"] = knob("normal", "Standard normal, or uniform on (-1, 1)")
    dimensions: int = knob(2, "Number of dimensions of z", ge=1, le=512)


class MLPGeneratorSpec(Spec):
    """Fully connected layers, as in the first GAN; fits points and small images."""

    kind: Literal["mlp"] = "mlp"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)
    activation: Activation = knob("relu", "Non-linearity between the layers")


class DCGANGeneratorSpec(Spec):
    """Transposed convolutions with batch normalisation (Radford et al. 2015); fits images."""

    kind: Literal["dcgan"] = "dcgan"
    width: int = knob(64, "Channels of the widest image layer; doubled at each halving of the size", ge=4, le=512)
    normalisation: Literal["batch", "none"] = knob("batch", "Batch normalisation, except at the output")


class MLPDiscriminatorSpec(Spec):
    """Fully connected layers that end in one logit."""

    kind: Literal["mlp"] = "mlp"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)
    activation: Activation = knob("leaky_relu", "Non-linearity between the layers")


class DCGANDiscriminatorSpec(Spec):
    """Strided convolutions with batch normalisation that end in one logit (Radford et al. 2015)."""

    kind: Literal["dcgan"] = "dcgan"
    width: int = knob(64, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)
    normalisation: Literal["batch", "none"] = knob(
        "batch", "Batch normalisation, except at the input; choose none with a gradient penalty"
    )


class AutoencoderDiscriminatorSpec(Spec):
    """Fully connected encoder and decoder; its reconstruction error is the energy that EBGAN plays for."""

    kind: Literal["autoencoder"] = "autoencoder"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(2, "Number of hidden layers of the encoder, and of the decoder", ge=1, le=12)
    code_size: int = knob(8, "Units of the code between encoder and decoder", ge=1, le=4096)
    activation: Activation = knob("leaky_relu", "Non-linearity between the layers")


GeneratorSpec = Annotated[MLPGeneratorSpec | DCGANGeneratorSpec, Field(discriminator="kind")]
DiscriminatorSpec = Annotated[
    MLPDiscriminatorSpec | DCGANDiscriminatorSpec | AutoencoderDiscriminatorSpec, Field(discriminator="kind")
]


# --- what they minimise -----------------------------------------------------------------------------------------------


class MinimaxSpec(Spec):
    """The game of Goodfellow et al. 2014, with a choice of the generator's update."""

    kind: Literal["minimax"] = "minimax"
    generator_update: Literal["saturating", "non_saturating", "combined"] = knob(
        "non_saturating",
        "Saturating descends log(1 - D), non-saturating ascends log D, combined does both: descends KL(p_g || p_data)",
        live=True,
    )
    gamma: float = knob(
        0.0,
        "Weight of a penalty on D's slope at x and G(z) (R1 + R2): damps the circling; 0 turns it off",
        ge=0,
        le=1000,
        live=True,
    )
    real_label: float = knob(
        1.0, "Label of x in D's loss: below 1, often 0.95, keeps D from being too sure", ge=0.5, le=1, live=True
    )


class LeastSquaresSpec(Spec):
    """Least squares on the logit, real 1 and generated 0 (Mao et al. 2016)."""

    kind: Literal["least_squares"] = "least_squares"


class HingeSpec(Spec):
    """Hinge loss on the logit with margin 1 (Lim and Ye 2017)."""

    kind: Literal["hinge"] = "hinge"


class WassersteinSpec(Spec):
    """Earth mover's distance with a gradient penalty (Gulrajani et al. 2017). No batch normalisation in D."""

    kind: Literal["wasserstein"] = "wasserstein"
    penalty: float = knob(0.1, "Weight lambda of the gradient penalty", ge=0, le=1000, live=True, log=True)


class RelativisticSpec(Spec):
    """Relativistic pairing with R1 and R2 penalties (Huang et al. 2024, R3GAN). No batch normalisation in D."""

    kind: Literal["relativistic"] = "relativistic"
    gamma: float = knob(0.02, "Weight gamma of the two gradient penalties", ge=0, le=1000, live=True, log=True)


class EnergySpec(Spec):
    """Energy of an autoencoder: low on real samples, at least a margin on generated ones (Zhao et al. 2016, EBGAN)."""

    kind: Literal["energy"] = "energy"
    margin: float = knob(
        0.2,
        "Margin m: energy up to which D pushes generated samples, in squared model units",
        gt=0,
        le=1000,
        live=True,
        log=True,
    )
    pulling_away: float = knob(
        0.0,
        "Weight in G's loss of the pulling-away term, the mean squared cosine between codes: spreads the samples",
        ge=0,
        le=1000,
        live=True,
    )


ObjectiveSpec = Annotated[
    MinimaxSpec | LeastSquaresSpec | HingeSpec | WassersteinSpec | RelativisticSpec | EnergySpec,
    Field(discriminator="kind"),
]


# --- how they are trained ---------------------------------------------------------------------------------------------


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
    decay: Literal["none", "linear"] = knob("linear", "Linear: both rates fall to 0 at the last step", live=True)
    decay_start: float = knob(0.5, "Share of the steps after which the decay begins", ge=0, lt=1, live=True)
    instance_noise: float = knob(
        0.0,
        "Noise added to all that D sees, x and G(z): its standard deviation at first, in model units",
        ge=0,
        le=10,
        live=True,
    )
    noise_share: float = knob(0.5, "Share of the steps in which the instance noise falls to 0", gt=0, le=1, live=True)
    average: float = knob(0.995, "EMA of G's weights, warmed up; 0 turns it off", ge=0, lt=1, live=True)


class DeviceSpec(Spec):
    """Where the run is computed."""

    kind: Literal["auto", "cpu", "cuda", "mps"] = knob("auto", "auto: the first of cuda, mps and cpu that is there")
    threads: int = knob(0, "Threads of the processor; 0 measures which number is fastest", ge=0, le=256)
    deterministic: bool = knob(False, "Only algorithms that repeat exactly, on one thread unless a number is given")


class MeasuresSpec(Spec):
    """What is measured and kept on the way."""

    window: int = knob(200, "Steps that the moving averages span", unit="steps", ge=1, le=100_000, live=True)
    samples_every: int = knob(500, "Steps between two pictures of the fixed latents on disk", unit="steps", ge=1)
    checkpoint_seconds: float = knob(30.0, "Time between two checkpoints", unit="s", gt=0, le=86400, live=True)
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


class Experiment(Spec):
    """Everything that a run needs to be trained again."""

    name: str = Field(default="experiment", description="Name of the run's folder", min_length=1, max_length=80)
    summary: str = Field(default="", description="One sentence on what there is to see", max_length=400)
    seed: int = knob(0, "Seed of every random draw", ge=0, le=2**32 - 1)
    dataset: DatasetSpec = RingSpec()
    latent: LatentSpec = LatentSpec()
    generator: GeneratorSpec = MLPGeneratorSpec()
    discriminator: DiscriminatorSpec = MLPDiscriminatorSpec()
    objective: ObjectiveSpec = MinimaxSpec()
    optimisers: OptimisersSpec = OptimisersSpec()
    schedule: ScheduleSpec = ScheduleSpec()
    device: DeviceSpec = DeviceSpec()
    measures: MeasuresSpec = MeasuresSpec()
