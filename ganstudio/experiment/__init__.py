"""What is to be trained: frozen specs, unions tagged by ``kind``.

An ``Experiment`` says everything that a run needs to be trained again. The specs hold no torch and no Qt; each field
carries its help text, unit and bounds, and the form, the command line and the docs show that text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.arrangements import ArrangementSpec, ChainSpec, SingleSpec
from ganstudio.experiment.clips import ClipsSpec
from ganstudio.experiment.data import (
    SAMPLES,
    DatasetSpec,
    DigitsSpec,
    GlyphsSpec,
    ScenesSpec,
    StripedSpec,
    samples_of,
)
from ganstudio.experiment.distributions import (
    DensitySpec,
    DisjointSpec,
    DrawingSpec,
    GaussianSpec,
    GridSpec,
    InkRow,
    LineSpec,
    MixtureSpec,
    MoonsSpec,
    RingSpec,
    SpiralSpec,
    SwissRollSpec,
)
from ganstudio.experiment.fetched import Cifar10Spec, DspritesSpec, FashionMnistSpec, KmnistSpec, MnistSpec
from ganstudio.experiment.games import (
    EnergySpec,
    Equations,
    GameSpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    ObjectiveSpec,
    PolicySpec,
    RelativisticSpec,
    SuperResolutionSpec,
    WassersteinSpec,
)
from ganstudio.experiment.given import GivenSpec, LevelSpec, LowResolutionSpec, NormalsSpec, NothingSpec
from ganstudio.experiment.latents import (
    EARLY_WEIGHT,
    CategoricalCodeSpec,
    CodeSpec,
    ConditioningSpec,
    ContinuousCodeSpec,
    LabelSpec,
    LatentSpec,
    Planes,
    PlanesLatentSpec,
    RecogniserSpec,
    code_names,
    plain_name,
)
from ganstudio.experiment.music import (
    EventDiscriminatorSpec,
    EventGeneratorSpec,
    FolkSpec,
    MelodyDiscriminatorSpec,
    MelodyGeneratorSpec,
    MidiSpec,
)
from ganstudio.experiment.own_files import ArraySpec, IdxSpec, ImagesSpec, TableSpec, Turn
from ganstudio.experiment.pairs import PairsSpec
from ganstudio.experiment.players import (
    Activation,
    AutoencoderDiscriminatorSpec,
    ConvAutoencoderDiscriminatorSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DiscriminatorSpec,
    GeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    PatchDiscriminatorSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    SuperResolutionGeneratorSpec,
)
from ganstudio.experiment.pyramid import PyramidSpec, level_name
from ganstudio.experiment.sound_players import (
    SpectrumDiscriminatorSpec,
    SpectrumGeneratorSpec,
    WaveDiscriminatorSpec,
    WaveGeneratorSpec,
)
from ganstudio.experiment.sounds import NotesSpec
from ganstudio.experiment.stages import (
    AdversarialStageSpec,
    ContentStageSpec,
    FeaturesStageSpec,
    JudgeStageSpec,
    LikelihoodStageSpec,
    NormalsStageSpec,
    ReaderBase,
    ReaderStageSpec,
    StageSpec,
)
from ganstudio.experiment.surface_players import (
    StackedDiscriminatorSpec,
    StyleGeneratorSpec,
    SurfaceGeneratorSpec,
)
from ganstudio.experiment.text_players import (
    DiceSpec,
    PrefixDiscriminatorSpec,
    SequenceGeneratorSpec,
    TextDiscriminatorSpec,
)
from ganstudio.experiment.texts import GrammarSpec, OracleSpec, TextsSpec
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

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "EARLY_WEIGHT",
    "SAMPLES",
    "Activation",
    "AdamSpec",
    "AdversarialStageSpec",
    "ArrangementSpec",
    "ArraySpec",
    "AugmentationSpec",
    "AutoencoderDiscriminatorSpec",
    "CategoricalCodeSpec",
    "ChainSpec",
    "Cifar10Spec",
    "ClipsSpec",
    "CodeSpec",
    "ConditioningSpec",
    "ContentStageSpec",
    "ContinuousCodeSpec",
    "ConvAutoencoderDiscriminatorSpec",
    "DCGANDiscriminatorSpec",
    "DCGANGeneratorSpec",
    "DatasetSpec",
    "DensitySpec",
    "DeviceSpec",
    "DiceSpec",
    "DigitsSpec",
    "DiscriminatorSpec",
    "DisjointSpec",
    "DrawingSpec",
    "DspritesSpec",
    "EnergySpec",
    "Equations",
    "EventDiscriminatorSpec",
    "EventGeneratorSpec",
    "Experiment",
    "FashionMnistSpec",
    "FeaturesStageSpec",
    "FolkSpec",
    "GameSpec",
    "GaussianSpec",
    "GeneratorSpec",
    "GivenSpec",
    "GlyphsSpec",
    "GrammarSpec",
    "GridSpec",
    "HingeSpec",
    "IdxSpec",
    "ImagesSpec",
    "InkRow",
    "JudgeStageSpec",
    "KmnistSpec",
    "LabelSpec",
    "LatentSpec",
    "LeastSquaresSpec",
    "LevelSpec",
    "LikelihoodStageSpec",
    "LineSpec",
    "LowResolutionSpec",
    "MLPDiscriminatorSpec",
    "MLPGeneratorSpec",
    "MeasuresSpec",
    "MelodyDiscriminatorSpec",
    "MelodyGeneratorSpec",
    "MidiSpec",
    "MinimaxSpec",
    "MixtureSpec",
    "MnistSpec",
    "MoonsSpec",
    "NormalsSpec",
    "NormalsStageSpec",
    "NotesSpec",
    "NothingSpec",
    "ObjectiveSpec",
    "OptimiserSpec",
    "OptimisersSpec",
    "OracleSpec",
    "PairsSpec",
    "PatchDiscriminatorSpec",
    "Planes",
    "PlanesLatentSpec",
    "PolicySpec",
    "PrefixDiscriminatorSpec",
    "PyramidSpec",
    "RMSpropSpec",
    "ReaderBase",
    "ReaderStageSpec",
    "RecogniserSpec",
    "RelativisticSpec",
    "ResidualDiscriminatorSpec",
    "ResidualGeneratorSpec",
    "RingSpec",
    "SGDSpec",
    "ScenesSpec",
    "ScheduleSpec",
    "SequenceGeneratorSpec",
    "SingleSpec",
    "Spec",
    "SpectrumDiscriminatorSpec",
    "SpectrumGeneratorSpec",
    "SpiralSpec",
    "StackedDiscriminatorSpec",
    "StageSpec",
    "StripedSpec",
    "StyleGeneratorSpec",
    "SuperResolutionGeneratorSpec",
    "SuperResolutionSpec",
    "SurfaceGeneratorSpec",
    "SwissRollSpec",
    "TableSpec",
    "TextDiscriminatorSpec",
    "TextsSpec",
    "Turn",
    "WassersteinSpec",
    "WaveDiscriminatorSpec",
    "WaveGeneratorSpec",
    "code_names",
    "level_name",
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
    stages: tuple[StageSpec, ...] = knob(
        (),
        "What is learnt before the game itself, one stage after another; none: the game is all",
        unit="stages",
        max_length=8,
    )
    arrangement: ArrangementSpec = SingleSpec()
    augmentation: AugmentationSpec = AugmentationSpec()
    device: DeviceSpec = DeviceSpec()
    measures: MeasuresSpec = MeasuresSpec()

    @property
    def games(self) -> dict[str, Experiment]:
        """The experiment of each of its games by the game's name; that of the last is ""."""
        return self.arrangement.games(self)

    def latent_of_all(self, shape: Sequence[int]) -> LatentSpec:
        """What all generators together are given of latents, for samples of this shape in model units."""
        return self.arrangement.latent(self, shape)

    @property
    def given_to_all(self) -> GivenSpec:
        """What all generators together are given besides: nothing where one of them makes it for another."""
        return NothingSpec() if self.arrangement.makes_given else self.given
