"""Telling how an array is laid out by how alike neighbouring pixels are: images are smooth, and wrong layouts are not.

For each layout that an array's shape allows: the mean squared difference of pixels one below the other, and side by
side, divided by that of two pixels of the same line at random. The larger of the two counts, as a wrong layout mostly
still is smooth one way. It is near 0 for photographs, 0.2 to 0.4 for digits, and near 1 for what is no image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.blocks import evenly
from ganstudio.data.files import layouts
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.layouts import Layout

Array = npt.NDArray[Any]

CLOSE = 1.25
"""The best layout counts as found where every other one is so many times less smooth, their weights counted in."""
UNLIKE = 0.75
"""Where not even the smoothest is below that, the values tell nothing, and the shape has to do."""

FILM = 0.5
"""An axis along which images are less alike than that counts them without doubt."""

_IMAGES, _VALUES = 64, 2**19  # of each layout that are looked at, at most
_COLOURS = 0.5  # planes of colour are less alike than neighbouring pixels are


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How an array is laid out. layout: the likeliest. why: it was taken, the end of a sentence.

    open: those that are too close to tell apart, the likeliest first; empty: it is told.
    """

    layout: Layout
    why: str
    open: tuple[Layout, ...] = ()


def decide(values: Array, fits: Sequence[Layout], *, from_matlab: bool = False) -> Verdict:
    """How an array is laid out, of the layouts that its shape allows, of which there is one at least.

    values: the array, or some of its rows where each is a sample in every one of the layouts.
    """
    if len(fits) == 1:
        return only(fits[0])
    if grids := [layout for layout in fits if layout.is_grid]:
        return _grid_or(grids, values, [layout for layout in fits if not layout.is_grid], from_matlab=from_matlab)
    scores = {layout: roughness(layout, values) for layout in fits}
    costs = {layout: score * layouts.weight(layout, from_matlab=from_matlab) for layout, score in scores.items()}
    ranked = sorted(fits, key=lambda layout: costs[layout])
    best = ranked[0]
    smooth = {layout: score for layout, score in scores.items() if not layout.is_points}
    if best.is_points:
        rivals = [layout for layout, score in smooth.items() if score < UNLIKE / 2]
        return Verdict(layout=best, why="by its shape", open=(best, *rivals) if rivals else ())
    if scores[best] > UNLIKE:
        return _by_shape(ranked, from_matlab=from_matlab)
    first = next((layout for layout in ranked if layout.axes[0][0][0] == "n"), best)
    if first is not best and best.axes[0][0][0] != "n" and scores[first] < FILM:
        # Alike along the axis that mostly counts images as well: the frames of a film, or the slices of a volume.
        if first.is_square and not best.is_square:
            return Verdict(layout=first, why="as images are square and counted by the first axis")
        others = [one for one in ranked[:4] if one not in (first, best)]
        return Verdict(layout=first, why="", open=(first, best, *others))
    rivals = [layout for layout in ranked[1:] if costs[layout] < CLOSE * costs[best]]
    if rivals or best.is_one_picture:
        others = rivals or ranked[1:4]
        return Verdict(layout=best, why="", open=(best, *others))
    second = ranked[1]
    why = (
        f"as neighbouring pixels then differ {percent(scores[best], 0)} as much as pixels at random do, against "
        f"{percent(min(scores[second], 9.99), 0)} if read as {second.code}"
    )
    return Verdict(layout=best, why=why)


def _grid_or(grids: list[Layout], values: Array, others: list[Layout], *, from_matlab: bool) -> Verdict:
    """Whether an array holds points in rows and columns, or what its shape could be besides: two images, mostly."""
    for grid in grids:
        if _is_mesh(grid.seen(values).reshape(grid.sizes["h"], grid.sizes["w"], 2)):
            return Verdict(layout=grid, why="as one coordinate changes along rows alone, and the other along columns")
    if not others:
        return only(grids[0]) if len(grids) == 1 else Verdict(layout=grids[0], why="", open=tuple(grids))
    verdict = decide(values, others, from_matlab=from_matlab)
    if values.dtype.kind != "f" or verdict.layout.count > 2:
        return verdict
    told = verdict.open or (verdict.layout,)
    return Verdict(layout=verdict.layout, why="", open=(*told, *grids))


def _is_mesh(points: Array) -> bool:
    """Whether of points (h, w, 2) one coordinate is the same in each row, and the other in each column."""
    flat = [[bool((points[..., k] == first).all()) for first in (points[:1, :, k], points[:, :1, k])] for k in (0, 1)]
    return (flat[0][0] and flat[1][1] and not flat[0][1]) or (flat[0][1] and flat[1][0] and not flat[0][0])


def only(layout: Layout) -> Verdict:
    """The verdict on an array whose shape allows this layout alone: a single picture is no set of them."""
    return Verdict(layout=layout, why="by its shape", open=(layout,) if layout.is_one_picture else ())


def roughness(layout: Layout, values: Array) -> float:
    """How unlike neighbouring pixels of the images are, against pixels of the same line at random; 1: as those are."""
    if layout.is_points:
        return 1.0
    images = _some(layout, values)
    if not images.size or not images.var(dtype=np.float64):
        return 1.0
    found = max(_step(images, -1), _step(images, -2))
    if images.shape[1] > 2 and layout.is_flat:
        # Planes cut from one grey image have nothing to do with each other; the colours of an image mostly have.
        found = max(found, _COLOURS * _apart(images[:, :3]))
    return found


def _step(images: Array, axis: int) -> float:
    # Of the same line: what the samples have in common, such as dark margins, would make any order of them look smooth.
    differs = 2 * images.var(axis=axis, ddof=1, dtype=np.float64).mean()
    return float(np.square(np.diff(images, axis=axis)).mean(dtype=np.float64) / differs) if differs > 0 else 1.0


def _apart(images: Array) -> float:
    """How little the planes of an image have to do with each other: 1 less their correlation."""
    planes = images - images.mean(axis=(-2, -1), keepdims=True)
    energy = np.square(planes).mean(axis=(-2, -1), dtype=np.float64)
    shared = (planes[:, :-1] * planes[:, 1:]).mean(axis=(-2, -1), dtype=np.float64)
    return float(1 - shared.sum() / max(np.sqrt(energy[:, :-1] * energy[:, 1:]).sum(), 1e-12))


def _some(layout: Layout, values: Array) -> npt.NDArray[np.float32]:
    """Some images (k, c, h, w), spread evenly, those with values that are not finite left out."""
    seen = layout.seen(values)
    if "k" in layout.sizes:
        seen = seen[np.linspace(0, len(seen) - 1, min(len(seen), 8)).astype(int)]
        seen = seen.reshape(-1, *seen.shape[2:])
    each = int(np.prod(seen.shape[1:]))
    count = min(len(seen), _IMAGES, max(4, _VALUES // each))
    chosen = evenly(len(seen), count)
    some = np.asarray(seen[chosen], np.float32)
    if layout.is_one_picture:
        some = some[..., : 2**10, : 2**10]
    return some[np.isfinite(some).all(axis=(1, 2, 3))]


def _by_shape(ranked: list[Layout], *, from_matlab: bool) -> Verdict:
    """Where the values tell nothing: the commonest layout, if the shape leaves hardly another; else all are open."""
    by_weight = sorted(ranked, key=lambda layout: layouts.weight(layout, from_matlab=from_matlab))
    best, *others = by_weight
    letters = [axis[0][0] for axis in best.axes]
    apart = not best.is_flat and letters in (["n", "h", "w", "c"], ["n", "c", "h", "w"], ["h", "w", "c", "n"])
    plain = best.is_square and (letters[0] in "nc" or from_matlab)
    rivals = [
        layout
        for layout in others
        if layout.image[0] < 4  # flat with transparency is rare
        and (layout.is_square or layout.is_one_picture or (best.is_flat and layout.is_flat and layout.aspect <= 2))
    ]
    if apart:  # colours on an axis of their own leave little in doubt, but for oblong images that could be others
        alike = [layout for layout in others if layout.image[0] == best.image[0] and not layout.is_flat]
        rivals = [layout for layout in alike if layout.is_square or layout.aspect < 2 * best.aspect]
        rivals = [layout for layout in rivals if layout.is_square or not best.is_square]
    if (plain and not rivals) or (apart and not rivals):
        return Verdict(layout=best, why="by its shape alone, as neighbouring pixels are no more alike than others")
    return Verdict(layout=best, why="", open=tuple(by_weight[:4]))
