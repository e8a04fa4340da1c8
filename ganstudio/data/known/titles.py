"""What a dataset is called that lies in a file: what it was published as, where it is that to the last byte."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from ganstudio.data.known.known import KNOWN

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.known.known import KnownDataset, KnownFile

_PORTION = 1 << 20
_USUAL = re.compile(r"(train|t10k)-images[-.]idx3-ubyte(\.gz)?")


def title(path: Path) -> str:
    """The name of the data at a path: MNIST only where the file is the published one, else what the file is called.

    The usual name of MNIST's files says nothing, as its sisters and many other sets come in files of that name: then
    the folder is named.
    """
    if (found := published(path)) is not None:
        known, file = found
        return f"{known.title} (test images)" if file.name.startswith("t10k-") else known.title
    if usual := _USUAL.fullmatch(path.name):
        return f"{'Test' if usual[1] == 't10k' else 'Training'} images of {path.absolute().parent.name or path.name}"
    return path.name


def published(path: Path) -> tuple[KnownDataset, KnownFile] | None:
    """Which published file this is, by its size and SHA-256; None: none that is known."""
    try:
        if not path.is_file():
            return None
        size = path.stat().st_size
        for known in KNOWN.values():
            for file in known.files:
                same_size = size == file.size or (file.size is None and file.name == path.name and size <= file.bound)
                if same_size and _sha256(path) == file.sha256:
                    return known, file
    except OSError:
        return None  # reading it says what is wrong
    return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PORTION):
            digest.update(part)
    return digest.hexdigest()
