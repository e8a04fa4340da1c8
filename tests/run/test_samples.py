"""What a run's samples are: kept next to them, and read with care."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio.modalities import Images, Points
from ganstudio.run import keep_modality, modality_of

GREY = np.zeros((4, 8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("modality", "samples"),
    [(Points((1.0, 2.0), 3.0), np.zeros((4, 2), np.float32)), (Images((3, 5, 7)), np.zeros((4, 5, 7, 3), np.uint8))],
    ids=["points", "images"],
)
def test_what_is_kept_comes_back_and_is_not_written_twice(tmp_path, modality, samples):
    keep_modality(tmp_path, modality)
    assert modality_of(tmp_path / "step-1.npy", samples) == modality
    before = (tmp_path / "modality.json").stat().st_mtime_ns
    keep_modality(tmp_path, modality)
    assert (tmp_path / "modality.json").stat().st_mtime_ns == before


def test_runs_of_before_say_nothing(tmp_path):
    assert modality_of(tmp_path / "step-1.npy", GREY) == Images((1, 8, 8))
    assert isinstance(modality_of(tmp_path / "step-1.npy", np.zeros((4, 2), np.float32)), Points)
    assert modality_of(tmp_path / "step-1.npy", np.zeros((4, 3), np.float32)) is None


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
