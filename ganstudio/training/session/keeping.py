"""What the session of one game and that of several do alike with what they keep on disk."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from ganstudio.run import RunError
from ganstudio.training.messages import Notice, Quit
from ganstudio.training.session.devices import keep_threads, set_threads
from ganstudio.training.session.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import torch

    from ganstudio.experiment import DeviceSpec
    from ganstudio.training.messages import AnyEvent, Start, StartGroup, StepPhase
    from ganstudio.training.session.folder import FolderArchive
    from ganstudio.training.session.inbox import Inbox


class KeptLoop(Loop):
    """A loop whose games are kept by an archive. kept: what it keeps, in a sentence."""

    kept: ClassVar[str]
    _archive: FolderArchive[Any]
    _device: torch.device

    def __init__(self, start: Start | StartGroup, inbox: Inbox | None) -> None:
        super().__init__(start, inbox)
        self._threads_asked, self._slower = start.threads, start.slower
        self._moving: StepPhase = "both"

    @abstractmethod
    def _report(self, *, force: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time."""

    @abstractmethod
    def _checkpoint(self) -> Iterator[AnyEvent]:
        """Write a checkpoint, if there is anything new and sound."""

    @abstractmethod
    def _ensure_run(self) -> Generator[AnyEvent, None, bool]:
        """Have a folder to write to, and whether there is one; where there can't be, say why."""

    def _use_threads(self, spec: DeviceSpec, scratch: Callable[[], Callable[[], None]]) -> str:
        """As many threads as asked for, or as the run had; else as suit the game. What is to be said of it.

        scratch: makes a step of such a game, to try them with.
        """
        asked, before = self._threads_asked, self._archive.threads(self._device.type)
        if asked is None and before is not None:
            self._threads, told = keep_threads(before)
            return told
        spec = spec if asked is None else spec.model_copy(update={"threads": asked})
        self._threads = set_threads(spec, self._device, scratch)
        return ""

    def _went_back(self) -> Generator[AnyEvent, None, list[str]]:
        """Have the run end at the checkpoint that it was opened at: what is to be said of that, in sentences."""
        told = [f"Went back to step {self._games.step_count:,}."]
        for event in self._ensure_run():
            if isinstance(event, Notice):
                told.append(event.message)
            else:
                yield event
        return told

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
