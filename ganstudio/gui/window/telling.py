"""What the window says about a game, in words, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ganstudio import __version__
from ganstudio.gui.text.words import duration, experiment_label, in_words, kind_of, left_text, value_label
from ganstudio.presets import plan_of, present
from ganstudio.system.logs import log_file
from ganstudio.training.messages import GoBack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.parts.notices import NoticeBar
    from ganstudio.run import RunSummary
    from ganstudio.training.messages import Broken, Checkpointed, Failed, GroupOpened, Opened, StateChanged

LONG_SECONDS = 60
"""A training that took so long has its time told at its end."""


class Teller:
    """Has the notice bar say one thing at a time. What was told before a game was asked for goes when it opens."""

    def __init__(self, bar: NoticeBar, game: Game) -> None:
        self._bar, self._game = bar, game
        self._left: Path | None = None
        self._along = ""
        self._stale = False
        self._began = 0.0
        game.notice.connect(lambda event: self.tell(in_words(event.message), wrong=event.wrong))
        game.saved.connect(self._on_saved)
        game.retried.connect(self.hush)  # until the disk refuses again
        game.state_changed.connect(self._on_state)
        game.broken.connect(self._on_broken)

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

    def retell(self, begins: str, text: str) -> None:
        """Say other words of something that goes on, if what stands there begins so."""
        if self._bar.text().startswith(begins):
            self._bar.retell(text)

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
        unseen = not self._bar.isVisible() or self._bar.text() == along  # torch may load for longer than words stand
        if opened.skipped:
            self.tell(*skipped(opened))
        elif along and (self._stale or unseen):
            self.tell(along)
        elif not self._stale:
            return
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

    def failed(self, event: Failed) -> None:
        """Say that the game has ended by itself, and offer the way back; where it was ended by hand, go it."""
        self._call()
        if (way := self._game.way_back) is None:
            self.tell(in_words(event.message), event.details, wrong=True)
        elif self._game.ended:
            self.tell_along(f"The training was ended. {way.kept}")
            self._game.revive()
        else:
            offers = {way.offer: self._game.revive}
            self.tell(f"{in_words(event.message)} {way.kept}", event.details, wrong=True, offers=offers)

    def fault(self, text: str, details: str) -> None:
        """Something failed inside the window; the training has a process of its own, and goes on."""
        copied = f"GAN Studio {__version__}\n{details}"
        offers = {"Copy Details": lambda: QGuiApplication.clipboard().setText(copied)}
        told = f"{text} The training is not touched by it."
        self.tell(told, f"{details}\nAlso in {log_file()}", wrong=True, offers=offers)

    def crashed(self, left: Sequence[RunSummary]) -> None:
        """Say which runs a crash left: at once, and once more with the first game if that is still to come."""
        (self.tell_along if self._game.experiment is None else self.tell)(abandoned(left))

    def switched(self, why: str) -> None:
        """Say what changed along with an edit: at once, or with the game that opens because of it."""
        (self.tell if self._game.started else self.tell_along)(why)

    def _on_saved(self, event: Checkpointed) -> None:
        self.tell(f"Step {event.step:,} is saved in {event.path.parent.parent}.")

    def _on_state(self, event: StateChanged) -> None:
        if event.state == "playing":
            self._began = self._game.pace.seconds
        elif event.state == "finished":
            took = self._game.pace.seconds - self._began
            self.tell(finished(event.step, self._game.steps, took if took >= LONG_SECONDS else 0))
            self._call()

    def _call(self) -> None:
        """Draw the eye to the window where it is not looked at: nothing goes on any more."""
        QApplication.alert(self._bar.window())

    def _on_broken(self, event: Broken) -> None:
        """Numbers went wrong: say which, and offer what can be done."""
        back = "Start Over" if event.kept is None else f"Go Back to Step {event.kept:,}"
        self.tell(event.words, wrong=True, offers={f"{back} at Half the Rates": self._go_back})
        self._call()

    def _go_back(self) -> None:
        self.leave(None)
        self._game.bridge.send(GoBack())

    def _tell_left(self, left: Path | None, now: Path | None) -> None:
        if left is not None and left != now:
            self.tell(f"The run before is kept: {left.name}, under Runs.")
        else:
            self.hush()


def description(opened: Opened) -> str:
    """What is trained on and by how many weights, in a line that stands below the game's name."""
    count = "unlimited" if opened.data_count is None else f"{opened.data_count:,}"
    players = f"G {opened.generator_parameters:,} · D {opened.discriminator_parameters:,} weights"
    told = f"{count} {opened.modality.described} · {players}"
    if opened.data_name == experiment_label(opened.experiment.name):
        return f"{told[0].upper()}{told[1:]}"  # the name stands above it
    return f"{opened.data_name} · {told}"


def window_title(game: Game, left: str) -> str:
    """The window's title: how far the training is and how long it still takes, then the game; for the task bar."""
    if game.experiment is None:
        return "GAN Studio"
    named = f"{experiment_label(game.experiment.name)} – GAN Studio"
    if game.state == "playing" and game.steps:
        share = f"{100 * min(game.step, game.steps) // game.steps} %"
        return f"{share} · {left} – {named}" if left else f"{share} – {named}"
    return f"Finished – {named}" if game.state == "finished" else named


def stage(game: Game, speed: float | None = None) -> tuple[str, str]:
    """Which of its stages the open game is in, and until when; empty where it has one alone.

    speed: steps a second; None: not known.
    """
    experiment = None if game.single is None else game.experiment
    if experiment is None or not plan_of(experiment):
        return "", ""
    now = present(experiment, game.step)
    if now is None:
        last = game.single.stages[-1][1] if game.single is not None else ""
        return f"{value_label(last)} stage", ""
    left = left_text(game.step, now.end, speed) if speed else ""
    return f"{value_label(now.kind)} stage", f" to {now.end:,}{f' ({left})' if left else ''}"


def finished(step: int, steps: int, seconds: float = 0) -> str:
    """That the schedule's end is reached, or that it lies before where the training is.

    seconds: how long it took since Play, where that is worth telling; 0: it is not.
    """
    if step <= steps:
        after = f", after {duration(seconds)}" if seconds else ""
        return f"Reached step {step:,}, the schedule's last{after}. Play trains as many steps again."
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
