"""Each level of a pyramid on real coarse images: an ideal one is at the floor, and each control is not."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.images.halving import enlarged, halved
from ganstudio.experiment import StripedSpec
from ganstudio.measurements.level_figures import level_figures
from ganstudio.measurements.patches import noise_like

SPEC = StripedSpec(count=500, held_out=400)


@pytest.fixture(scope="module")
def data():
    return build_dataset(SPEC)


@pytest.fixture(scope="module")
def twins():
    return build_dataset(SPEC.model_copy(update={"phase_seed": 1}))


class Ideal:
    """Knows every image by its coarse one, and makes it, with stripes that begin elsewhere each time."""

    def __init__(self, side, *datasets):
        self.side, self.known = side, []
        for dataset in datasets:
            images = dataset.at(np.arange(dataset.count + dataset.held_out))
            self.known.append(halved(images, {32: 0, 16: 1}[side]))
        self.asked = 0

    def __call__(self, coarse):
        images = self.known[self.asked % len(self.known)]
        self.asked += 1
        below = halved(self.known[0]).reshape(len(images), -1)
        flat = coarse.reshape(len(coarse), -1)
        nearest = ((flat**2).sum(1)[:, None] - 2 * flat @ below.T + (below**2).sum(1)).argmin(1)
        return images[nearest]


def figures(data, twins, *makers):
    return {figure.name: figure for figure in level_figures(data, makers, twins=twins)}


def test_an_ideal_level_is_at_the_floor(data, twins):
    found = figures(data, twins, Ideal(16, data, twins), Ideal(32, data, twins))
    assert found["round_trip"].value <= 1e-6
    for side in (16, 32):
        assert found[f"level_{side}_swd"].value == pytest.approx(found[f"level_{side}_swd"].floor, rel=0.5)
        assert found[f"level_{side}_power"].value == pytest.approx(1, abs=0.05)
    assert found["level_16_sensitivity"].floor == pytest.approx(0.56, abs=0.04)
    assert found["level_16_sensitivity"].value == pytest.approx(0.56, abs=0.08)
    # 16 x 16 pixels show already where the stripes begin: what noise should change there is not known of twins.
    assert np.isnan(found["level_32_sensitivity"].floor)


def test_what_ignores_its_noise_or_adds_nothing_or_white_noise_is_seen(data):
    def nothing(coarse):
        return enlarged(coarse, *(2 * side for side in coarse.shape[-2:]))

    def white(coarse):
        below = nothing(coarse)
        like = data.at(np.arange(400))
        finest = halved(like, 0 if below.shape[-1] == 32 else 1)
        residual = finest - nothing(halved(finest))
        return below + noise_like(residual, np.random.default_rng(0))[: len(below)]

    for maker, far, power in ((nothing, 15, 0), (white, 2.5, 1)):
        found = figures(data, None, maker, maker)
        for side in (16, 32):
            assert found[f"level_{side}_swd"].value > far * found[f"level_{side}_swd"].floor
            assert found[f"level_{side}_sensitivity"].value == 0  # both give the same each time
            assert np.isnan(found[f"level_{side}_sensitivity"].floor)
            assert found[f"level_{side}_power"].value == pytest.approx(power, abs=0.05)
