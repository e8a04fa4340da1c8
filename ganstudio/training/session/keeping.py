"""What the session of one game and that of several do alike with what they keep on disk."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ganstudio.run import RunError
from ganstudio.training.messages import Notice, Quit
from ganstudio.training.session.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ganstudio.training.messages import AnyEvent, Start, StartGroup


class Keeper(Protocol):
    """What is kept of a session's games."""

    def lend(self, wanted: Path | None) -> None:
        """Let go of the folder where it is this one."""
        ...

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the folder."""
        ...

    def reason(self, error: Exception) -> str:
        """Why it can't be written."""
        ...


class KeptLoop(Loop):
    """A loop whose games are kept by an archive. kept: what it keeps, in a sentence."""

    kept: ClassVar[str]
    _archive: Keeper

    @abstractmethod
    def _report(self, *, force: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time."""

    @abstractmethod
    def _checkpoint(self) -> Iterator[AnyEvent]:
        """Write a checkpoint, if there is anything new and sound."""

    def _end(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        yield from self._checkpoint()

    def _pause(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            yield from self._report(force=True)
            yield self._change("paused")
            yield from self._checkpoint()

    def lend(self, command: Start | StartGroup) -> None:
        """Let go of the folder where it is the one to be opened."""
        self._archive.lend(command.resume)

    def _leave(self) -> None:
        self._archive.leave(abandoned=isinstance(self.successor, Quit) and self.successor.abandoned)

    def _write(self, act: Callable[..., None], *args: Any, **options: Any) -> Iterator[AnyEvent]:
        """Keep something on disk; where that can't be done the training is paused, all of it in memory."""
        try:
            act(*args, **options)
        except (OSError, RunError) as error:
            yield self._change("paused", "unwritable")
            told = f"Training stopped: {self.kept} can't be written. {self._archive.reason(error)}."
            yield Notice(f"{told} What is trained stays in memory: make room, then go on.", alone=told)
