"""Names in the library are whole: they go on in a second line rather than end in an ellipsis."""

from datetime import datetime

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QListWidgetItem

from ganstudio.gui import theme
from ganstudio.gui.library.picture_list import DETAIL, KIND, PICTURE, PictureDelegate, PictureList
from ganstudio.gui.library.presets import PresetsView
from ganstudio.gui.library.runs import ago
from ganstudio.gui.window.shell import LIBRARY_WIDTH


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
