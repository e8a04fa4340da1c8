"""Maps of normals: their units, their picture, and what is no such map."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.modalities import Normals, packed, unpacked
from ganstudio.modalities.normals import from_pixels, unit


def some(count: int = 5) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 3, 4, 6)).astype(np.float32)


def test_they_are_unit_vectors_in_either_unit() -> None:
    kind = Normals((3, 4, 6))
    people = kind.to_people(some())
    assert (people.shape, people.dtype) == ((5, 4, 6, 3), np.float32)
    np.testing.assert_allclose(np.linalg.norm(people, axis=3), 1, atol=1e-6)
    model = kind.to_model(3 * people)
    np.testing.assert_allclose(model, unit(some()), atol=1e-6)
    np.testing.assert_allclose(kind.to_people(model), people, atol=1e-6)


def test_the_picture_has_right_as_red_up_as_green_and_towards_you_as_blue() -> None:
    axes = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]], np.float32).reshape(1, 2, 2, 3)
    picture = Normals((3, 2, 2)).pictures(axes)
    expected = [[[255, 128, 128], [128, 255, 128]], [[128, 128, 255], [0, 128, 128]]]
    np.testing.assert_array_equal(picture[0], expected)
    back = from_pixels(picture.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(back.transpose(0, 2, 3, 1), axes, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(back, axis=1), 1, atol=1e-6)


def test_a_vector_without_a_direction_points_to_the_viewer() -> None:
    maps = some()
    maps[2, :, 1, 3] = 0
    made = Normals((3, 4, 6)).to_people(maps)
    np.testing.assert_array_equal(made[2, 1, 3], [0, 0, 1])
    np.testing.assert_allclose(np.linalg.norm(made, axis=3), 1, atol=1e-6)


def test_a_run_can_keep_what_they_are() -> None:
    kind = Normals((3, 32, 24))
    assert unpacked(packed(kind)) == kind
    assert kind.described == "maps of normals of 24 × 32 pixels"


@pytest.mark.parametrize("shape", [(1, 4, 4), (3, 4), (3, 0, 4)], ids=str)
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"maps of normals are \(3, height, width\)"):
        Normals(shape)
