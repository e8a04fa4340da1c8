"""Samples as files that other programs read, by the file's ending: PNG, WAV, MIDI, .npy, .npz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ganstudio.export.pictures import magnified_to, sample_grid
from ganstudio.export.scatter import paint, scatter
from ganstudio.export.writing import ExportError, write
from ganstudio.modalities import ByKind, Melody
from ganstudio.playing.midi import as_midi
from ganstudio.playing.waves import as_wav, in_a_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ganstudio.modalities import Modality, Samples, Wave
    from ganstudio.origins import Origin


def check_suffix(path: Path, modality: Modality | None = None) -> None:
    """Raise ExportError when samples can't be written to a file of this name. modality: theirs; None: not known yet."""
    rows = [WRITERS.others, *WRITERS.values()] if modality is None else [WRITERS[modality.kind]]
    endings = list(dict.fromkeys(ending for row in rows for ending in row))
    if path.suffix.lower() not in endings:
        many = "samples" if modality is None else modality.words.many
        raise ExportError(f"{path}: {many} are written as {', '.join(endings)}, by the file's ending")


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
    origin: Origin | None = None,
    of_run: bool = False,
) -> None:
    """Write samples by the file's ending, as their kind's row of ``WRITERS`` has it; the rest is as in ``Written``.

    origin: where they come from, which the file then says. of_run: as in ``writing.written``.

    Raises ExportError for another ending or when the file can't be written.
    """
    check_suffix(path, modality)
    make = WRITERS[modality.kind][path.suffix.lower()]
    written = Written(samples=samples, modality=modality, real=real, columns=columns)
    write(path, lambda file: make(file, written), origin, of_run=of_run)


def save_way(path: Path, steps: Sequence[tuple[Samples, Modality]]) -> None:
    """Write the steps on the way to samples: .png with a row for each sample, or .npz with the arrays step_0, ....

    steps: samples in people's units and what they are, the last ones at the end. Raises ExportError for another ending,
    or when the file can't be written.
    """
    ending = path.suffix.lower()
    if ending not in (".png", ".npz"):
        raise ExportError(f"{path}: steps of several sizes are written as .png or .npz, by the file's ending")
    if ending == ".npz":
        arrays: dict[str, Any] = {f"step_{k}": step for k, (step, _) in enumerate(steps)}
        write(path, lambda file: np.savez(file, **arrays))
        return
    pictures = [kind.pictures(step) for step, kind in steps]
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (1, 2))
    same = [magnified_to(picture, height, width) for picture in pictures]
    colours = max(picture.shape[-1] for picture in same)
    rows = np.stack([np.broadcast_to(one, (*one.shape[:-1], colours)) for one in same], axis=1)
    sheet = sample_grid(rows.reshape(-1, height, width, colours), columns=len(steps))
    write(path, lambda file: sheet.save(file, "PNG"))


def _grid(file: BinaryIO, written: Written) -> None:
    sample_grid(written.modality.pictures(written.samples), written.columns).save(file, "PNG")


def _plot(file: BinaryIO, written: Written) -> None:
    paint(file, scatter(written.samples, written.real))


def _coordinates(file: BinaryIO, written: Written) -> None:
    """A line for each point, its coordinates with commas between."""
    file.writelines(f"{','.join(f'{value:.9g}' for value in point)}\n".encode() for point in written.samples.tolist())


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


def _midi(file: BinaryIO, written: Written) -> None:
    """One after another with a bar of silence between them."""
    assert isinstance(written.modality, Melody), "only tunes are written as notes"
    file.write(as_midi(written.samples, written.modality))


def _heard(written: Written) -> tuple[Wave, int]:
    found = written.modality.sound(written.samples)
    assert found is not None, "only what can be heard is written as waves"
    return found


def _text(file: BinaryIO, written: Written) -> None:
    """A sample a line, as UTF-8."""
    found = written.modality.text(written.samples)
    assert found is not None, "only what can be read is written as text"
    file.write("".join(f"{line}\n" for line in found).encode())


_ARRAYS = {".npy": _array, ".npz": _packed_array}

WRITERS: ByKind[Mapping[str, Callable[[BinaryIO, Written], None]]] = ByKind(
    {".png": _grid, **_ARRAYS},
    points={".png": _plot, ".csv": _coordinates, **_ARRAYS},
    sound={".wav": _wav, ".png": _grid, ".npy": _waves, ".npz": _packed_waves},
    melody={".mid": _midi, ".wav": _wav, ".png": _grid, **_ARRAYS},
    sentences={".txt": _text, ".png": _grid, **_ARRAYS},
)
"""How samples of a kind are written, by the file's ending: as pictures in a grid, or in a plot; and as arrays, of which
.npz calls its one ``samples``. Sounds are written as waves, int16 (n, samples), whose ``rate`` .npz has too; tunes as
symbols."""
