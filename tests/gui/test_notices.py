"""News lies over the window, moves nothing aside, and goes by itself; what is asked or went wrong stays."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui.parts import notices
from ganstudio.gui.parts.notices import NoticeBar


@pytest.fixture
def page(qtbot):
    page = QWidget()
    page.resize(800, 400)
    layout = QVBoxLayout(page)
    layout.addWidget(QWidget(objectName="content"))
    page.bar = NoticeBar(page)
    page.bar.place_in(QRect(100, 50, 600, 350))
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(notices, "GOES_MS", 20)
    monkeypatch.setattr(notices, "LETTER_MS", 0)


def test_it_lies_in_its_place_and_moves_nothing(page):
    content = page.findChild(QWidget, "content")
    before = content.geometry()
    for text in ("Saved.", "A long word or two about what has happened. " * 12):
        page.bar.show_notice(text, "a file\nanother", offers={"Do": lambda: None})
        assert content.geometry() == before
        assert QRect(100, 50, 600, 350).contains(page.bar.geometry())
        label = page.bar._text
        assert label.height() >= label.heightForWidth(label.width())
    page.bar._more.click()
    assert page.bar._details.isVisible()
    assert page.bar.rect().contains(page.bar._details.geometry())
    assert page.rect().contains(page.bar.geometry())


def test_news_goes_by_itself(page, soon, qtbot):
    page.bar.show_notice("Step 100 is saved.")
    assert page.bar.text() == "Step 100 is saved."
    qtbot.waitUntil(lambda: not page.bar.isVisible())
    assert page.bar.text() == ""


def test_long_news_stays_longer(page):
    times = []
    for text in ("Saved.", "Saved, and there is much more to say of it. " * 3):
        page.bar.show_notice(text)
        times.append(page.bar._going.interval())
    assert times == [4000 + 6 * 60, 4000 + 132 * 60]


@pytest.mark.parametrize(
    "more", [{"wrong": True}, {"details": "files"}, {"offers": {"Do": lambda: None}}], ids=lambda more: next(iter(more))
)
def test_what_is_asked_or_went_wrong_stays_also_after_news(page, soon, qtbot, more):
    page.bar.show_notice("News.")
    page.bar.show_notice("Something.", **more)
    with qtbot.assertNotEmitted(page.bar._going.timeout, wait=80):
        pass
    assert page.bar.isVisible()
    qtbot.keyClick(page.bar, Qt.Key.Key_Escape)
    assert not page.bar.isVisible()


def test_news_does_not_go_from_under_the_keyboard(page, soon, qtbot):
    page.bar.show_notice("News.")
    page.bar._close.setFocus()
    with qtbot.waitSignal(page.bar._going.timeout):
        pass
    assert page.bar.isVisible()
    page.bar._close.clearFocus()
    qtbot.waitUntil(lambda: not page.bar.isVisible())


def test_the_window_keeps_its_places_and_shows_news_over_the_middle(studio):
    shell = studio.window.shell
    places = [shell.transport, shell.library, shell.middle()]
    before = [QRect(each.mapTo(shell, QPoint()), each.size()) for each in places]
    studio.window.teller.tell("Something is wrong. " * 10, "more", wrong=True, offers={"Do": lambda: None})
    studio.window.resize(1200, 700)
    studio.window.resize(1440, 900)
    studio.wait(lambda: [QRect(each.mapTo(shell, QPoint()), each.size()) for each in places] == before)
    assert before[2].contains(shell.notices.geometry())
    assert shell.childAt(shell.notices.geometry().center()) in (shell.notices, *shell.notices.findChildren(QWidget))
