"""Damaged files of every kind: see ``tests.fuzzing``, which ``make fuzz`` runs for 20,000 of them."""

import json
import sys

import numpy as np
import pytest

from tests import fuzzing
from tests.file_samples import samples


def check(found, count):
    assert found["failures"] == [], json.dumps(found["failures"][:3], indent=1)
    assert found["files"] == count
    assert set(found["outcomes"]) == {"dataset", "refused"}
    # Most are damaged beyond use, and some stay what they were: both ways are walked.
    assert found["outcomes"]["refused"] / count == pytest.approx(0.65, abs=0.15)
    assert found["slowest_seconds"] < fuzzing.PATIENCE
    if sys.platform == "linux":
        assert 50 < found["peak_mb"] < fuzzing.MEMORY / 1e6


def test_damaged_files_become_a_dataset_or_an_error_in_words(tmp_path):
    check(fuzzing.run(500, seed=0, keep=tmp_path), 500)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_damaged_files_by_the_thousand(tmp_path):
    check(fuzzing.run(20_000, seed=1, keep=tmp_path), 20_000)


def test_damage_is_done_and_can_be_repeated():
    whole = samples()
    others = list(whole.values())
    for name, data in whole.items():
        first, second, again = (
            fuzzing.damaged(name, data, np.random.default_rng([0, seed]), others) for seed in (1, 2, 1)
        )
        assert first == again
        assert data not in (first, second) or first != second
    for damage in fuzzing.DAMAGE:
        changed = [
            bytes(damage(bytearray(b"P6 12 34 a b c d"), np.random.default_rng(seed), others)) for seed in range(9)
        ]
        assert len(set(changed)) > 3


def test_a_failure_is_told_and_its_file_kept(tmp_path, monkeypatch):
    told = [
        {"index": 0, "name": "a.png", "outcome": "raised", "seconds": 0.5, "details": "Traceback"},
        {"index": 1, "name": "b.png", "outcome": "dataset", "seconds": 0.1, "details": ""},
    ]
    rounds = iter([told, [{"peak": 10**8}]])
    monkeypatch.setattr(fuzzing, "_told", lambda *_: iter(next(rounds)))
    found = fuzzing.run(3, keep=tmp_path)
    assert [one["outcome"] for one in found["failures"]] == ["raised", "brought the worker down"]
    assert found["outcomes"] == {"raised": 1, "dataset": 1, "brought the worker down": 1}
    assert found["slowest_seconds"] == pytest.approx(0.5)
