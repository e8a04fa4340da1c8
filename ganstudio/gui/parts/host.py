"""What a widget asks of the window that it stands in: what is shown, where that is from, and to say what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ganstudio.gui.parts.saving import ask_where, file_name, usual_folder

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QStandardPaths
    from PySide6.QtWidgets import QWidget

    from ganstudio.origins import Origin


@runtime_checkable
class Host(Protocol):
    """A window that knows what its pictures are of."""

    def shown(self) -> tuple[str, ...]:
        """The run and the step that are shown, for a file's name."""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what came of it."""


@runtime_checkable
class Source(Protocol):
    """A window that knows which run, step and latents its pictures come from."""

    def origin(self) -> Origin | None:
        """Where what is shown comes from; None: from no run."""

    def command(self) -> str | None:
        """The line that makes what G makes again in a terminal; None: there is none."""


def tell(widget: QWidget, text: str, *, wrong: bool = False) -> bool:
    """Have the window say what came of something. Returns whether it is one that does."""
    window = widget.window()
    if not isinstance(window, Host):
        return False
    window.tell(text, wrong=wrong)
    return True


def named(widget: QWidget, title: str, ending: str) -> str:
    """The name for a file of what is shown: the window's run and step, and this title."""
    window = widget.window()
    return file_name(*(window.shown() if isinstance(window, Host) else ()), title, suffix=ending)


def ask_place(
    widget: QWidget, title: str, folder: QStandardPaths.StandardLocation, kind: str, ending: str
) -> Path | None:
    """Let the user say where a file of what is shown is to go; None: nowhere."""
    near = usual_folder(folder) / named(widget, title, ending)
    return ask_where(widget.window(), f"Save {title}", near, {kind: (ending,)})


def origin_of(widget: QWidget) -> Origin | None:
    """Where what the widget shows comes from; None: from no run."""
    window = widget.window()
    return window.origin() if isinstance(window, Source) else None


def command_of(widget: QWidget) -> str | None:
    """The line that makes what is shown again in a terminal; None: there is none."""
    window = widget.window()
    return window.command() if isinstance(window, Source) else None
