"""The application object: what the system hands over to be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent

if TYPE_CHECKING:
    from pathlib import Path


def test_a_document_opened_with_the_program_is_asked_for(qtbot, qapp, tmp_path: Path) -> None:
    path = tmp_path / "手 写.zip"
    with qtbot.waitSignal(qapp.asked_for) as asked:
        qapp.postEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
    assert asked.args == [path]


def test_what_names_no_file_is_left_to_qt(qtbot, qapp) -> None:
    with qtbot.assertNotEmitted(qapp.asked_for, wait=50):
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl("https://localhost/a.zip")))
        qapp.sendEvent(qapp, QEvent(QEvent.Type.ApplicationFontChange))
