"""Pages of which one is shown: what is hidden takes no room from what is seen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ganstudio.gui.parts.one_page import OnePage


def test_a_hidden_page_needs_no_room(qtbot) -> None:
    pages = OnePage()
    qtbot.addWidget(pages)
    for height in (50, 500):
        page = QWidget()
        page.setMinimumHeight(height)
        pages.addWidget(page)
    assert pages.minimumSizeHint().height() == 50
    pages.setCurrentIndex(1)
    assert pages.minimumSizeHint().height() == 500


def test_the_view_of_samples_that_is_seen_says_how_much_room_they_need(studio) -> None:
    assert isinstance(studio.scene.samples.parentWidget(), OnePage)
