"""Pages that are scrolled where they are higher than their place."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganstudio.gui.parts.scrolled import Scrolled


def test_the_bar_that_comes_takes_no_width_from_the_page(qtbot):
    """The column gets wider by it, and gives that back when the bar goes."""
    page, rest, window = QWidget(), QWidget(), QWidget()
    page.setMinimumSize(300, 400)
    column = Scrolled(page)
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(column, 0)
    row.addWidget(rest, 1)
    qtbot.addWidget(window)
    window.resize(800, 500)
    window.show()
    bar = column.verticalScrollBar()
    qtbot.waitUntil(lambda: not bar.isVisible() and column.width() == 300)
    window.resize(800, 200)
    qtbot.waitUntil(lambda: bar.isVisible() and column.viewport().width() >= page.width() >= 300)
    assert column.width() == 300 + bar.width()
    window.resize(800, 500)
    qtbot.waitUntil(lambda: not bar.isVisible() and column.width() == 300)
