"""Single maps of normals and of depth: told by their values, of any size, refused in words."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError
from ganstudio.data.images.maps import fitted, read_map
from ganstudio.modalities import Normals


def drawn(height: int = 24, width: int = 24, seed: int = 0) -> np.ndarray:
    """Unit vectors (height, width, 3) towards the viewer."""
    random = np.random.default_rng(seed).standard_normal((1, 3, height, width)).astype(np.float32)
    random[:, 2] = np.abs(random[:, 2]) + 0.2
    return Normals((3, height, width)).to_people(random)[0]


def saved(path, normals: np.ndarray):
    Image.fromarray(Normals((3, *normals.shape[:2])).pictures(normals[None])[0]).save(path)
    return path


def degrees(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.rad2deg(np.arccos(np.clip((one * other).sum(-1), -1, 1)))


def test_a_picture_of_unit_vectors_is_a_map_of_normals(tmp_path) -> None:
    found = read_map(saved(tmp_path / "map.png", drawn()))
    assert (found.name, found.kind, found.values.shape) == ("map.png", "normals", (1, 24, 24, 3))
    assert degrees(found.normals(24, 24)[0], drawn()).max() < 1.5  # 256 levels
    flipped = found.normals(24, 24, green="down")
    np.testing.assert_allclose(flipped[..., 1], -found.normals(24, 24)[..., 1], atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (48, 48), (10, 20)])
def test_other_sizes_are_unit_vectors_again(tmp_path, height: int, width: int) -> None:
    found = read_map(saved(tmp_path / "map.png", drawn(24, 36))).normals(height, width)
    assert found.shape == (1, height, width, 3)
    np.testing.assert_allclose(np.linalg.norm(found, axis=3), 1, atol=1e-6)


def test_the_middle_is_taken_and_nothing_is_stretched() -> None:
    plane = np.broadcast_to(np.arange(30, dtype=np.float32), (10, 30))
    np.testing.assert_allclose(fitted(plane, 10, 10)[0], np.arange(10, 20), atol=1e-5)
    np.testing.assert_allclose(fitted(plane, 5, 5)[0], np.arange(10.5, 20, 2), atol=1e-5)
    np.testing.assert_allclose(fitted(plane.T, 10, 20)[:, 0].mean(), 14.5, atol=0.5)


def test_arrays_of_vectors_are_maps_in_either_order_of_axes(tmp_path) -> None:
    several = np.stack([drawn(seed=seed) for seed in range(3)])
    np.save(tmp_path / "several.npy", several)
    found = read_map(tmp_path / "several.npy")
    assert degrees(found.normals(24, 24), several).max() < 0.1
    np.save(tmp_path / "one.npy", several[1].transpose(2, 0, 1).astype(np.float64))
    assert degrees(read_map(tmp_path / "one.npy").normals(24, 24)[0], several[1]).max() < 0.1


def slope(side: int = 24) -> np.ndarray:
    return np.tile(np.linspace(0, 1, side), (side, 1))


@pytest.mark.parametrize("how", ["npy", "8 bit", "16 bit", "float", "grey in colours"])
def test_depth_is_told_by_having_no_colour(tmp_path, how: str) -> None:
    path = tmp_path / {"npy": "d.npy", "float": "d.tiff"}.get(how, "d.png")
    if how == "npy":
        np.save(path, slope())
    elif how == "float":
        Image.fromarray(slope().astype(np.float32)).save(path)
    elif how == "16 bit":
        Image.fromarray((slope() * 60_000).astype(np.uint16)).save(path)
    else:
        grey = Image.fromarray(np.rint(slope() * 255).astype(np.uint8))
        (grey if how == "8 bit" else grey.convert("RGB")).save(path)
    found = read_map(path)
    assert (found.kind, found.coarse) == ("depth", how in ("8 bit", "grey in colours"))
    rise = 0.5 * 24 / 23
    expected = np.array([-rise, 0, 1]) / np.hypot(rise, 1)
    np.testing.assert_allclose(found.normals(24, 24)[0, 8:16, 8:16], np.broadcast_to(expected, (8, 8, 3)), atol=0.02)
    away = found.normals(24, 24, near="dark", relief=1.0)[0, 12, 12]
    np.testing.assert_allclose(away[0] / away[2], 2 * rise, atol=0.03)


def test_what_is_no_map_is_refused_with_what_would_be_one(tmp_path) -> None:
    Image.new("RGB", (8, 8), (200, 60, 60)).save(tmp_path / "photo.png")
    with pytest.raises(DatasetError, match=r'"photo.png" is no map of normals: red, .* photograph tells no normals'):
        read_map(tmp_path / "photo.png")
    (tmp_path / "text.png").write_text("no")
    with pytest.raises(DatasetError, match=r'"text.png" is not an image: a map of normals is a picture in colour'):
        read_map(tmp_path / "text.png")
    Image.new("L", (20, 20), 7).save(tmp_path / "flat.png")
    with pytest.raises(DatasetError, match="is a map of one depth: nothing stands out"):
        read_map(tmp_path / "flat.png")
    np.save(tmp_path / "points.npy", np.zeros((50, 2)))
    with pytest.raises(DatasetError, match="has 50 rows of 2 numbers, which is no map"):
        read_map(tmp_path / "points.npy")
    np.save(tmp_path / "long.npy", 3 * np.stack([drawn()] * 2))
    with pytest.raises(DatasetError, match=r"is an array of shape \(2, 24, 24, 3\)"):
        read_map(tmp_path / "long.npy")
    with pytest.raises(DatasetError, match=r"nothing.png"):
        read_map(tmp_path / "nothing.png")
    holes = slope()
    holes[3, 4] = np.nan
    np.save(tmp_path / "holes.npy", holes)
    with pytest.raises(DatasetError, match=r"has no depth .* at 1 of 576 pixels"):
        read_map(tmp_path / "holes.npy")
