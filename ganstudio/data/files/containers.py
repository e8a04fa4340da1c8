"""What lies at a path and holds arrays by name: of a kind in ``array_files``, or a folder of several such files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.files import array_folder
from ganstudio.data.files.array_files import find_known
from ganstudio.data.files.container import Container
from ganstudio.data.files.lines import FOUND

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.files.lines import Way

_FOLDER = Container(
    what="a folder of files of arrays, by what they begin with",
    fits=array_folder.is_array_folder,
    headers=array_folder.headers,
    read=array_folder.read,
    is_matlab=array_folder.is_matlab,
)


def find(path: Path, way: Way = FOUND) -> Container | None:
    """What reads the arrays that lie at a path; None where it is no kind of file that holds any.

    way: what was chosen of how a text is read.
    """
    found = find_known(path, way)
    return _FOLDER if found is None and _FOLDER.fits(path, b"") else found
