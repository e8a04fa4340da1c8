"""Dropped files are only read: whatever a drag proposes, it is taken as a copy, so that no source deletes them."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.gui.library.presets import DROP_HINT
from ganstudio.gui.parts.drop import DropTarget, take_copy
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.group.setup import DuelSetup

MOVE, COPY, LINK = Qt.DropAction.MoveAction, Qt.DropAction.CopyAction, Qt.DropAction.LinkAction
HOW = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)


def files(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag(target, mime, actions):
    """Enter, move and drop over a widget or a window: the three events, as their sender finds them afterwards."""
    enter = QDragEnterEvent(QPoint(20, 20), actions, mime, *HOW)
    move = QDragMoveEvent(QPoint(21, 21), actions, mime, *HOW)
    drop = QDropEvent(QPointF(21, 21), actions, mime, *HOW)
    for event in (enter, move, drop):
        event.setDropAction(MOVE if actions & MOVE else event.dropAction())
        QApplication.sendEvent(target, event)
    return enter, move, drop


@pytest.fixture
def window(qtbot, tmp_path, open_studio):
    return open_studio().window


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("x,y\n" + "".join(f"{i / 2},{i * i}\n" for i in range(50)))
    return path


@pytest.mark.parametrize("over", ["window", "its handle", "a text field"])
@pytest.mark.parametrize("actions", [MOVE | COPY, MOVE | COPY | LINK, COPY])
def test_a_move_is_taken_as_a_copy(window, qtbot, table, over, actions):
    """The system's drags reach the window's handle first; there they end, whatever lies under the pointer."""
    target = {"window": window, "its handle": window.windowHandle(), "a text field": window}[over]
    drops = window.findChild(DropTarget)
    if over == "a text field":
        field = next(w for w in window.settings.findChildren(QWidget) if w.metaObject().className() == "QLineEdit")
        assert not field.acceptDrops()
    with qtbot.waitSignal(drops.dropped) as dropped:
        events = drag(target, files(table), actions)
    assert dropped.args[0] == [table]
    assert [(event.isAccepted(), event.dropAction()) for event in events] == [(True, COPY)] * 3
    assert table.exists()


@pytest.mark.parametrize("actions", [MOVE, LINK, MOVE | LINK])
@pytest.mark.parametrize("handle", [False, True])
def test_a_source_that_offers_no_copy_is_refused(window, table, actions, handle):
    taken = []
    window.findChild(DropTarget).dropped.connect(taken.append)
    events = drag(window.windowHandle() if handle else window, files(table), actions)
    assert not any(event.isAccepted() for event in events)
    assert not taken
    assert not window.findChild(DropTarget)._veil.isVisible()


def test_nothing_inside_a_window_takes_drops_for_itself(window, qtbot, tiny):
    """A text field would accept the move of a file, for its name: in windows and dialogs only the whole takes files."""
    draw, duel = DrawDialog(None, window), DuelSetup(tiny, window)
    draw.tabs.setCurrentWidget(draw.mixture)
    for whole in (window, draw, duel):
        takers = [w for w in whole.findChildren(QWidget) if w.acceptDrops() and not w.isWindow()]
        assert [(type(w).__name__, w.accessibleName()) for w in takers] == []


def test_the_dialog_to_draw_in_takes_a_picture_as_a_copy(qtbot, tmp_path):
    from PySide6.QtGui import QImage

    picture = tmp_path / "ink.png"
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    assert image.save(str(picture))
    dialog = DrawDialog()
    qtbot.addWidget(dialog)
    enter, _, drop = drag(dialog, files(picture), MOVE | COPY)
    assert (enter.isAccepted(), enter.dropAction()) == (True, COPY)
    assert (drop.isAccepted(), drop.dropAction()) == (True, COPY)
    _, _, drop = drag(dialog, files(picture), MOVE)
    assert not drop.isAccepted()
    assert picture.exists()


def test_files_that_were_cut_are_read_where_they_lie(window, qtbot, table):
    """Whoever pastes cut files is to move them; we never do, and the clipboard stays as it is."""
    mime = files(table)
    mime.setData("x-special/gnome-copied-files", b"cut\n" + table.as_uri().encode())
    mime.setData("application/x-kde-cutselection", b"1")
    QGuiApplication.clipboard().setMimeData(mime)
    window.actions_by_id["paste"].trigger()
    qtbot.waitUntil(lambda: window._rooms.data.desk.ready)
    assert table.exists()
    assert bytes(QGuiApplication.clipboard().mimeData().data("application/x-kde-cutselection")) == b"1"
    QGuiApplication.clipboard().clear()  # what Python made must not be left for Qt to delete when Python has ended


def test_no_other_code_takes_a_drop_as_proposed():
    from tests.test_house import SOURCES

    assert take_copy.__module__ == "ganstudio.gui.parts.drop"
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        assert "acceptProposedAction" not in source, path
        # What is dragged out of the window is a copy in a file of its own.
        assert "QDrag(" not in source or "drag.exec(Qt.DropAction.CopyAction)" in source, path


def test_the_veil_names_all_that_the_library_says_can_be_dropped(window):
    veil = window.findChild(DropTarget)._veil.text()
    kinds = DROP_HINT.removeprefix("Drop ").removesuffix(" anywhere")
    assert "MIDI" in kinds
    assert "text" in kinds
    assert kinds in veil
