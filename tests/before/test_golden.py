from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio.presets import preset_names
from tests.before.golden import STEPS, TABLE, TOLERANCE, scalars

GOLDEN = json.loads(TABLE.read_text(encoding="utf-8"))


def test_every_preset_is_held() -> None:
    assert GOLDEN.keys() == set(preset_names()) >= STEPS.keys()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_preset_makes_the_same_scalars_as_ever(name: str) -> None:
    np.testing.assert_allclose(scalars(name), np.array(GOLDEN[name]), rtol=TOLERANCE, atol=1e-9)
