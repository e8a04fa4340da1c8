"""Figures of pictures of normals: what is right gets the floor, and what is wrong is told from it."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.experiment import ScenesSpec
from ganstudio.measurements.normals_network import train_estimator
from ganstudio.measurements.surface_figures import angles, flat_share, surface_figures

SPEC = ScenesSpec(size=16, count=600, held_out=300)


@pytest.fixture(scope="module")
def sets():
    return build_dataset(SPEC), build_dataset(SPEC.model_copy(update={"style_seed": 1}))


class Right:
    """Draws real maps, and paints a map as the data do: in one look or the other, by turns."""

    def __init__(self, sets, *, paints: str = "both") -> None:
        self._sets, self._paints, self._turn = sets, paints, 0
        one = sets[0]
        self._maps = one.partners.at(np.arange(one.count + one.held_out))
        self._keys = {map_.tobytes(): place for place, map_ in enumerate(self._maps)}

    def structure(self, count):
        return self._maps[:count]

    def paint(self, normals):
        places = np.array([self._keys[map_.tobytes()] for map_ in normals])
        if self._paints == "shuffled":
            places = np.roll(places, 3)
        self._turn += self._paints != "one"
        return self._sets[self._turn % 2].at(places)


def figures(sets, makers) -> dict:
    return {one.name: one for one in surface_figures(sets[0], makers, twins=sets[1], steps=60)}


def test_the_data_themselves_get_the_floor(sets) -> None:
    found = figures(sets, Right(sets))
    assert found["normals_length"].value == pytest.approx(0, abs=1e-6)
    assert found["normals_flat"].value == pytest.approx(found["normals_flat"].floor, abs=0.03)
    assert found["normals_swd"].value == pytest.approx(found["normals_swd"].floor, abs=25)
    angle = found["angle"]
    assert angle.value == pytest.approx(angle.floor, abs=1.5)
    assert 5 < angle.floor < 0.7 * dict(angle.controls)["shuffled maps"]
    assert found["hold"].value == pytest.approx(found["hold"].floor, abs=1e-4)
    assert found["colour"].value == pytest.approx(found["colour"].floor, abs=1e-6)
    assert found["colour"].floor == pytest.approx(0.34, abs=0.05)
    assert found["chain_angle"].value < 0.7 * dict(found["chain_angle"].controls)["shuffled maps"]


def test_pictures_of_other_maps_get_the_control_and_one_look_is_told(sets) -> None:
    wrong = figures(sets, Right(sets, paints="shuffled"))["angle"]
    assert wrong.value == pytest.approx(dict(wrong.controls)["shuffled maps"], rel=0.15)
    assert wrong.value > 1.4 * wrong.floor
    alike = figures(sets, Right(sets, paints="one"))
    assert alike["colour"].value == 0
    assert alike["hold"].value == pytest.approx(0, abs=0.02)


def test_lengths_and_flatness_are_told() -> None:
    flat = np.zeros((1, 3, 4, 4), np.float32)
    flat[:, 2] = 1
    assert flat_share(flat) == 1
    bent = flat.copy()
    bent[..., 1::2] = 0
    bent[:, 0, :, 1::2] = 1
    assert flat_share(bent) == 0
    assert angles(flat, bent)[0, 0].tolist() == pytest.approx([0, 90, 0, 90], abs=1e-4)
    assert angles(flat * np.float32(1 + 1e-6), flat).max() == 0  # no NaN beyond 1


def test_an_estimator_is_the_same_for_a_seed_and_learns(sets) -> None:
    one = sets[0]
    pairs = lambda chosen: (one.at(chosen), one.partners.at(chosen))  # noqa: E731
    held = np.arange(one.count, one.count + 100)
    apart = []
    for steps in (1, 1, 60):
        estimator = train_estimator(pairs, one.count, 3, seed=0, steps=steps)
        read = estimator.read(one.at(held))
        np.testing.assert_allclose(np.linalg.norm(read, axis=1), 1, atol=1e-5)
        apart.append(float(angles(read, one.partners.at(held)).mean()))
    assert apart[0] == apart[1]
    assert 5 < apart[2] < 0.6 * apart[0]
