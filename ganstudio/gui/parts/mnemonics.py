"""Letters with Alt for what stands in a dialog: each button, tab and label of a field gets one of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QDialog, QFormLayout, QLabel, QPushButton, QTabWidget

from ganstudio.gui.parts.chips import Chip

if TYPE_CHECKING:
    from collections.abc import Callable


def give_mnemonics(dialog: QDialog) -> None:
    """Mark a letter in every text that has none yet, none of them twice, as far as there are letters."""
    texts = _texts(dialog)
    taken = {_letter(text) for text, _ in texts if _letter(text)}
    for text, show in texts:
        if not _letter(text) and (marked := marked_text(text, taken)) != text:
            taken.add(_letter(marked))
            show(marked)


def marked_text(text: str, taken: set[str]) -> str:
    """The text with an & before the first letter of a word that is free, else before any that is; else as it is."""
    starts = [k for k, letter in enumerate(text) if letter.isalnum() and (k == 0 or not text[k - 1].isalnum())]
    for place in [*starts, *range(len(text))]:
        letter = text[place].casefold()
        if letter.isalnum() and letter.isascii() and letter not in taken:
            return f"{text[:place]}&{text[place:]}"
    return text


def _letter(text: str) -> str:
    _, mark, rest = text.replace("&&", "").partition("&")
    return rest[:1].casefold() if mark else ""


def _texts(dialog: QDialog) -> list[tuple[str, Callable[[str], object]]]:
    """What has a letter, the buttons that end the dialog first: of many choices the last may go without."""
    found: list[tuple[str, Callable[[str], object]]] = []
    buttons = [button for button in dialog.findChildren(QAbstractButton) if button.text()]
    found += [(button.text(), button.setText) for button in buttons if isinstance(button, QPushButton)]
    for tabs in dialog.findChildren(QTabWidget):
        for index in range(tabs.count()):
            found.append((tabs.tabText(index), partial(tabs.setTabText, index)))
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            items = (form.itemAt(row, role) for role in (_LABEL, _FIELD))
            label, field = (None if item is None else item.widget() for item in items)
            if isinstance(label, QLabel) and label.text() and field is not None:
                label.setBuddy(field)
    for label in dialog.findChildren(QLabel):
        if label.buddy() is not None:
            found.append((label.text(), label.setText))
    # A chip writes its text itself, with no mark in it.
    others = [button for button in buttons if not isinstance(button, Chip | QPushButton)]
    return [*found, *((button.text(), button.setText) for button in others)]


_LABEL, _FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole
