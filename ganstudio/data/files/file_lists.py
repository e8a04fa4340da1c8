"""Files that were dropped together: a list of them, kept in the program's folder, stands for all of them.

So what is trained on has one path, as everything else has, and a run can be repeated from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import loose
from ganstudio.data.files.loose import Source
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from ganstudio.data.skips import Skips

    Opener = Callable[[Path, Skips], AbstractContextManager[Source]]

_HEAD = b'{"ganstudio-files": '
_MAX_LIST_BYTES = 64 * 2**20


def gather(paths: Sequence[Path]) -> Path:
    """Write down that these belong together, and return where: the same paths give the same list.

    Raises DatasetError where they are too many, or the list can't be written.
    """
    if len(paths) > loose.MAX_MEMBERS:
        raise DatasetError(f"{len(paths):,} files are more than {loose.MAX_MEMBERS:,}; drop their folder's parts")
    named = [os.path.abspath(os.path.expanduser(path)) for path in paths]
    text = json.dumps({"ganstudio-files": list(dict.fromkeys(named))}, indent=0).replace("{\n", "{", 1)
    word = hashlib.sha256(text.encode()).hexdigest()[:12]
    path = _folder() / f"{len(named):,} files ({word}).json"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_aside(path, text)
        except OSError as error:
            raise DatasetError(
                f'"{path.parent}" can\'t be written ({error.strerror}); drop a folder instead'
            ) from error
    return path


def is_list(path: Path, head: bytes) -> bool:
    """Whether the file is such a list; only those count that lie where ``gather`` puts them."""
    return head.startswith(_HEAD) and path.parent == _folder()


def listed(path: Path) -> list[Path]:
    """The paths in a list. Raises DatasetError."""
    try:
        found = json.loads(loose.read_head(path, _MAX_LIST_BYTES))["ganstudio-files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise DatasetError(f'"{path.name}" is a damaged list of files; drop the files again')
    return [Path(one) for one in found]


def behind(path: Path) -> list[Path]:
    """The paths that a path stands for, where it is such a list and they are still there."""
    if path.parent != _folder() or not path.is_file() or not is_list(path, loose.read_head(path)):
        return []
    return [one for one in listed(path) if one.exists()]


def _folder() -> Path:
    return limits.home() / "datasets" / "together"


@contextmanager
def open_listed(path: Path, skips: Skips, open_source: Opener) -> Iterator[Source]:
    """What lies at all the paths of a list, folders and archives by what is in them, as ``open_source`` opens each."""
    paths = listed(path)
    single = all(one.is_file() for one in paths)
    yield Source(total=len(paths) if single else 0, files=_files(paths, skips, open_source))


def _files(paths: list[Path], skips: Skips, open_source: Opener) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            with open_source(path, skips) as source:
                for name, data in source.files:
                    # A folder's name is the class of what lies in it; a file alone has none.
                    yield (f"{path.name}/{name}" if path.is_dir() or name != path.name else name), data
        except DatasetError as error:
            skips.add(loose.printable(path.name), str(error))
