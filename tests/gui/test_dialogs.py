"""All dialogs by keyboard: Tab goes as the eye does, and each button and field has a letter of its own."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLabel, QTabWidget

from ganstudio import gui
from ganstudio.experiment import Experiment
from ganstudio.gui.exporting.dialog import ExportDialog
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.perform.osc_dialog import OscDialog
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.group.setup import DuelSetup
from ganstudio.gui.window.help import About, shortcuts
from ganstudio.modalities import Points

DIALOGS = {
    "DuelSetup": lambda: DuelSetup(Experiment(name="ring")),
    "DrawDialog": DrawDialog,
    "ExportDialog": lambda: ExportDialog(Points(), None, first="samples", why_not={}),
    "OscDialog": lambda: OscDialog(None, on=False, host="127.0.0.1", port=9000, addresses=["/play"]),
    "Page": shortcuts,
    "About": lambda: About(Path()),
}


def test_these_are_all_the_dialogs_there_are():
    for module in pkgutil.walk_packages(gui.__path__, "ganstudio.gui."):
        importlib.import_module(module.name)
    ours = {kind.__name__ for kind in Dialog.__subclasses__() if kind.__module__.startswith("ganstudio.")}
    assert ours == set(DIALOGS), "a dialog is walked here too: add how it is made"
    sources = Path(gui.__file__).parent.rglob("*.py")
    bare = [path.name for path in sources if re.search(r"class \w+\(QDialog\)", path.read_text(encoding="utf-8"))]
    assert bare == ["dialog.py"], "a dialog is a Dialog, which Tab goes through as the eye does"


@pytest.fixture(params=[(name, page) for name in DIALOGS for page in (0, 1)], ids=lambda each: f"{each[0]}-{each[1]}")
def dialog(request, qtbot):
    """Each dialog at each of its pages."""
    name, page = request.param
    dialog = DIALOGS[name]()
    tabs = dialog.findChild(QTabWidget)
    if page and tabs is None:
        pytest.skip("it has one page")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    if tabs is not None:
        tabs.setCurrentIndex(page)
    return dialog


def test_tab_goes_through_it_as_the_eye_does(dialog):
    found = []
    while (focused := QApplication.focusWidget()) not in found:
        if focused is not None and focused is not dialog:
            found.append(focused)
        QTest.keyClick(focused or dialog, Qt.Key.Key_Tab)
        assert len(found) < 100
    found = found[found.index(focused) :]  # where it came round
    boxes = [QRect(each.mapTo(dialog, QPoint()), each.size()) for each in found]
    assert len(found) >= 2
    first = min(range(len(boxes)), key=lambda at: (boxes[at].y() // 20, boxes[at].x()))
    boxes = boxes[first:] + boxes[:first]
    for at, box in enumerate(boxes):
        for later in boxes[at + 1 :]:
            above = later.bottom() < box.top() and later.left() <= box.right() and box.left() <= later.right()
            assert not above, f"{later} comes after {box}, and stands above it"
            before = later.right() < box.left() and later.top() <= box.center().y() <= later.bottom()
            assert not before, f"{later} comes after {box}, and stands left of it"


def test_each_button_and_field_has_a_letter_of_its_own(dialog):
    texts = [button.text() for button in dialog.findChildren(QAbstractButton) if button.text() and button.isVisible()]
    texts += [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None and label.isVisible()]
    texts += [tabs.tabText(k) for tabs in dialog.findChildren(QTabWidget) for k in range(tabs.count())]
    letters = [re.sub("&&", "", text).partition("&")[2][:1].casefold() for text in texts]
    assert texts
    assert all(letters), texts
    assert len(set(letters)) == len(letters), texts


def test_a_chip_s_letter_presses_it(qtbot):
    dialog = DrawDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    dialog.tabs.setCurrentIndex(0)
    chip = dialog.brush.eraser_chip
    assert not chip.isChecked()
    letter = chip.text().partition("&")[2][0]
    QTest.keyClick(dialog, getattr(Qt.Key, f"Key_{letter.upper()}"), Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(chip.isChecked)  # as a button that is pressed by its letter, it is seen to go down first


def test_its_numbers_stand_clear_of_the_edge(dialog):
    for box in dialog.findChildren(QAbstractSpinBox):
        assert box.lineEdit().textMargins().left() >= 5


def test_it_is_no_larger_than_its_screen(dialog):
    room = dialog.screen().availableSize() - QSize(8, 40)
    assert dialog.size().boundedTo(room) == dialog.size()
    dialog.hide()
    dialog.resize(5000, 5000)
    dialog.show()
    assert dialog.size().boundedTo(room) == dialog.size()


def test_no_system_puts_pictures_on_some_of_a_dialog_s_buttons():
    assert "QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }" in theme.stylesheet()
