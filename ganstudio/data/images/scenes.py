"""Pictures of simple rooms whose surfaces, colours and light are known: a floor, two walls, a sphere or a box.

An orthographic camera looks down into a corner. Legend: n pictures, s pixels to a side; in the world x points right, y
up and z out of the corner, and in the camera's axes x right, y up and z towards the viewer. Nothing is read from disk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Partners
from ganstudio.data.errors import DatasetError
from ganstudio.data.images import dataset as pixels
from ganstudio.data.limits import memory_bytes
from ganstudio.modalities import Normals
from ganstudio.modalities.normals import unit

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import ScenesSpec

Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Factors = dict[str, npt.NDArray[np.float64]]
Vector = tuple[Floats, Floats, Floats]

CLASSES = ("sphere", "box")
_OF_THINGS = {"both": (0, 1), "spheres": (0,), "boxes": (1,), "none": ()}

_FLOOR = -0.45  # height
_CORNER = 45.0  # degrees that either wall is turned away from the viewer
_ROOM = 1.45  # times its size that a thing's middle is away from a wall: half a box's diagonal is 1.2
_HEIGHT = 0.85  # half the sides of a box on the ground, as a share of half its height
_AWAY = 3.0  # of the camera
_SMALLEST = np.float32(1e-6)
_PLANES, _FACES, _SPHERE = 3, 6, 6  # surfaces 0 to 2 are floor and walls, 3 to 5 a box's faces along x, y, z
_AT_ONCE = 2**18  # pixels: their arrays stay in the processor's cache


class Seen(NamedTuple):
    """What is seen at each pixel.

    normals: (n, 3, s, s), unit vectors in the camera's axes. surface: (n, s, s), 0 of the floor, 1 of a wall, 2 of the
    thing.
    """

    normals: Floats
    surface: npt.NDArray[np.uint8]


def build_scenes(spec: ScenesSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` pictures, uint8 (n, 3, size, size), and the normals of each as its partner.

    Labels say what stands there. Factors of the structure, from ``spec.seed``: tilt, turn and yaw (of the box) in
    degrees, size, x, z and wall (how far the corner is behind) in halves of the picture's side. Of the style, from
    ``spec.style_seed`` with it: floor, walls and thing are hues from 0 to 1, light is its direction, azimuth and
    elevation in degrees. All but x and z, which keep things out of walls, are uniform and independent.
    Raises DatasetError where the pictures would not fit in memory.
    """
    total = spec.count + spec.held_out
    _check_room(total, spec.size)
    labels, factors = _structure(spec, total)
    style = _style(spec, total)
    images = np.empty((total, 3, spec.size, spec.size), np.uint8)
    # Half precision keeps a direction to a fortieth of a degree.
    normals = np.empty(images.shape, np.float16)
    portion = max(1, _AT_ONCE // spec.size**2)
    for start in range(0, total, portion):
        some = slice(start, start + portion)
        seen = look({name: values[some] for name, values in factors.items()}, labels[some], spec.size)
        images[some] = paint(seen, {name: values[some] for name, values in style.items()}, spec.ambient)
        normals[some] = seen.normals
    known = labels if spec.things != "none" else None
    dataset = pixels.image_dataset(
        "Scenes",
        images,
        source=f"{spec.count:,} scenes drawn from seed {spec.seed}, and {spec.held_out:,} more held out",
        labels=known,
        classes=CLASSES if known is not None else (),
        factors=factors | style,
        held_out=spec.held_out,
    )
    return with_normals(dataset, normals)


def with_normals(dataset: Dataset, normals: npt.NDArray[np.float16]) -> Dataset:
    """The same pictures with these normals (n, 3, h, w) as their partners."""

    def at(indices: npt.NDArray[np.integer]) -> Floats:
        return unit(normals[indices].astype(np.float32))

    return replace(dataset, partners=Partners(modality=Normals(normals.shape[1:]), at=at, mirrored=mirrored))


def mirrored(normals: Floats) -> Floats:
    """Normals (n, 3, h, w) of a mirrored picture: what pointed right points left."""
    turned = normals[..., ::-1].copy()
    turned[:, 0] *= -1
    return turned


def _check_room(total: int, size: int) -> None:
    """With normals of two bytes a value a picture takes three times as much as its pixels."""
    if 9 * total * size * size > memory_bytes():
        fits = max(0, memory_bytes() // (9 * size * size))
        raise DatasetError(
            f"dataset.count: {total:,} scenes of {size} × {size} pixels take more than the "
            f"{memory_bytes() / 1e9:g} GB of memory that data may take; {fits:,} would fit: take fewer, or smaller ones"
        )


# --- what is drawn by chance ------------------------------------------------------------------------------------------


def _structure(spec: ScenesSpec, total: int) -> tuple[npt.NDArray[np.int64], Factors]:
    random = np.random.default_rng(spec.seed)
    things = _OF_THINGS[spec.things]
    labels = np.array(things or (-1,))[random.permutation(total) % max(1, len(things))]
    factors: Factors = {
        "tilt": random.uniform(min(spec.tilt, spec.tilt_to), max(spec.tilt, spec.tilt_to), total),
        "turn": random.uniform(-spec.turn, spec.turn, total),
        "yaw": random.uniform(0, 90, total),
        "size": random.uniform(0.3, 0.5, total),
        "x": random.uniform(-0.4, 0.4, total),
        "z": random.uniform(-0.1, 0.3, total),
        "wall": random.uniform(-0.75, -0.45, total),
    }
    for side in (-_CORNER, _CORNER):
        away = np.deg2rad(factors["turn"] + side)
        inside = np.sin(away) * factors["x"] + np.cos(away) * factors["z"] - factors["wall"]
        short = np.maximum(0, _ROOM * factors["size"] - inside)
        factors["x"] += short * np.sin(away)
        factors["z"] += short * np.cos(away)
    return labels, factors


def _style(spec: ScenesSpec, total: int) -> Factors:
    random = np.random.default_rng((spec.seed, spec.style_seed))
    hues = {name: random.uniform(0, 1, total) for name in ("floor", "walls", "thing")}
    around, up = np.deg2rad(random.uniform(-144, 144, total)), np.deg2rad(random.uniform(25, 75, total))
    light = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)])
    light[2] = 0.8 * np.abs(light[2]) + 0.2  # from the camera's side
    light /= np.linalg.norm(light, axis=0)
    azimuth, elevation = np.arctan2(light[0], light[2]), np.arcsin(light[1])
    return hues | {"azimuth": np.rad2deg(azimuth), "elevation": np.rad2deg(elevation)}


# --- what is seen -----------------------------------------------------------------------------------------------------


def look(factors: Factors, labels: npt.NDArray[np.int64], size: int) -> Seen:
    """Send a ray through each pixel's middle, and take the first surface that it meets."""
    tilt, turn, yaw = (np.deg2rad(_of_pictures(factors[name])) for name in ("tilt", "turn", "yaw"))
    cos, sin = np.cos(tilt), np.sin(tilt)
    middles = ((np.arange(size) + 0.5) / size * 2 - 1).astype(np.float32)
    across, up = middles[None, None, :], -middles[None, :, None]
    origin: Vector = (np.broadcast_to(across, (1, size, size)), up * cos + _AWAY * sin, -up * sin + _AWAY * cos)
    ray: Vector = (np.zeros_like(sin), -sin, -cos)
    walls = [turn + np.float32(np.deg2rad(side)) for side in (-_CORNER, _CORNER)]
    flat = [(np.sin(each), np.zeros_like(each), np.cos(each)) for each in walls]
    depth = np.broadcast_to((_FLOOR - origin[1]) / ray[1], (len(labels), size, size)).copy()
    seen = np.zeros(depth.shape, np.uint8)
    for number, normal in enumerate(flat, start=1):
        slope = _dot(normal, ray)
        reached = (_of_pictures(factors["wall"]) - _dot(normal, origin)) / np.minimum(slope, -_SMALLEST)
        _meet(depth, seen, reached, slope < -_SMALLEST, number)
    middle = (_of_pictures(factors["x"]), _FLOOR + _of_pictures(factors["size"]), _of_pictures(factors["z"]))
    to_thing: Vector = tuple(o - m for o, m in zip(origin, middle, strict=True))  # type: ignore[assignment]
    round_one = _sphere(depth, seen, to_thing, ray, _of_pictures(factors["size"]), (labels == 0)[:, None, None])
    faces = _box(depth, seen, to_thing, ray, factors, (labels == 1)[:, None, None])
    up_vector = (np.zeros_like(yaw), np.ones_like(yaw), np.zeros_like(yaw))
    normals = _gathered([up_vector, *flat, *faces], seen)
    ball = np.stack(np.broadcast_arrays(*round_one), axis=1)
    normals = np.where((seen == _SPHERE)[:, None], ball, normals)
    return Seen(_in_camera(normals, cos, sin), np.where(seen < _PLANES, np.minimum(seen, 1), 2).astype(np.uint8))


def _sphere(
    depth: Floats, seen: npt.NDArray[np.uint8], to: Vector, ray: Vector, radius: Floats, there: Flags
) -> Vector:
    """Meet the sphere; its normals where it is met."""
    nearest = _dot(ray, to)
    under = nearest**2 - _dot(to, to) + radius**2
    reached = -nearest - np.sqrt(np.maximum(under, 0))
    _meet(depth, seen, reached, (under > 0) & there, _SPHERE)
    return tuple((o + reached * r) / radius for o, r in zip(to, ray, strict=True))  # type: ignore[return-value]


def _box(
    depth: Floats, seen: npt.NDArray[np.uint8], to: Vector, ray: Vector, factors: Factors, there: Flags
) -> list[Vector]:
    """Meet the box: a ray is in it while it is between each pair of faces. The normals of its faces to the viewer."""
    yaw, half = np.deg2rad(_of_pictures(factors["yaw"])), _of_pictures(factors["size"])
    cos, sin = np.cos(yaw), np.sin(yaw)
    own: Vector = (cos * to[0] - sin * to[2], to[1], sin * to[0] + cos * to[2])
    along: Vector = (cos * ray[0] - sin * ray[2], ray[1], sin * ray[0] + cos * ray[2])
    enters = np.full(depth.shape, -np.inf, np.float32)
    leaves = np.full(depth.shape, np.inf, np.float32)
    face = np.zeros(depth.shape, np.uint8)
    for axis, (start, slope) in enumerate(zip(own, along, strict=True)):
        slope = np.where(np.abs(slope) < _SMALLEST, _SMALLEST, slope)
        reach = half if axis == 1 else half * np.float32(_HEIGHT)
        ends = [(side * reach - start) / slope for side in (-1, 1)]
        first, last = np.minimum(*ends), np.maximum(*ends)
        face = np.where(first > enters, np.uint8(axis), face)
        enters, leaves = np.maximum(enters, first), np.minimum(leaves, last)
    _meet(depth, seen, enters, (enters < leaves) & there, _PLANES + face)
    towards = [-np.sign(slope) for slope in along]
    none = np.zeros_like(cos)
    return [
        (cos * towards[0], none, -sin * towards[0]),
        (none, np.broadcast_to(towards[1], none.shape), none),
        (sin * towards[2], none, cos * towards[2]),
    ]


def _meet(
    depth: Floats, seen: npt.NDArray[np.uint8], reached: Floats, there: Flags, surface: int | npt.NDArray[np.uint8]
) -> None:
    """Where a surface is nearer than what was seen so far, see it."""
    nearer = there & (reached < depth) & (reached > 0)
    np.copyto(depth, reached, where=nearer)
    np.copyto(seen, np.asarray(surface, np.uint8), where=nearer)


def _gathered(flat: list[Vector], seen: npt.NDArray[np.uint8]) -> Floats:
    """At each pixel the normal (n, 3, s, s) of the flat surface seen there; of a sphere any."""
    count, size = len(seen), seen.shape[-1]
    table = np.stack([np.stack([part.reshape(-1) for part in normal], 1) for normal in flat], 1)  # (n, surfaces, 3)
    rows = np.minimum(seen, len(flat) - 1).reshape(count, -1) + (np.arange(count) * len(flat))[:, None]
    found: Floats = table.reshape(-1, 3)[rows].reshape(count, size, size, 3).transpose(0, 3, 1, 2)
    return found


def _in_camera(normals: Floats, cos: Floats, sin: Floats) -> Floats:
    """Vectors (n, 3, s, s) of the world in the axes of a camera that looks down, as unit vectors."""
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    return unit(np.stack([x, y * cos - z * sin, y * sin + z * cos], axis=1).astype(np.float32))


def _of_pictures(values: npt.NDArray[np.generic]) -> Floats:
    """A number of each picture (n,) for all of its pixels, (n, 1, 1)."""
    return np.asarray(values, np.float32)[:, None, None]


def _dot(one: Vector, other: Vector) -> Floats:
    found: Floats = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return found


# --- how it looks -----------------------------------------------------------------------------------------------------


def paint(seen: Seen, style: Factors, ambient: float) -> npt.NDArray[np.uint8]:
    """Pictures (n, 3, s, s) of matt surfaces in the style's colours under its light."""
    count, size = len(seen.surface), seen.surface.shape[-1]
    lit = np.einsum("nchw,nc->nhw", seen.normals, light_of(style["azimuth"], style["elevation"]))
    shade = ambient + (1 - ambient) * np.maximum(0, lit)
    colours = np.stack([_colour(style[name]) for name in ("floor", "walls", "thing")], axis=1)  # (n, surfaces, 3)
    rows = seen.surface.reshape(count, -1) + (3 * np.arange(count))[:, None]
    albedo = colours.reshape(-1, 3)[rows].reshape(count, size, size, 3).transpose(0, 3, 1, 2)
    images: npt.NDArray[np.uint8] = np.rint(255 * albedo * shade[:, None]).astype(np.uint8)
    return images


def light_of(azimuth: npt.NDArray[np.floating], elevation: npt.NDArray[np.floating]) -> Floats:
    """Unit vectors (n, 3) towards the light, of angles in degrees: azimuth to the right of the viewer, elevation up."""
    around, up = np.deg2rad(azimuth), np.deg2rad(elevation)
    return np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], -1).astype(np.float32)


def _colour(hue: npt.NDArray[np.float64]) -> Floats:
    """Colours (n, 3), 0 to 1, of hues (n,)."""
    away = 2 * np.pi * (hue[:, None] - np.arange(3) / 3)
    return (0.15 + 0.7 * (0.5 + 0.5 * np.cos(away))).astype(np.float32)
