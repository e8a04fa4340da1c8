"""The verb ``upscale``: pictures of any size, enlarged by the generator of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli._plan import asked_for
from ganstudio.cli._terminal import UsageError, note, say, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt
    from PIL.Image import Image

    from ganstudio.networks.super_resolution import SuperResolutionGenerator
    from ganstudio.training.checkpoints.loaded import Enlarger

    Pixels = npt.NDArray[np.uint8]

ENDINGS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""What is written, by the file's ending."""
_MOST_PIXELS = 1 << 27
_MOST_BYTES = 1 << 30
_CLEAR = {"PNG", "WEBP", "TIFF"}
_FOR_MANY = ".png"


@dataclass(frozen=True)
class Order:
    """A picture to enlarge and where it goes. named: whether the user named it, so that it has to be one."""

    source: Path
    target: Path
    named: bool


def upscale(arguments: argparse.Namespace) -> int:
    """Enlarge pictures. 2 where one of them can't be, and the others are enlarged all the same.

    What else lies in a folder is named and passed over, as where a folder is read as data.
    """
    alpha = arguments.alpha
    run, at = asked_for(arguments.run, arguments.at)
    orders = orders_of(arguments.pictures, arguments.out)
    if arguments.gently:
        from ganstudio.cli._draws import step_back

        step_back()
    from ganstudio.training.checkpoints.loaded import load_enlarger

    enlarger = load_enlarger(run, at=at)
    if enlarger.told:
        warn(enlarger.told)
    if alpha != 1 and enlarger.content is None:
        raise UsageError(
            f"--alpha {alpha:g}: {run} keeps no G of its content stage to mix with: train with a content stage whose "
            "keep is true, as in the preset srgan"
        )
    network, failed, done = between(enlarger, alpha), 0, 0
    for place, order in enumerate(orders, start=1):
        if not arguments.quiet:
            note(f"enlarging {order.source} ({place} of {len(orders)})")
        try:
            _enlarge(order, enlarger, network, compare=arguments.compare)
        except _NoPicture as error:
            warn(f"{order.source}: {error}")
            failed += order.named or error.meant or order.source.suffix.lower() in ENDINGS
        else:
            done += 1
            say(str(order.target))
    if not done and not failed:
        raise UsageError(f"{', '.join(map(str, arguments.pictures))}: there are no pictures in there")
    return 2 if failed else 0


class _NoPicture(ValueError):
    """A file that can't be enlarged; the message is a predicate. meant: whether it is a picture, by its content."""

    def __init__(self, why: str, *, meant: bool = True) -> None:
        super().__init__(why)
        self.meant = meant


# --- which pictures, and where they go --------------------------------------------------------------------------------


def orders_of(pictures: Sequence[Path], out: Path) -> list[Order]:
    """What is to be enlarged and written where. Raises UsageError, before anything is, where that can't be.

    A single file goes to ``out`` where that has a picture's ending; all others go into the folder ``out``, as PNG, and
    those of folders into folders of the same names.
    """
    for path in pictures:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    is_file = out.suffix.lower() in ENDINGS and not out.is_dir()
    if is_file and (len(pictures) > 1 or pictures[0].is_dir()):
        raise UsageError(f"--out {out}: is a file, but several pictures are to be written: name a folder")
    if not is_file and out.suffix and not out.is_dir() and len(pictures) == 1 and pictures[0].is_file():
        raise UsageError(f"--out {out}: pictures are written as {', '.join(ENDINGS)}, by the file's ending")
    if out.exists() and not is_file and not out.is_dir():
        raise UsageError(f"--out {out}: is no folder")
    found = list(_found(pictures, out))
    orders, taken = [], set()
    for source, inner, named in found:
        target = out if is_file else out / inner.with_suffix(_FOR_MANY)
        if target in taken:  # a.jpg next to a.png
            target = target.with_name(f"{inner.name}{_FOR_MANY}")
        if target in taken:
            raise UsageError(f"{source}: {target} is written for another picture: enlarge them one by one")
        taken.add(target)
        orders.append(Order(source, target, named))
    sources = {_identity(order.source) for order in orders}
    for order in orders:
        if order.target.exists() and _identity(order.target) in sources:
            raise UsageError(f"--out {out}: {order.target} is one of the pictures: they are never written over")
    return orders


def _identity(path: Path) -> tuple[int, int]:
    """The same for all names of one file."""
    known = path.stat()
    return known.st_dev, known.st_ino


def _found(pictures: Sequence[Path], out: Path) -> Iterator[tuple[Path, Path, bool]]:
    """Files, their paths within the folder that was named, and whether they were named themselves."""
    for path in pictures:
        if not path.is_dir():
            yield path, Path(path.name), True
            continue
        for file in sorted(path.rglob("*")):
            inside = out.is_dir() and out.resolve() in file.resolve().parents and out.resolve() != path.resolve()
            if file.is_file() and not inside and not file.name.startswith("."):
                yield file, file.relative_to(path), False


# --- one picture ------------------------------------------------------------------------------------------------------


def between(enlarger: Enlarger, alpha: float) -> SuperResolutionGenerator:
    """G, or what lies between it and that of its content stage."""
    from ganstudio.networks.enlarging import mixed

    return enlarger.network if enlarger.content is None else mixed(enlarger.content, enlarger.network, alpha)


def _enlarge(order: Order, enlarger: Enlarger, network: SuperResolutionGenerator, *, compare: bool) -> None:
    from ganstudio.networks.enlarging import enlarged_picture

    pixels, factor = _read(order.source), enlarger.factor
    height, width = (factor * side for side in pixels.shape[:2])
    if height * width > _MOST_PIXELS:
        raise _NoPicture(
            f"would become {width} × {height} pixels; up to {_MOST_PIXELS / 1e6:.0f} million can be made: cut it"
        )
    ways = {"bicubic": None, "squared error": enlarger.content, "G": network} if compare else {"G": network}
    ways = {name: way for name, way in ways.items() if way is not None or name == "bicubic"}
    made = {name: enlarged_picture(way, pixels, factor, enlarger.latents) for name, way in ways.items()}
    _write(order, made["G"] if len(made) == 1 else _sheet(made))


def _read(path: Path) -> Pixels:
    """The pixels (h, w, 1, 3 or 4) of a picture's first frame, upright. Raises _NoPicture."""
    import numpy as np

    from ganstudio.data.files import pictures
    from ganstudio.system.files import FileFault, read_bytes

    try:
        data = read_bytes(path, _MOST_BYTES)
        with pictures.pillow_rules():
            return np.asarray(pictures.whole(data))
    except FileFault as error:
        raise _NoPicture(str(error).removeprefix(f"{path}: "), meant=False) from None  # its content is not known
    except pictures.UnreadablePicture as error:
        raise _NoPicture(str(error), meant=not isinstance(error, pictures.NoPicture)) from None


def _sheet(made: dict[str, Pixels]) -> Pixels:
    """Pictures side by side, with their names above."""
    import numpy as np
    from PIL import Image as Images
    from PIL import ImageDraw

    line, gap = 16, 4
    height, width, _ = next(iter(made.values())).shape
    sheet = Images.new("RGB", (len(made) * (max(width, 90) + gap) - gap, height + line), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (name, pixels) in enumerate(made.items()):
        left = place * (max(width, 90) + gap)
        draw.text((left + 2, line // 2), name, fill="black", anchor="lm")
        one = _image(pixels).convert("RGBA")
        sheet.paste(one, (left, line), one)
    return np.asarray(sheet)


def _image(pixels: Pixels) -> Image:
    from PIL import Image as Images

    return Images.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _write(order: Order, pixels: Pixels) -> None:
    import io

    from ganstudio.export import ExportError
    from ganstudio.export.writing import written

    image, kind = _image(pixels), ENDINGS[order.target.suffix.lower()]
    if image.mode == "RGBA" and kind not in _CLEAR:
        from ganstudio.data.files.pictures import flattened

        warn(f"{order.target}: a {kind} file can't be transparent: what is becomes white")
        image = flattened(image)
    packed = io.BytesIO()
    try:
        image.save(packed, kind, **({"quality": 95} if kind in ("JPEG", "WEBP") else {}))
    except (OSError, ValueError) as error:  # WebP has at most 16,383 pixels to a side, and says so
        raise ExportError(f"{order.target}: cannot be written as {kind}, but as PNG it can: {error}") from None
    written(order.target, packed.getbuffer())
