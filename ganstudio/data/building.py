"""What makes the dataset that a spec describes: a row for each kind of source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.data.arrays.dataset import build_array
from ganstudio.data.arrays.idx import build_idx
from ganstudio.data.cache.unpacking import at_hand
from ganstudio.data.clips.folder import build_clips
from ganstudio.data.images.digits import build_digits
from ganstudio.data.images.folder import build_images
from ganstudio.data.images.glyphs import build_glyphs
from ganstudio.data.images.pairs import build_pairs
from ganstudio.data.images.scenes import build_scenes
from ganstudio.data.images.striped import build_striped
from ganstudio.data.music.folk import build_folk
from ganstudio.data.music.midi import build_midi
from ganstudio.data.points.mixture import build_mixture
from ganstudio.data.points.picture_density import build_density, build_drawing
from ganstudio.data.points.shapes import disjoint, grid, line, ring, spiral, swiss_roll, two_moons
from ganstudio.data.points.table import build_table
from ganstudio.data.published.fetched import (
    build_cifar10,
    build_dsprites,
    build_fashion_mnist,
    build_kmnist,
    build_mnist,
)
from ganstudio.data.sound.notes import build_notes
from ganstudio.data.text.files import build_texts
from ganstudio.data.text.grammar import build_grammar
from ganstudio.data.text.oracle import build_oracle
from ganstudio.experiment import (
    ArraySpec,
    Cifar10Spec,
    ClipsSpec,
    DatasetSpec,
    DensitySpec,
    DigitsSpec,
    DisjointSpec,
    DrawingSpec,
    DspritesSpec,
    FashionMnistSpec,
    FolkSpec,
    GlyphsSpec,
    GrammarSpec,
    GridSpec,
    IdxSpec,
    ImagesSpec,
    KmnistSpec,
    LineSpec,
    MidiSpec,
    MixtureSpec,
    MnistSpec,
    MoonsSpec,
    NotesSpec,
    OracleSpec,
    PairsSpec,
    RingSpec,
    ScenesSpec,
    Spec,
    SpiralSpec,
    StripedSpec,
    SwissRollSpec,
    TableSpec,
    TextsSpec,
)
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data.dataset import Dataset


BUILDERS: dict[type[Spec], Callable[[Any], Dataset]] = {
    RingSpec: ring,
    GridSpec: grid,
    MoonsSpec: two_moons,
    SpiralSpec: spiral,
    SwissRollSpec: swiss_roll,
    LineSpec: line,
    DisjointSpec: disjoint,
    MixtureSpec: build_mixture,
    DrawingSpec: build_drawing,
    DigitsSpec: build_digits,
    ImagesSpec: build_images,
    ArraySpec: build_array,
    TableSpec: build_table,
    DensitySpec: build_density,
    GlyphsSpec: build_glyphs,
    StripedSpec: build_striped,
    ScenesSpec: build_scenes,
    PairsSpec: build_pairs,
    IdxSpec: build_idx,
    MnistSpec: build_mnist,
    FashionMnistSpec: build_fashion_mnist,
    KmnistSpec: build_kmnist,
    Cifar10Spec: build_cifar10,
    DspritesSpec: build_dsprites,
    NotesSpec: build_notes,
    ClipsSpec: build_clips,
    FolkSpec: build_folk,
    GrammarSpec: build_grammar,
    OracleSpec: build_oracle,
    MidiSpec: build_midi,
    TextsSpec: build_texts,
}


def build_dataset(spec: DatasetSpec) -> Dataset:
    """The dataset that ``spec`` describes. Raises DatasetError when its files can't be used."""
    if path := getattr(spec, "path", ""):
        at_hand(place_of(path))
    return BUILDERS[type(spec)](spec)
