"""Names in the library are whole: they go on in a second line rather than end in an ellipsis; others are told by the
mouse where they are cut."""

from datetime import datetime

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QListWidgetItem, QToolTip

from ganstudio.gui.library.picture_list import DETAIL, KIND, PICTURE, PictureDelegate, PictureList
from ganstudio.gui.library.presets import PresetsView
from ganstudio.gui.library.runs import ago
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.alerts import AlertsView
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.plane.arrows import VanishingGauge
from ganstudio.gui.rooms.group.wall import TileWall
from ganstudio.gui.rooms.measures.heat_table import Cell, HeatTable
from ganstudio.gui.window.shell import LIBRARY_WIDTH
from ganstudio.measurements.alerts import Alert


@pytest.fixture
def drawn(monkeypatch):
    """Every text that is drawn: its words, the rectangle that it was given, and the font."""
    found = []
    original = QPainter.drawText

    def draw(painter, *how):
        rect = next((each for each in how if isinstance(each, QRect)), None)
        found.append((next(each for each in how if isinstance(each, str)), rect, QFont(painter.font())))
        return original(painter, *how)

    monkeypatch.setattr(QPainter, "drawText", draw)
    return found


def room(text, rect, font):
    """Whether the text, wrapped, has room in the rectangle."""
    needed = QFontMetrics(font).boundingRect(QRect(0, 0, rect.width(), 1000), Qt.TextFlag.TextWordWrap.value, text)
    return needed.width() <= rect.width() and needed.height() <= rect.height()


@pytest.mark.parametrize("width", [LIBRARY_WIDTH, 202, 320])
def test_presets_are_called_by_their_whole_names(qtbot, drawn, width):
    view = PresetsView()
    qtbot.addWidget(view)
    view.resize(width, 700)
    with qtbot.waitExposed(view):
        view.show()
    for card in view.cards.values():
        drawn.clear()
        card.grab()
        ((text, rect, font),) = drawn
        assert text == card.text()
        assert room(text, rect, font)
        assert card.rect().contains(rect)


NAMES = ["Ring", "EBGAN drawn digits", "my_long_named_set-of.images", "Two moons with a few more words of mine"]


@pytest.mark.parametrize("width", [200, LIBRARY_WIDTH, 320])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["", "Seed band · 16"])
def test_runs_have_their_names_and_times_whole(qtbot, drawn, width, name, kind):
    view = PictureList()
    view.setItemDelegate(PictureDelegate(view))
    qtbot.addWidget(view)
    item = QListWidgetItem(name)
    detail = f"step 1,234,567 · {ago(datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 32))}"
    item.setData(DETAIL, detail)
    item.setData(KIND, kind or None)
    item.setData(Qt.ItemDataRole.DecorationRole, QImage())
    view.addItem(item)
    view.addItem(QListWidgetItem(item))
    view.resize(width, 400)
    with qtbot.waitExposed(view):
        view.show()
    drawn.clear()
    view.viewport().grab()
    first = drawn[: len(drawn) // 2]
    assert [text.replace("\u200b", "") for text, _, _ in first] == [name, detail, *([kind] if kind else [])]
    assert all(room(*each) for each in first)
    box = view.visualItemRect(item)
    rect = first[0][1]
    heights = sum(
        QFontMetrics(font).boundingRect(QRect(0, 0, rect.width(), 1000), Qt.TextFlag.TextWordWrap.value, text).height()
        for text, _, font in first
    )
    assert heights <= rect.height()  # none is over another
    assert box.contains(rect)
    assert PICTURE.height() < box.height() < 200
    assert first[1][2].pixelSize() >= theme.FONT_SMALL


LONG = "a code whose name goes on for longer than there is room"


@pytest.mark.parametrize("name", [LONG, "<b>a & b</b>", "short"])
def test_heads_of_a_heat_table_that_are_cut_are_told_by_the_mouse(qtbot, drawn, name):
    cells = [[Cell(0.5, "0.50", "(0.01)"), Cell(0.1, "0.10")]]
    table = HeatTable([(name, "#ffffff")], [(name, "H = 1.10"), ("width", "")], cells, "Information")
    qtbot.addWidget(table)
    table.resize(table.minimumSizeHint())
    with qtbot.waitExposed(table):
        table.show()
    drawn.clear()
    table.grab()
    if name == LONG:
        assert [text for text, *_ in drawn if text.endswith("…")] == [
            text for text, *_ in drawn if text[:6] == LONG[:6]
        ]
    places = {
        QPoint(40, table.height() - 12): name,
        QPoint(140, 8): f"{name} H = 1.10",
        QPoint(140, table.height() - 12): f"{name}, {name} H = 1.10: 0.50 (0.01)",
        QPoint(4, 4): "Information",
    }
    for place, told in places.items():
        assert table.tip_at(place) == told
    QApplication.sendEvent(table, QHelpEvent(QEvent.Type.ToolTip, QPoint(40, table.height() - 12), QPoint(0, 0)))
    assert QToolTip.text().replace("\u2060", "") == name
    assert not QtGui.Qt.mightBeRichText(QToolTip.text())


@pytest.mark.parametrize("name", [LONG, "<b>a & b</b>"])
def test_tiles_of_games_tell_their_names_before_anything_is_known_of_them(qtbot, name):
    wall = TileWall()
    qtbot.addWidget(wall)
    wall.open([name, "other"], [("#ffffff", "#ffffff")] * 2, np.zeros((4, 2), np.float32), (-1, 1, -1, 1))
    tip = wall.tiles[0].toolTip()
    assert tip.replace("\u2060", "") == name
    assert not QtGui.Qt.mightBeRichText(tip)


def test_words_that_may_find_no_room_are_told_by_the_mouse(qtbot):
    gauge = VanishingGauge()
    qtbot.addWidget(gauge)
    for ratio in (0.5, 0.001, 1.0):
        gauge.set_ratio(ratio)
        assert gauge.toolTip().splitlines()[0] == gauge.text
    alerts = AlertsView()
    qtbot.addWidget(alerts)
    alerts.show_alerts((Alert(kind="collapse", title=LONG, evidence="one of 8 modes", advice="try", step=3),))
    (pill,) = (chip for chip in alerts.findChildren(Chip) if chip.text() == LONG)
    assert pill.toolTip().splitlines() == [LONG, "one of 8 modes"]
