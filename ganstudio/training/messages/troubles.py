"""What comes out of a session where something is wrong, or where it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.training.messages import AnyStart


@dataclass(frozen=True)
class Notice:
    """Something the user must know, in a sentence: a command that was refused, a disk that is full, a loss gone NaN.

    wrong: something went wrong; else it is what came of what was asked for.
    unsaved: it is that a checkpoint could not be written, so that what was trained is in memory alone.
    no_checkpoint: it is why there is none, for whoever waits for one: that could not be written, or must not be.
    alone: what of the message holds where the program ends with it, as a command line does; "": all of it.
    setting: the path of the setting whose change was refused; "": it is of something else.
    """

    message: str
    wrong: bool = True
    unsaved: bool = False
    no_checkpoint: bool = False
    alone: str = ""
    setting: str = ""


@dataclass(frozen=True)
class Broken:
    """Numbers went wrong, and the training can't go on: told when it happens, and when somebody would go on.

    step: the first with such a number, where the training stands. what: which number, a clause. kept: the step of the
    last checkpoint, which is from before that; None where there is none. ``GoBack`` goes back there.
    """

    step: int
    what: str
    kept: int | None

    @property
    def words(self) -> str:
        """All of it in sentences."""
        kept = "There is no checkpoint from before that."
        if self.kept is not None:
            kept = f"The last checkpoint, of step {self.kept:,}, is from before that."
        return f"Training stopped at step {self.step:,}: {self.what}. {kept}"


@dataclass(frozen=True)
class Failed:
    """The session ended by an error. message: for people; details: the traceback.

    expected: bad data, settings or a full disk, as against an error of the program's own.
    crowded: it is the memory that lacks, and without the game before it would do; between a session and its host.
    """

    message: str
    details: str = field(default="")
    expected: bool = False
    crowded: bool = False


@dataclass(frozen=True)
class Refused:
    """What was asked for in place of this game can't be opened: this game goes on as it was.

    message, details, expected: as in ``Failed``.
    unsaved: nothing is wrong with it, but this game's last steps could not be written, and would be lost; asked for
    with ``discard``, ``command`` does take its place.
    """

    message: str
    details: str = field(default="")
    expected: bool = False
    unsaved: bool = False
    command: AnyStart | None = None


@dataclass(frozen=True)
class Superseded:
    """Another game was asked for: this one is kept on disk as far as that goes, and waits for whether that opens.

    Between a session and its host; nobody else hears of it.
    """

    command: AnyStart


@dataclass(frozen=True)
class Closed:
    """The session ended in order."""
