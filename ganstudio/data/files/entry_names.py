"""Names of an archive's entries as they were meant: with slashes, and in the encoding that they were written in.

Windows' own zip writes names in the system's code page and doesn't say in which; some programs part folders by
backslashes. Python takes such names for code page 437, of which each byte is a character, so that nothing is lost.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ganstudio.data.files import encodings

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

_UTF_8 = 0x800
"""The flag of an entry whose name is UTF-8."""


def named(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Each entry of a zip archive with its name; "" where it has none."""
    encoding = encoding_of(archive)
    for one in archive.infolist():
        raw = one.orig_filename.split("\0")[0] if one.filename else ""
        if encoding is not None and not one.flag_bits & _UTF_8 and not raw.isascii():
            raw = raw.encode("cp437").decode(encoding, "backslashreplace")
        yield one, raw.replace("\\", "/")


def encoding_of(archive: zipfile.ZipFile) -> str | None:
    """What the names are most plausibly written in; None where every entry says so, or it makes no difference."""
    told = [one.orig_filename for one in archive.infolist() if not one.flag_bits & _UTF_8]
    unsaid = [one.encode("cp437") for one in told if not one.isascii()]
    return encodings.of_names(unsaid, from_windows=True) if unsaid else None


def is_folder(entry: zipfile.ZipInfo, name: str) -> bool:
    """Whether an entry is a folder's."""
    return name.endswith("/") or entry.is_dir()


def of_tar(name: str) -> str:
    """The name of a tar archive's entry, whose bytes that are no UTF-8 came as lone surrogates."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "/".join(map(_decoded, name.encode("utf-8", "surrogateescape").split(b"/")))
    return name


@lru_cache(maxsize=10_000)  # asked for each file in a folder
def _decoded(part: bytes) -> str:
    return part.decode(encodings.of_names([part], from_windows=False), "backslashreplace")
