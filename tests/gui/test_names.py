"""One thing has one name everywhere: data, presets, estimators, codes."""

import gzip
import hashlib
import struct
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.known import known, titles
from ganstudio.data.reading.made import read as read_made
from ganstudio.data.reading.opening import open_path
from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, DatasetSpec, LatentSpec, code_names
from ganstudio.gui.gallery.sheet_state import axes
from ganstudio.gui.library.datasets import DatasetsView
from ganstudio.gui.plots.estimates import COLOURS, NAMES
from ganstudio.gui.rooms.measures.cards import renamed
from ganstudio.gui.text.words import experiment_label, field_label, value_label
from ganstudio.measurements.estimate import ESTIMATOR_NAMES
from ganstudio.measurements.estimators import ESTIMATORS
from ganstudio.presets import experiment_for, load_preset, preset_names

KINDS = {str(spec.model_fields["kind"].default): spec for spec in get_args(get_args(DatasetSpec)[0])}
MADE = [kind for kind, spec in KINDS.items() if "path" not in spec.model_fields and kind not in known.KNOWN]


@pytest.mark.parametrize("kind", MADE)
def test_data_that_are_made_are_called_as_their_kind_reads_in_the_settings(kind):
    spec = KINDS[kind]()
    if kind in ("glyphs", "striped", "digits"):
        spec = spec.model_copy(update={"size": 8, **({"count": 20, "held_out": 0} if kind != "digits" else {})})
    card, dataset = read_made(spec)
    assert dataset.name == card.name
    assert dataset.name.partition(",")[0] == value_label(kind)  # behind it may stand which of them


def test_fetched_data_are_called_as_their_kind_reads_in_the_settings():
    for name, dataset in known.KNOWN.items():
        assert dataset.title == value_label(name)


def test_drawn_digits_are_called_so_wherever_they_are_offered(qtbot):
    view = DatasetsView()
    qtbot.addWidget(view)
    view.show_used([])
    assert value_label("glyphs") in [name for name, _, _ in view.rows()]
    assert value_label("glyphs").lower() in value_label("ebgan_glyphs").lower()
    for name in preset_names():
        words = f"{value_label(name)} {load_preset(name).summary}".lower()
        if load_preset(name).dataset.kind == "glyphs":
            assert "drawn digits" in words
        assert "glyphs" not in words
        assert "ruler" not in words


def test_a_preset_s_game_is_called_as_in_the_list_and_others_as_they_were_named():
    for name in preset_names():
        assert experiment_label(name) == value_label(name)
    assert experiment_label("my_cats-2") == "my_cats-2"


def test_estimators_are_called_alike():
    assert set(NAMES) == set(COLOURS) == set(ESTIMATORS) == set(ESTIMATOR_NAMES)
    for name, label in NAMES.items():
        assert label == value_label(name) == field_label(name)


# --- codes ------------------------------------------------------------------------------------------------------------

CODES = (
    CategoricalCodeSpec(size=3, name="digit"),
    ContinuousCodeSpec(),
    ContinuousCodeSpec(name="slant"),
    ContinuousCodeSpec(name="slant"),
)


def test_codes_are_called_alike_and_no_two_the_same():
    assert code_names(CODES) == ("digit", "c₂", "slant", "slant (c₄)")
    assert tuple(axis.name for axis in axes(LatentSpec(codes=CODES)))[:4] == code_names(CODES)


def test_measures_call_codes_as_they_are_called_now():
    """They were measured before they were named."""
    figures = {
        "step": 3,
        "codes_samples": 10,
        "codes_accuracy": {"c1": 0.5},
        "codes_information_nats": {"c1": {"class": 1.0}, "c2": {"class": 0.1}},
        "codes_extremes": {"c1": {}, "c2": {}},
        "codes_missing": None,
    }
    now = renamed(figures, ("digit", "c₂"))
    assert list(now["codes_information_nats"]) == ["digit", "c₂"]
    assert now["codes_accuracy"] == {"digit": 0.5}
    assert list(now["codes_extremes"]) == ["digit", "c₂"]
    assert now["codes_information_nats"]["digit"] == {"class": 1.0}
    assert renamed(figures, ("one",)) == figures  # of another game


# --- what is dropped --------------------------------------------------------------------------------------------------


@pytest.fixture
def dropped(tmp_path):
    folder = tmp_path / "from_a_friend"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (20, 8, 8), np.uint8)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(struct.pack(">HBBIII", 0, 8, 3, *pixels.shape) + pixels.tobytes(), mtime=0))
    return path


def test_what_only_has_mnist_s_file_name_is_called_by_its_folder(dropped):
    spec, dataset = open_path(dropped)
    assert dataset.name == "Training images of from_a_friend"
    experiment = experiment_for(spec, dataset.modality, name=dataset.name)
    assert experiment.name == "Training_images_of_from_a_friend"
    assert "ubyte" not in experiment_label(experiment.name)


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "digits.gz"])
def test_the_published_file_is_recognised_by_its_bytes_whatever_it_is_called(dropped, monkeypatch, name):
    content = dropped.read_bytes()
    path = dropped.rename(dropped.with_name(name))
    published = known.MNIST.files[0]
    published = replace(published, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    pretended = replace(known.MNIST, files=(published, *known.MNIST.files[1:]))
    monkeypatch.setattr(titles, "KNOWN", {"mnist": pretended})
    spec, dataset = open_path(path)
    assert dataset.name == "MNIST"
    assert build_dataset(spec).name == "MNIST"
    assert experiment_for(spec, dataset.modality, name=dataset.name).name == "MNIST"
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))  # as long, and not the same
    assert titles.title(path) != "MNIST"


def test_what_is_named_otherwise_keeps_its_name(tmp_path):
    for name in ("faces.zip", "t.npy"):
        (tmp_path / name).touch()
        assert titles.title(tmp_path / name) == name
    assert titles.title(tmp_path / "t10k-images-idx3-ubyte") == f"Test images of {tmp_path.name}"
