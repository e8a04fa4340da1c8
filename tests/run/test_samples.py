"""What a run's samples are: kept next to them, and read with care."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio.modalities import MODALITIES, Images, Points
from ganstudio.run import keep_modality, modality_of
from tests.modalities.waves import LENGTH, Waves

GREY = np.zeros((4, 8, 8, 1), np.uint8)


WAVES = np.zeros((4, LENGTH), np.float32)


@pytest.fixture
def waves(monkeypatch):
    monkeypatch.setitem(MODALITIES, Waves.kind, Waves)


def test_what_is_kept_comes_back_and_is_not_written_twice(tmp_path, waves):
    keep_modality(tmp_path, Waves(rate=4000), WAVES)
    assert modality_of(tmp_path / "step-1.npy", WAVES) == Waves(rate=4000)
    before = (tmp_path / "modality.json").stat().st_mtime_ns
    keep_modality(tmp_path, Waves(rate=4000), WAVES)
    assert (tmp_path / "modality.json").stat().st_mtime_ns == before


def test_of_points_and_images_nothing_is_written(tmp_path):
    points = np.zeros((4, 2), np.float32)
    keep_modality(tmp_path, Points((1.0, 2.0), 3.0), points)
    keep_modality(tmp_path, Images((1, 8, 8)), GREY)
    assert list(tmp_path.iterdir()) == []
    assert modality_of(tmp_path / "step-1.npy", GREY) == Images((1, 8, 8))
    assert isinstance(modality_of(tmp_path / "step-1.npy", points), Points)
    assert modality_of(tmp_path / "step-1.npy", np.zeros((4, 3), np.float32)) is None


def test_waves_that_look_like_points_are_told_from_them(tmp_path, waves):
    keep_modality(tmp_path, Waves(), np.zeros((4, 2), np.float32))
    assert json.loads((tmp_path / "modality.json").read_text()) == {"kind": "waves", "rate": 8000, "length": 64}


@pytest.mark.parametrize(
    "told",
    [
        "{",
        "[]",
        "[" * 100_000,
        '{"kind": "smell"}',
        json.dumps({"kind": "images", "shape": [3, 8, 8]}),
        json.dumps({"kind": "images", "shape": [1, 10**6, 10**6]}),
        json.dumps({"kind": "points"}),
        json.dumps({"kind": "points", "centre": [1e999, 0]}),
    ],
    ids=["no JSON", "a list", "deep", "an unknown kind", "other colours", "huge", "another kind", "endless"],
)
def test_what_is_damaged_or_does_not_fit_says_nothing(tmp_path, told):
    (tmp_path / "modality.json").write_text(told)
    assert modality_of(tmp_path / "step-1.npy", GREY) is None


def test_what_is_no_file_is_not_waited_for(tmp_path):
    (tmp_path / "modality.json").symlink_to("/dev/zero")
    assert modality_of(tmp_path / "step-1.npy", GREY) is None
