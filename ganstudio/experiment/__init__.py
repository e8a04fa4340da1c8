"""What is to be trained: frozen specs, unions tagged by ``kind``.

An ``Experiment`` says everything that a run needs to be trained again. The specs hold no torch and no Qt; each field
carries its help text, unit and bounds, and the form, the command line and the docs show that text.
"""

from __future__ import annotations

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.data import (
    SAMPLES,
    ArraySpec,
    Cifar10Spec,
    DatasetSpec,
    DensitySpec,
    DigitsSpec,
    DisjointSpec,
    DrawingSpec,
    DspritesSpec,
    FashionMnistSpec,
    GaussianSpec,
    GlyphsSpec,
    GridSpec,
    IdxSpec,
    ImagesSpec,
    InkRow,
    KmnistSpec,
    LineSpec,
    MixtureSpec,
    MnistSpec,
    MoonsSpec,
    RingSpec,
    SpiralSpec,
    SwissRollSpec,
    TableSpec,
    Turn,
    samples_of,
)
from ganstudio.experiment.games import (
    EnergySpec,
    Equations,
    GameSpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    ObjectiveSpec,
    RelativisticSpec,
    WassersteinSpec,
)
from ganstudio.experiment.given import GivenSpec, LowResolutionSpec, NothingSpec
from ganstudio.experiment.players import (
    EARLY_WEIGHT,
    Activation,
    AutoencoderDiscriminatorSpec,
    CategoricalCodeSpec,
    CodeSpec,
    ConditioningSpec,
    ContinuousCodeSpec,
    ConvAutoencoderDiscriminatorSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DiscriminatorSpec,
    GeneratorSpec,
    LabelSpec,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    RecogniserSpec,
    code_names,
    plain_name,
)
from ganstudio.experiment.training import (
    AdamSpec,
    AugmentationSpec,
    DeviceSpec,
    MeasuresSpec,
    OptimiserSpec,
    OptimisersSpec,
    RMSpropSpec,
    ScheduleSpec,
    SGDSpec,
)

__all__ = [
    "EARLY_WEIGHT",
    "SAMPLES",
    "Activation",
    "AdamSpec",
    "ArraySpec",
    "AugmentationSpec",
    "AutoencoderDiscriminatorSpec",
    "CategoricalCodeSpec",
    "Cifar10Spec",
    "CodeSpec",
    "ConditioningSpec",
    "ContinuousCodeSpec",
    "ConvAutoencoderDiscriminatorSpec",
    "DCGANDiscriminatorSpec",
    "DCGANGeneratorSpec",
    "DatasetSpec",
    "DensitySpec",
    "DeviceSpec",
    "DigitsSpec",
    "DiscriminatorSpec",
    "DisjointSpec",
    "DrawingSpec",
    "DspritesSpec",
    "EnergySpec",
    "Equations",
    "Experiment",
    "FashionMnistSpec",
    "GameSpec",
    "GaussianSpec",
    "GeneratorSpec",
    "GivenSpec",
    "GlyphsSpec",
    "GridSpec",
    "HingeSpec",
    "IdxSpec",
    "ImagesSpec",
    "InkRow",
    "KmnistSpec",
    "LabelSpec",
    "LatentSpec",
    "LeastSquaresSpec",
    "LineSpec",
    "LowResolutionSpec",
    "MLPDiscriminatorSpec",
    "MLPGeneratorSpec",
    "MeasuresSpec",
    "MinimaxSpec",
    "MixtureSpec",
    "MnistSpec",
    "MoonsSpec",
    "NothingSpec",
    "ObjectiveSpec",
    "OptimiserSpec",
    "OptimisersSpec",
    "RMSpropSpec",
    "RecogniserSpec",
    "RelativisticSpec",
    "RingSpec",
    "SGDSpec",
    "ScheduleSpec",
    "Spec",
    "SpiralSpec",
    "SwissRollSpec",
    "TableSpec",
    "Turn",
    "WassersteinSpec",
    "code_names",
    "plain_name",
    "samples_of",
]


class Experiment(Spec):
    """Everything that a run needs to be trained again."""

    name: str = Field(default="experiment", description="Name of the run's folder", min_length=1, max_length=80)
    summary: str = Field(default="", description="One sentence on what there is to see", max_length=400)
    seed: int = knob(0, "Seed of every random draw", ge=0, le=2**32 - 1)
    dataset: DatasetSpec = RingSpec()
    latent: LatentSpec = LatentSpec()
    given: GivenSpec = NothingSpec()
    generator: GeneratorSpec = MLPGeneratorSpec()
    discriminator: DiscriminatorSpec = MLPDiscriminatorSpec()
    recogniser: RecogniserSpec = RecogniserSpec()
    conditioning: ConditioningSpec = ConditioningSpec()
    objective: ObjectiveSpec = MinimaxSpec()
    optimisers: OptimisersSpec = OptimisersSpec()
    schedule: ScheduleSpec = ScheduleSpec()
    augmentation: AugmentationSpec = AugmentationSpec()
    device: DeviceSpec = DeviceSpec()
    measures: MeasuresSpec = MeasuresSpec()
