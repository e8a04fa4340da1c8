"""Samples and curves as files that other programs read: PNG, WAV, .npy, .npz. Needs no display."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ganstudio.measurements import LOG2, jsd_bound, moving_average, value_statistics
from ganstudio.modalities import ByKind
from ganstudio.playing.waves import as_wav, in_a_row
from ganstudio.presets import judged
from ganstudio.run import write_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Modality, Samples, Wave

    FloatArray = npt.NDArray[np.float64]

# On white paper, darker than on the window's dark ground: D and data in blue and teal, G in pink and amber.
_REAL, _FAKE, _DISCRIMINATOR, _GENERATOR, _MUTED = "#0f8b80", "#c96f00", "#3f6ae0", "#d6336c", "#6b7280"
_POINTS_PAINTED = 4000
"""Values of a curve that are painted: a few for each column of pixels."""
_WORDS_WIDTH = 110  # of the words beside a row of images
_SMALLEST_SIDE = 32
"""Small images are enlarged by a whole factor to at least this many pixels, so that a person can see them."""


class ExportError(ValueError):
    """Something that can't be written; the message says what and what would be right."""


def check_suffix(path: Path, modality: Modality | None = None) -> None:
    """Raise ExportError when samples can't be written to a file of this name. modality: theirs; None: not known yet."""
    rows = [WRITERS.others, *WRITERS.values()] if modality is None else [WRITERS[modality.kind]]
    endings = list(dict.fromkeys(ending for row in rows for ending in row))
    if path.suffix.lower() not in endings:
        many = "samples" if modality is None else modality.words.many
        raise ExportError(f"{path}: {many} are written as {', '.join(endings)}, by the file's ending")


def sample_grid(images: npt.NDArray[np.uint8], columns: int | None = None) -> Image:
    """Images (n, h, w, c) of 1 or 3 channels side by side, row by row; no ``columns``: as near a square as can be.

    Images smaller than 32 pixels are enlarged by a whole factor without smoothing.
    """
    from PIL import Image

    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    factor = math.ceil(_SMALLEST_SIDE / max(height, width))
    cell = (height * factor + 2, width * factor + 2)
    canvas = np.full((rows * cell[0] + 2, columns * cell[1] + 2, channels), 255, np.uint8)
    for index, image in enumerate(images):
        top, left = 2 + index // columns * cell[0], 2 + index % columns * cell[1]
        enlarged = image.repeat(factor, axis=0).repeat(factor, axis=1)
        canvas[top : top + height * factor, left : left + width * factor] = enlarged
    return Image.fromarray(canvas[:, :, 0] if channels == 1 else canvas)


def save_rows(path: Path, rows: Sequence[tuple[str, npt.NDArray[np.uint8]]]) -> None:
    """Write rows of images (n, h, w, c), each with its words on the left; one without images is a heading.

    Raises ExportError when the file can't be written.
    """
    from PIL import Image, ImageDraw

    grids = [(words, sample_grid(images, len(images)) if len(images) else None) for words, images in rows]
    line = 22
    heights = [line if grid is None else grid.height for _, grid in grids]
    width = max([_WORDS_WIDTH + grid.width for _, grid in grids if grid is not None], default=_WORDS_WIDTH)
    # A heading may be longer than its rows are.
    sheet = Image.new("RGB", (max(width, 3 * _WORDS_WIDTH) + 8, sum(heights) + 8), "white")
    draw, top = ImageDraw.Draw(sheet), 4
    for (words, grid), height in zip(grids, heights, strict=True):
        draw.text((6, top + height / 2), words, fill="black" if grid is None else _MUTED, anchor="lm")
        if grid is not None:
            sheet.paste(grid, (_WORDS_WIDTH, top))
        top += height
    _write(path, lambda file: sheet.save(file, "PNG"))


@dataclass(frozen=True, kw_only=True)
class Written:
    """Samples to be written, in people's units, and what they are.

    real: such of p_data, to stand behind them where all are in one plot. columns: of a grid; None: as near a square as
    can be.
    """

    samples: Samples
    modality: Modality
    real: Samples | None = None
    columns: int | None = None


def save_samples(
    path: Path,
    samples: Samples,
    modality: Modality,
    *,
    real: Samples | None = None,
    columns: int | None = None,
) -> None:
    """Write samples by the file's ending, as their kind's row of ``WRITERS`` has it; the rest is as in ``Written``.

    Raises ExportError for another ending or when the file can't be written.
    """
    check_suffix(path, modality)
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write = WRITERS[modality.kind][path.suffix.lower()]
    written = Written(samples=samples, modality=modality, real=real, columns=columns)
    _write(path, lambda file: write(file, written))


def save_way(path: Path, steps: Sequence[tuple[Samples, Modality]]) -> None:
    """Write the steps on the way to samples: .png with a row for each sample, or .npz with the arrays step_0, ....

    steps: samples in people's units and what they are, the last ones at the end. Raises ExportError for another ending,
    or when the file can't be written.
    """
    ending = path.suffix.lower()
    if ending not in (".png", ".npz"):
        raise ExportError(f"{path}: steps of several sizes are written as .png or .npz, by the file's ending")
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".npz":
        arrays: dict[str, Any] = {f"step_{k}": step for k, (step, _) in enumerate(steps)}
        _write(path, lambda file: np.savez(file, **arrays))
        return
    pictures = [kind.pictures(step) for step, kind in steps]
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (1, 2))
    same = [magnified_to(picture, height, width) for picture in pictures]
    colours = max(picture.shape[-1] for picture in same)
    rows = np.stack([np.broadcast_to(one, (*one.shape[:-1], colours)) for one in same], axis=1)
    sheet = sample_grid(rows.reshape(-1, height, width, colours), columns=len(steps))
    _write(path, lambda file: sheet.save(file, "PNG"))


def magnified_to(images: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    """Images (n, h, w, c) with their pixels repeated to these sides, not smoothed."""
    rows, columns = (np.arange(side) * of // side for side, of in ((height, images.shape[1]), (width, images.shape[2])))
    return images[:, rows][:, :, columns]


def _grid(file: BinaryIO, written: Written) -> None:
    sample_grid(written.modality.pictures(written.samples), written.columns).save(file, "PNG")


def _plot(file: BinaryIO, written: Written) -> None:
    _paint(file, _scatter(written.samples, written.real))


def _array(file: BinaryIO, written: Written) -> None:
    np.save(file, written.samples)


def _packed_array(file: BinaryIO, written: Written) -> None:
    np.savez_compressed(file, samples=written.samples)


def _wav(file: BinaryIO, written: Written) -> None:
    """One after another with silence between them, as loud as they are."""
    heard, rate = _heard(written)
    file.write(as_wav(in_a_row(heard, rate), rate))


def _waves(file: BinaryIO, written: Written) -> None:
    heard, _ = _heard(written)
    np.save(file, heard)


def _packed_waves(file: BinaryIO, written: Written) -> None:
    heard, rate = _heard(written)
    np.savez_compressed(file, samples=heard, rate=rate)


def _heard(written: Written) -> tuple[Wave, int]:
    found = written.modality.sound(written.samples)
    assert found is not None, "only what can be heard is written as waves"
    return found


_ARRAYS = {".npy": _array, ".npz": _packed_array}

WRITERS: ByKind[Mapping[str, Callable[[BinaryIO, Written], None]]] = ByKind(
    {".png": _grid, **_ARRAYS},
    points={".png": _plot, **_ARRAYS},
    sound={".wav": _wav, ".png": _grid, ".npy": _waves, ".npz": _packed_waves},
)
"""How samples of a kind are written, by the file's ending: as pictures in a grid, or in a plot; and as arrays, of which
.npz calls its one ``samples``. Sounds are written as waves, int16 (n, samples), whose ``rate`` .npz has too."""


def _write(path: Path, save: Callable[[BinaryIO], Any]) -> None:
    """Have ``save`` make a file's content in memory, and write it, whole or not at all. Raises ExportError."""
    packed = io.BytesIO()  # numpy and Pillow don't say why a file can't be written
    save(packed)
    with _told(path):
        write_aside(path, packed.getbuffer())


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from None


def save_games(path: Path, made: Sequence[npt.NDArray[np.float32]], names: Sequence[str]) -> None:
    """Write a PNG with a plot of points (n, 2) for each of several games. ExportError when it can't be written."""
    from matplotlib.figure import Figure

    across = math.ceil(math.sqrt(len(made)))
    down = math.ceil(len(made) / across)
    figure = Figure(figsize=(2.6 * across, 2.8 * down), dpi=100, layout="constrained")
    finite = [points[np.isfinite(points).all(axis=1)] for points in made]
    everything = np.concatenate(finite)
    low, high = np.quantile(everything, [0.005, 0.995], axis=0) if len(everything) else (np.zeros(2), np.ones(2))
    edge = 0.1 * max(float(np.max(high - low)), 1e-6)
    for place, (points, name) in enumerate(zip(finite, names, strict=True), start=1):
        axes = figure.add_subplot(down, across, place)
        axes.scatter(points[:, 0], points[:, 1], s=2, color=_FAKE, linewidths=0)
        axes.set(title=name, xlim=(low[0] - edge, high[0] + edge), ylim=(low[1] - edge, high[1] + edge), aspect="equal")
        axes.tick_params(labelsize=6)
    try:
        _save_figure(figure, path)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from None


def curves_png(path: Path, rows: FloatArray, names: Sequence[str], experiment: Experiment) -> None:
    """Plot a run's scalars: losses, D(x) and D(G(z)), the bound on the JSD; ExportError when it can't be written.

    rows: (n, 2 + len(names)) of step, seconds, values; NaN where a value is missing.
    """
    from matplotlib.figure import Figure

    columns = {name: rows[:, index] for index, name in enumerate(names, start=2)}
    steps = rows[:, 0]
    figure = Figure(figsize=(9, 9), dpi=110, layout="constrained")
    losses, beliefs, divergence = figure.subplots(3, 1, sharex=True)
    figure.suptitle(f"{experiment.name}: {experiment.objective.kind.replace('_', ' ')}, seed {experiment.seed}")
    window = experiment.measures.window
    _plot_averages(losses, steps, columns, {"d_loss": ("D", _DISCRIMINATOR), "g_loss": ("G", _GENERATOR)}, window)
    losses.set_ylabel("loss")
    energies = experiment.objective.energies
    sign = "E" if energies else "D"
    opinions = {"d_real": (f"{sign}(x)", _REAL), "d_fake": (f"{sign}(G(z))", _FAKE)}
    _plot_averages(beliefs, steps, columns, opinions, window)
    if energies:
        beliefs.set(ylabel="energy")
    else:
        beliefs.axhline(0.5, color=_MUTED, linewidth=0.8, linestyle=":")
        beliefs.set(ylabel="probability", ylim=(-0.03, 1.03))
    _plot_bound(divergence, steps, columns["value"], window, judged(experiment))
    divergence.set_xlabel(f"step (lines: moving averages over {window} steps)")
    _save_figure(figure, path)


def _plot_averages(
    axes: Axes,
    steps: FloatArray,
    columns: Mapping[str, FloatArray],
    wanted: Mapping[str, tuple[str, str]],
    window: int,
) -> None:
    """Each column raw and faint behind its moving average."""
    for name, (label, colour) in wanted.items():
        x, low, high = _envelope(steps, columns[name])
        axes.fill_between(x, low, high, color=colour, alpha=0.25, linewidth=0.6)
        chosen = _thinned(len(steps))
        axes.plot(steps[chosen], moving_average(columns[name], window)[chosen], color=colour, label=label)
    axes.legend(loc="upper right", frameon=False, ncols=2)
    _tidy(axes)


def _plot_bound(axes: Axes, steps: FloatArray, value: FloatArray, window: int, of: str) -> None:
    """Log 2 + V/2 with two standard errors on either side, clipped to where a JSD lies; of packs, or samples alone."""
    statistics = value_statistics(value, window)
    chosen = _thinned(len(steps))
    bound, error = jsd_bound(statistics.mean[chosen]), statistics.standard_error[chosen]
    low, high = (
        np.clip(edge, 0, LOG2) for edge in (bound - error, bound + error)
    )  # the error of V/2 is half of V's, doubled
    axes.fill_between(steps[chosen], low, high, color=_DISCRIMINATOR, alpha=0.25, linewidth=0, label="± 2 std. errors")
    axes.plot(steps[chosen], np.clip(bound, 0, LOG2), color=_DISCRIMINATOR, label="lower bound, log 2 + V/2")
    of_what = f" of {of}" if of else ""
    for level, name in ((0.0, "0: equal"), (LOG2, "log 2: disjoint")):
        axes.axhline(level, color=_MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            name,
            (0.995, level),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            horizontalalignment="right",
            fontsize="small",
            color=_MUTED,
        )
    axes.set(ylabel=f"JSD{of_what} (nats)", ylim=(-0.03, LOG2 + 0.07))
    axes.legend(loc="center right", frameon=False)
    _tidy(axes)


def _envelope(steps: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Steps, least and greatest values of neighbours, at most as many as are painted: no peak of a long run is lost."""
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    stride = max(1, math.ceil(len(values) / _POINTS_PAINTED))
    starts = np.arange(0, len(values), stride)
    if not len(starts):
        return steps, values, values
    if stride == 1:
        # Neighbours in pairs, so that the raw curve is a band without gaps.
        following = np.append(values[1:], values[-1:])
        return steps, np.minimum(values, following), np.maximum(values, following)
    return steps[starts], np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


def _thinned(count: int) -> npt.NDArray[np.int64]:
    """Which of ``count`` values of a smooth curve are painted: evenly spaced, the first and the last among them."""
    return np.unique(np.linspace(0, max(0, count - 1), min(count, _POINTS_PAINTED)).astype(np.int64))


def _scatter(samples: Samples, real: Samples | None) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), dpi=120, layout="constrained")
    axes = figure.subplots()
    if real is not None:
        axes.scatter(real[:, 0], real[:, 1], s=5, color=_REAL, alpha=0.5, linewidths=0, label="real")
    shown = samples[np.isfinite(samples).all(axis=1)]
    axes.scatter(shown[:, 0], shown[:, 1], s=5, color=_FAKE, alpha=0.6, linewidths=0, label="generated")
    axes.set_aspect("equal", adjustable="datalim")
    # Below the axes, where no point hides it.
    figure.legend(loc="outside lower center", frameon=False, markerscale=3, ncols=2)
    _tidy(axes)
    return figure


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _save_figure(figure: Figure, path: Path) -> None:
    _write(path, lambda file: _paint(file, figure))


def _paint(file: BinaryIO, figure: Figure) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(file)
