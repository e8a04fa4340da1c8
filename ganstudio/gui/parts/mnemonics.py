"""Letters with Alt for what stands in a dialog: each button, tab, slider and label of a field gets one of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.sliders import NamedSlider

if TYPE_CHECKING:
    from collections.abc import Callable


def give_mnemonics(dialog: QDialog) -> None:
    """Mark a letter in every text that has none yet, none of them twice; where they run short, on two pages twice."""
    texts = _texts(dialog)
    taken: dict[str, set[QWidget | None]] = {}
    for each in texts:
        if letter := _letter(each.text):
            taken.setdefault(letter, set()).add(each.page)
    for each in texts:
        if _letter(each.text):
            continue
        marked = marked_text(each.text, set(taken))
        if marked == each.text:
            marked = marked_text(each.text, {letter for letter, pages in taken.items() if pages & {None, each.page}})
        if marked != each.text:
            taken.setdefault(_letter(marked), set()).add(each.page)
            each.show(marked)


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


class _Text(NamedTuple):
    """Something written, how to write it, and the page that it is on: None, always to be seen."""

    text: str
    show: Callable[[str], object]
    page: QWidget | None


def _page_of(widget: QWidget) -> QWidget | None:
    while (around := widget.parentWidget()) is not None:
        if isinstance(around, QStackedWidget):
            return widget
        widget = around
    return None


def _texts(dialog: QDialog) -> list[_Text]:
    """What has a letter, the buttons that end the dialog first: of many choices the last may go without."""
    buttons = [button for button in dialog.findChildren(QAbstractButton) if button.text()]
    pushed = [button for button in buttons if isinstance(button, QPushButton)]
    found = [_Text(button.text(), button.setText, _page_of(button)) for button in pushed]
    for tabs in dialog.findChildren(QTabWidget):
        for index in range(tabs.count()):
            found.append(_Text(tabs.tabText(index), partial(tabs.setTabText, index), _page_of(tabs)))
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            items = (form.itemAt(row, role) for role in (_LABEL, _FIELD))
            label, field = (None if item is None else item.widget() for item in items)
            if isinstance(label, QLabel) and label.text() and field is not None:
                label.setBuddy(field)
    for label in dialog.findChildren(QLabel):
        if label.buddy() is not None:
            found.append(_Text(label.text(), label.setText, _page_of(label)))
    for slider in dialog.findChildren(NamedSlider):
        if slider.name:
            found.append(_Text(slider.name, slider.mark, _page_of(slider)))
    for other in buttons:
        if not isinstance(other, QPushButton):
            show = other.mark if isinstance(other, Chip) else other.setText
            found.append(_Text(other.text(), show, _page_of(other)))
    return found


_LABEL, _FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole
