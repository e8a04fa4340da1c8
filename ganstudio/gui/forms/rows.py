"""A field of a form: its label, its editor, its help, and the marks of what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.text.words import field_label

if TYPE_CHECKING:
    from ganstudio.gui.forms.editors import Editor

LOCKED = "Takes effect when the run starts over"

INDENT = 10
"""How much further right a form within a form stands."""

_MARK = 17


class FieldRow(QWidget):
    """A label, an editor beside it, and a line of help below, which gives way to what is wrong."""

    def __init__(
        self,
        name: str,
        help_text: str,
        editor: Editor,
        *,
        live: bool,
        depth: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._help_text = help_text
        self._live = live
        self._locked = False
        self._mark_colour = theme.MUTED
        self._label = QLabel(field_label(name))
        self._label.setWordWrap(True)
        # A form within a form stands further right; its editors still begin where all the others do.
        self._label.setFixedWidth(theme.LABEL_WIDTH - _MARK - INDENT * depth)
        self._mark = QLabel()
        self._mark.setFixedWidth(_MARK)
        self._now = QLabel()
        self._now.setProperty("role", "help")
        self._now.setContentsMargins(6, 0, 0, 0)  # below the number, which the box moves in
        self._help = QLabel(help_text)
        self._help.setWordWrap(True)
        self._help.setProperty("role", "help")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self._mark, 0, 1)
        grid.addWidget(editor, 0, 2)
        grid.addWidget(self._now, 1, 2)
        grid.addWidget(self._help, 2, 0, 1, 3)
        grid.setColumnStretch(2, 1)
        self._now.hide()
        self._help.setVisible(bool(help_text))  # not before it has a parent: it would be a window and take the focus
        self._label.setBuddy(editor)
        editor.setAccessibleName(field_label(name))
        editor.setAccessibleDescription(help_text)
        self._tell()

    def set_player(self, player: str) -> None:
        """Give the label the colour of ``generator`` or ``discriminator``."""
        self._label.setProperty("role", "player")
        self._label.setProperty("player", player)

    @property
    def now(self) -> str:
        """What is said to be in force in place of what the editor shows; empty: that itself is."""
        return self._now.text()

    def set_now(self, words: str) -> None:
        """Say below the editor what is in force now, where a schedule makes it another; nothing: what it shows."""
        if words != self._now.text():
            self._now.setText(words)
            self._now.setVisible(bool(words))
            self.editor.setAccessibleDescription(". ".join(filter(None, (words, self._help_text))))

    def set_help(self, words: str) -> None:
        """Change the line of help."""
        self._help_text = words
        self.set_error("")

    def set_error(self, words: str) -> None:
        """Say below the field what is wrong with it; nothing: all is well."""
        self._help.setText(words or self._help_text)
        self._help.setVisible(bool(words or self._help_text))
        _restyle(self._help, "role", "error" if words else "help")
        _restyle(self.editor, "invalid", bool(words))
        self._tell()

    def set_locked(self, locked: bool) -> None:
        """While a run is on: mark the field unless it is live."""
        self._locked = locked and not self._live
        if self._locked:
            self._mark.setPixmap(icons.pixmap("lock", self._mark_colour, 12, self.devicePixelRatioF()))
        else:
            self._mark.clear()
        self._tell()

    def set_pending(self, pending: bool) -> None:
        """Mark a field whose change waits until the run starts over."""
        _restyle(self._label, "pending", pending)
        self._mark_colour = theme.FAKE if pending else theme.MUTED
        self.set_locked(self._locked)

    @property
    def locked(self) -> bool:
        """Whether a change would wait until the run starts over."""
        return self._locked

    def _tell(self) -> None:
        bounds = self.editor.property("bounds") or ""
        tip = "\n".join(filter(None, (self._help_text, bounds, f"{LOCKED}." if self._locked else "")))
        for each in (self._label, self.editor, self._mark):
            each.setToolTip(tip)


def _restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at; the style reads it again only when told to."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
