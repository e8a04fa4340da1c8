"""What a sample is, is asked of its modality, or looked up in a table: nobody else asks by name or by shape."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

import ganstudio
from ganstudio.cli._measure_kinds import KINDS as MEASURED
from ganstudio.data import BUILDERS, build_dataset
from ganstudio.experiment import SAMPLES, ArraySpec, DatasetSpec, samples_of
from ganstudio.export import FRAMES, PIECES, WALKS, WRITERS
from ganstudio.export.python_file import ENDINGS
from ganstudio.gui.library.thumbnails import PICTURES
from ganstudio.gui.rooms.measures.words import KINDS as SHOWN
from ganstudio.gui.window.views import VIEWS
from ganstudio.measurements.estimators import ESTIMATORS, LEFT_OUT
from ganstudio.measurements.measures import MEASURES
from ganstudio.measurements.probe_kinds import PROBES
from ganstudio.modalities import MODALITIES, ByKind
from ganstudio.presets._settings import RECIPES
from ganstudio.training.pictures.sceneries import SCENERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(ganstudio.__file__).parent

ROOMS = (
    "modalities/",
    "data/points/",
    "data/images/",
    "data/sound/",
    "data/music/",
    "data/text/",
    "data/arrays/",
    "data/files/",
    "gui/plane/",
    "gui/rooms/group/",
)
"""Where kinds are made, and the rooms of what is for one kind alone, on purpose."""
ASK = {
    "data/givens.py": "images that are made smaller",
    "data/reading/cards.py": "the cards of points and of images",
    "measurements/histogram.py": "counts points of the plane",
    "measurements/neighbours.py": "looks up neighbours in the plane",
    "training/group/group.py": "games side by side are on the plane",
    "training/pictures/geometry.py": "where on the plane pictures are made",
    "training/pictures/slow_motion.py": "landscapes are of the plane",
}
"""The other files that ask whether samples are points or images, and why they may."""
OTHER_ARRAYS = {
    "cli/_project.py": "whether a file holds one sample",
    "measurements/code_figures.py": "what Q says",
    "data/cache/entries.py": "images that are mapped",
    "experiment/players.py": "whether images are made of planes of noise",
    "experiment/pyramid.py": "whether images are made of planes of noise",
    "gui/latent/prior.py": "latents",
    "gui/latent/state.py": "latents",
    "cli/_export_films.py": "what G is given with its latents",
    "cli/_export_order.py": "latents",
    "export/films.py": "frames of a film",
    "export/models.py": "what a written G makes, next to what G makes",
    "gui/rooms/measures/tunes.py": "whether a file holds what it says",
    "gui/parts/pixels.py": "pictures",
    "origins/origin.py": "latents",
    "latent.py": "what G is given",
    "measurements/coverage.py": "points, of which the modes are known",
    "measurements/extremes.py": "what Q says",
    "measurements/record.py": "pictures in a file",
    "measurements/restoration.py": "whether images come in pairs",
    "measurements/texture.py": "whether images come in pairs",
    "networks/conv_autoencoder.py": "whether it fits such data",
    "networks/dcgan.py": "whether it fits such data",
    "networks/features_reader.py": "whether it fits such data",
    "networks/melody.py": "whether it fits such data",
    "networks/mlp.py": "whether it fits such data",
    "networks/normals_reader.py": "whether it fits such data",
    "networks/patch.py": "whether it fits such data",
    "networks/residual.py": "whether it fits such data",
    "networks/sequence.py": "whether it fits such data",
    "networks/spectrum.py": "whether it fits such data",
    "networks/stacked.py": "whether it fits such data",
    "networks/super_resolution.py": "whether it fits such data",
    "networks/surface.py": "whether it fits such data",
    "networks/text_judges.py": "whether it fits such data",
    "networks/wave.py": "whether it fits such data",
    "run/_data.py": "what older versions wrote of points and images",
    "run/_reading.py": "any array in a file",
    "run/_samples.py": "whether a file holds what it says",
    "training/checkpoints/weights.py": "weights",
    "training/group/stacked.py": "weights",
    "training/pictures/framing.py": "latents",
    "training/records/smoothed.py": "scalars",
    "training/step/optimisers.py": "weights",
}
"""Files that compare the number of axes, or a shape, of something that is no sample, or say what a network is for."""
FILE_NAMES = {"data/published/fetched.py": "files that are called so"}


def asked(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """How the source asks for the kind of samples, and in which line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "is_plane":
            yield "kind", node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            if {getattr(one, "id", "") for one in ast.walk(node.args[1])} & {"Points", "Images"}:
                yield "kind", node.lineno
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            # Of len(x.shape) too.
            inner = [one.args[0] if isinstance(one, ast.Call) and one.args else one for one in sides]
            shapes = {getattr(one, "attr", getattr(one, "id", "")) for one in inner}
            if shapes & {"ndim", "shape"}:
                yield "shape", node.lineno
            if any(isinstance(one, ast.Constant) and one.value in MODALITIES for one in sides):
                yield "name", node.lineno


@cache
def all_asked() -> dict[str, list[tuple[str, int]]]:
    """By the file of the package, outside the rooms of single kinds, how and where it asks."""
    files = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.py"))}
    return {
        name: list(asked(ast.parse(path.read_text(encoding="utf-8"))))
        for name, path in files.items()
        if not name.startswith(ROOMS)
    }


@pytest.mark.parametrize(("how", "may"), [("kind", ASK), ("shape", OTHER_ARRAYS), ("name", FILE_NAMES)])
def test_nobody_asks_what_kind_a_sample_is(how: str, may: dict[str, str]) -> None:
    lines = {name: [line for what, line in asks if what == how] for name, asks in all_asked().items()}
    found = {name: where for name, where in lines.items() if where}
    # A file that asks no more is taken off the list, so that it can't begin again unnoticed.
    assert {name: lines for name, lines in found.items() if name not in may} == {}
    assert set(may) - set(found) == set()


@pytest.mark.parametrize(
    "source",
    ["dataset.is_plane", "isinstance(modality, Points)", "x = samples.ndim == 4", "len(shape) == 1", "a.shape != (2,)",
     'card.kind == "images"'],
)  # fmt: skip
def test_the_rule_sees_each_way_to_ask(source: str) -> None:
    assert list(asked(ast.parse(source)))


def test_every_table_has_a_row_for_every_kind_and_for_kinds_to_come() -> None:
    written = (WRITERS, FRAMES, WALKS, PIECES, ENDINGS)
    tables = (MEASURED, *written, PICTURES, SHOWN, VIEWS, LEFT_OUT, MEASURES, PROBES, SCENERIES)
    for table in tables:
        assert isinstance(table, ByKind)
        assert set(table) <= set(MODALITIES)  # no row for a kind that there is not
        for kind in (*MODALITIES, "to come"):
            assert table[kind] is table.get(kind, table.others)
    assert set(RECIPES) == set(MODALITIES)
    assert all(PIECES[kind] in WRITERS[kind] for kind in (*MODALITIES, "to come"))
    for table in (WRITERS.others, *WRITERS.values()):
        assert {".png", ".npy", ".npz"} <= set(table)
    assert all(left_out < set(ESTIMATORS) for left_out in (LEFT_OUT.others, *LEFT_OUT.values()))


def test_every_dataset_says_which_kind_its_samples_are() -> None:
    assert set(SAMPLES) == set(get_args(get_args(DatasetSpec)[0])) == set(BUILDERS)
    assert set(SAMPLES.values()) <= {*MODALITIES, None}
    for spec in SAMPLES:
        if not any(field.is_required() for field in spec.model_fields.values()) and spec.__name__ not in FETCHED:
            assert build_dataset(spec()).modality.kind == samples_of(spec())
    assert samples_of(ArraySpec(path="a.npy")) is None
    assert samples_of(ArraySpec(path="a.npy", layout="n,p")) == "points"
    assert samples_of(ArraySpec(path="a.npy", layout="n,h,w")) == "images"


FETCHED = {"MnistSpec", "FashionMnistSpec", "KmnistSpec", "Cifar10Spec", "DspritesSpec"}
