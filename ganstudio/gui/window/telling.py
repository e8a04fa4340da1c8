"""What the window says about a game, in words, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.words import experiment_label, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ganstudio.gui.parts.notices import NoticeBar
    from ganstudio.run import RunSummary
    from ganstudio.training.messages import GroupOpened, Opened


class Teller:
    """Has the notice bar say one thing at a time. What was told before a game was asked for goes when it opens."""

    def __init__(self, bar: NoticeBar) -> None:
        self._bar = bar
        self._left: Path | None = None
        self._along = ""
        self._stale = False

    def tell(
        self,
        text: str,
        details: str = "",
        *,
        wrong: bool = False,
        offers: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say something now; ``wrong`` marks what went wrong, ``offers`` are buttons for what can be done about it."""
        self._stale = False
        self._bar.show_notice(text, details, wrong=wrong, offers=offers)

    def tell_along(self, text: str) -> None:
        """Say something now, and once more with the game that opens because of it."""
        self.tell(text)
        self._along = text

    def take_back(self, text: str) -> None:
        """Take away what stands there, if it is this."""
        if self._bar.text() == text:
            self._bar.hide()

    def hush(self) -> None:
        """Take away what stands there."""
        self._bar.hide()

    def leave(self, run: Path | None) -> None:
        """Another game was asked for, in place of the run that is trained, if any."""
        self._left, self._stale = run, True

    def stay(self) -> None:
        """What was asked for does not come: the run that is trained is not left."""
        self._left, self._along, self._stale = None, "", False

    def opened(self, opened: Opened) -> None:
        """Say what there is to say of the game that has opened.

        What was told since it was asked for stays, such as an error, unless some of the data could not be used.
        """
        left, self._left = self._left, None
        along, self._along = self._along, ""
        if opened.skipped:
            self.tell(*skipped(opened))
        elif not self._stale:
            return
        elif along:
            self.tell(along)
        elif opened.notes:
            self.tell(*noted(opened))
        else:
            self._tell_left(left, opened.run)

    def group_opened(self, opened: GroupOpened) -> None:
        """Say what there is to say of games side by side that have opened: that what was there before is kept."""
        left, self._left = self._left, None
        self._along = ""
        if self._stale:
            self._tell_left(left, opened.run)

    def _tell_left(self, left: Path | None, now: Path | None) -> None:
        if left is not None and left != now:
            self.tell(f"The run before is kept: {left.name}, under Runs.")
        else:
            self.hush()


def description(opened: Opened) -> str:
    """What is trained on and by how many weights, in a line."""
    count = "unlimited" if opened.data_count is None else f"{opened.data_count:,}"
    players = f"G {opened.generator_parameters:,} · D {opened.discriminator_parameters:,} weights"
    return f"{opened.data_name} · {count} {opened.modality.described} · {players}"


def finished(step: int, steps: int) -> str:
    """That the schedule's end is reached, or that it lies before where the training is."""
    if step <= steps:
        return f"Reached step {step:,}, the schedule's last. Play trains as many steps again."
    return f"Stopped at step {step:,}, as the schedule ended at {steps:,}. Play trains as many steps again."


def skipped(opened: Opened) -> tuple[str, str]:
    """What could not be used of the data: a sentence, and the names with their reasons."""
    names = "\n".join(f"{name} {reason}" for name, reason in opened.skipped)
    count = opened.skipped_count
    if count > len(opened.skipped):
        names += f"\nand {count - len(opened.skipped):,} more"
    things = "thing that can't be used was" if count == 1 else "things that can't be used were"
    return f"Opened {opened.data_name}. {count:,} {things} skipped.", names


def noted(opened: Opened) -> tuple[str, str]:
    """What is worth knowing of the data: the first note, and all of them."""
    return f"Opened {opened.data_name}: {opened.notes[0]}.", "\n".join(opened.notes)


def abandoned(runs: Sequence[RunSummary]) -> str:
    """That runs, one at least, are kept whose program ended before it closed them, the newest of them by name."""
    newest, others = runs[0], len(runs) - 1
    more = f" {others:,} older {'run is' if others == 1 else 'runs are'} kept too." if others else ""
    what = experiment_label(newest.name)
    if newest.kind != "run":
        what = f"{what}, {kind_of(newest).lower().replace(' · ', ' of ')},"
    return (
        f"GAN Studio ended unexpectedly the last time. {what} is kept up to step {newest.step:,}: "
        f"open it under Runs to go on.{more}"
    )


def group_title(opened: GroupOpened) -> tuple[str, str]:
    """What stands side by side: a title and a line."""
    kind = "seeds" if opened.band else "games"
    names = ", ".join(opened.names[:4]) + (", …" if len(opened.names) > 4 else "")
    return (
        f"{len(opened.names)} {kind} of {experiment_label(opened.experiments[0].name)}",
        f"{opened.data_name} · {names}",
    )
