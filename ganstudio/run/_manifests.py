"""A checkpoint's manifest: the size and the checksum of each of its files, which tell whether it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ganstudio.run._disk import sync
from ganstudio.system.files import FileFault, FileMissing, check_regular, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator


MANIFEST = "manifest.json"


_OWN = "sha256_of_this"


NAME = re.compile(r"step-(\d{1,12})")


_SIGNED = ("training.json",)  # with one of these a checkpoint is of a program that writes a manifest


_MOST_BYTES = 1 << 33
"""Of all files of a checkpoint; a claim of more is no game's, and reading it would take minutes."""


MOST_MANIFEST = 1 << 20


def step_of_checkpoint(path: Path) -> int:
    """The step that a checkpoint's folder is named after."""
    match = NAME.fullmatch(path.name)
    assert match, path
    return int(match[1])


def seal(checkpoint: Path, *, step: int, seconds: float) -> None:
    """Write a checkpoint's manifest, after every other file of it. Raises OSError.

    seconds: of training, by which ``thin`` tells how old it is.
    """
    files = {name: {"size": path.stat().st_size, "sha256": _digest(path)} for name, path in _files(checkpoint)}
    path = checkpoint / MANIFEST
    path.write_bytes(_manifest({"version": 1, "step": step, "seconds": seconds, "files": files}))
    sync(path)


def fault_of(checkpoint: Path) -> str | None:
    """Why a checkpoint is not as it was written, in words; None where it is, or is too old to have a manifest."""
    try:
        manifest = _read_manifest(checkpoint)
        if manifest is None:
            return None
        if step_of_checkpoint(checkpoint) != manifest["step"]:
            return f"{MANIFEST}: is of step {manifest['step']}"
        return next(
            (told for name, entry in manifest["files"].items() if (told := _fault(checkpoint, name, entry))), None
        )
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except _ManifestError as error:
        return f"{MANIFEST}: {error}"


class _ManifestError(ValueError):
    """A manifest that is none."""


def _manifest(described: dict[str, Any]) -> bytes:
    """The file, with a checksum of its own."""
    told = json.dumps(described, sort_keys=True).encode()
    return (json.dumps({**described, _OWN: hashlib.sha256(told).hexdigest()}, indent=1) + "\n").encode()


def _read_manifest(checkpoint: Path) -> dict[str, Any] | None:
    """What a manifest says; None where there is none and need not be one. Raises _ManifestError and OSError."""
    path = checkpoint / MANIFEST
    if not os.path.lexists(path):
        if any((checkpoint / name).exists() for name in _SIGNED):
            raise _ManifestError("is missing")
        return None
    try:
        text = read_bytes(path, MOST_MANIFEST)
        found = json.loads(text)
        found.pop(_OWN)
    except (ValueError, RecursionError, AttributeError, LookupError, TypeError):  # a FileFault is a ValueError
        raise _ManifestError("is no longer what was written") from None
    # To the byte, so that what is wrong in the manifest itself is told, too.
    if not _is_manifest(found) or _manifest(found) != text:
        raise _ManifestError("is no longer what was written")
    assert isinstance(found, dict)
    return found


def _is_manifest(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and set(found) == {"version", "step", "seconds", "files"}
        and type(found["step"]) is int
        and type(found["seconds"]) is float
        and isinstance(found["files"], dict)
        and all(
            isinstance(entry, dict) and type(entry.get("size")) is int and isinstance(entry.get("sha256"), str)
            for entry in found["files"].values()
        )
        and all(_is_inside(name) for name in found["files"])
        and sum(entry["size"] for entry in found["files"].values()) <= _MOST_BYTES
    )


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    # Windows takes "C:x" for a file on another drive, and "a:x" for a hidden stream of the file a.
    outside = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    return name == str(path) and not outside


def seconds_of(checkpoint: Path) -> float:
    """Seconds of training that a checkpoint is of; those of one that doesn't say it lie long ago."""
    try:
        manifest = _read_manifest(checkpoint)
    except (OSError, _ManifestError):
        manifest = None
    return float("-inf") if manifest is None else float(manifest["seconds"])


def _fault(checkpoint: Path, name: str, entry: dict[str, Any]) -> str | None:
    path = checkpoint / name
    try:
        size = check_regular(path, _MOST_BYTES)
        if size != entry["size"]:
            return f"{name}: has {size:,} bytes, {entry['size']:,} were written"
        if _digest(path) != entry["sha256"]:
            return f"{name}: its checksum does not match"
    except FileMissing:
        return f"{name}: is missing"
    except FileFault as error:
        return str(error).replace(str(path), name)
    except OSError as error:
        return f"{name}: cannot be read: {error.strerror or error}"
    return None


def _files(checkpoint: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            yield path.relative_to(checkpoint).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
