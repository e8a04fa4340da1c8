"""The strip of alerts, and the line on the modes."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.alerts import QUIET, AlertsView, CoverageReadout
from ganstudio.measurements import ModeCoverage
from ganstudio.measurements.alerts import TITLES, Alert


def alert(kind, evidence="G reaches 2 of 8 modes", step=1200):
    return Alert(kind=kind, step=step, title=TITLES[kind], evidence=evidence, advice="Try instance noise of 0.3.")


COLLAPSE, PERFECT, SWING = (alert(kind) for kind in ("mode_collapse", "perfect_discriminator", "oscillation"))


@pytest.fixture
def strip(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    view = AlertsView()
    layout = QVBoxLayout(page)
    layout.addWidget(view)
    layout.addStretch(1)
    page.resize(460, 200)
    with qtbot.waitExposed(page):
        page.show()
    view.page = page  # which owns it
    return view


def titles(strip):
    """Of the pills that are seen, from left to right."""
    shown = [pill for pill in strip._pills.values() if pill.isVisible()]
    return [pill.text() for pill in sorted(shown, key=lambda pill: pill.x())]


def test_all_is_well(strip):
    strip.show_alerts(())
    assert (strip._quiet.text(), strip._quiet.isVisible(), titles(strip)) == (QUIET, True, [])


def test_pills_come_and_go_in_order_and_the_strip_keeps_its_height(strip, qtbot):
    height = strip.height()
    for alerts in [(COLLAPSE,), (PERFECT, COLLAPSE, SWING), (PERFECT, SWING), (), (SWING,)]:
        strip.show_alerts(alerts)
        qtbot.waitUntil(lambda alerts=alerts: titles(strip) == [each.title for each in alerts])
        assert strip._quiet.isVisible() == (not alerts)
        assert strip.height() == height


def test_a_click_tells_the_evidence_and_what_to_try(strip, qtbot):
    strip.show_alerts((COLLAPSE,))
    qtbot.mouseClick(strip._pills["mode_collapse"], Qt.MouseButton.LeftButton)
    popover = strip._popover
    assert popover.isVisible()
    assert popover.text().split("\n") == [
        "Mode collapse",
        "since step 1,200",
        "G reaches 2 of 8 modes.",
        "Try instance noise of 0.3.",
    ]
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_a_click_elsewhere_closes_it_and_so_does_one_on_the_pill(strip, qtbot):
    strip.show_alerts((COLLAPSE,))
    qtbot.waitUntil(lambda: titles(strip) == ["Mode collapse"] and not strip._quiet.isVisible())
    strip.layout().activate()
    pill, window = strip._pills["mode_collapse"], strip.page.windowHandle()

    def click(at):
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        return strip._popover.isVisible()

    on_pill = pill.mapTo(strip.page, pill.rect().center())
    assert click(on_pill)
    assert click(strip._popover.geometry().center())
    assert not click(QPoint(450, 195))
    assert click(on_pill)
    assert not click(on_pill)


def test_what_is_being_read_keeps_up_and_outlives_its_alert(strip, qtbot):
    strip.show_alerts((COLLAPSE, SWING))
    qtbot.mouseClick(strip._pills["mode_collapse"], Qt.MouseButton.LeftButton)
    strip.show_alerts((alert("mode_collapse", "G reaches 3 of 8 modes"), alert("oscillation", "It swings")))
    assert "3 of 8" in strip._popover.text()
    strip.show_alerts(())
    assert strip._popover.isVisible()
    assert "3 of 8" in strip._popover.text()
    QTest.mouseClick(strip.page.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(450, 195))
    assert not strip._popover.isVisible()


def test_longer_news_needs_more_room(strip, qtbot):
    strip.show_alerts((COLLAPSE,))
    qtbot.mouseClick(strip._pills["mode_collapse"], Qt.MouseButton.LeftButton)
    before = strip._popover.height()
    strip.show_alerts((alert("mode_collapse", "G reaches few of its modes, and " * 8 + "that is all"),))
    assert strip._popover.height() > before + 20


def test_the_popover_stays_in_the_window(strip, qtbot):
    strip.show_alerts((PERFECT, COLLAPSE, SWING))
    qtbot.waitUntil(lambda: len(titles(strip)) == 3)
    qtbot.mouseClick(strip._pills["oscillation"], Qt.MouseButton.LeftButton)
    assert strip.page.rect().contains(strip._popover.geometry())


def test_pills_give_way_to_a_narrow_window(strip):
    strip.show_alerts((PERFECT, COLLAPSE, SWING))
    assert strip.minimumSizeHint().width() < 180


@pytest.mark.parametrize(
    ("kl", "told"),
    [(0.0031, "7 of 8 modes · 97.1 % high quality · rKL 0.003"), (None, "7 of 8 modes · 97.1 % high quality · rKL –")],
)
def test_the_coverage_is_told(qtbot, kl, told):
    readout = CoverageReadout()
    qtbot.addWidget(readout)
    reached = ModeCoverage(modes=7, modes_strict=6, high_quality=0.9714, mode_kl=kl, counts=(1,) * 8)
    readout.resize(600, 20)
    readout.show_coverage(reached, 8, 12_300)
    assert readout.text() == f"{told} · step 12,300"
    readout.show_coverage(None, 0)
    assert readout.text() == ""
    assert readout.isHidden()


def test_a_look_that_training_has_left_behind_is_greyed(qtbot):
    readout = CoverageReadout()
    qtbot.addWidget(readout)
    reached = ModeCoverage(modes=7, modes_strict=6, high_quality=0.97, mode_kl=0.1, counts=(1,) * 8)
    for step in range(10_000, 10_800, 200):
        readout.show_coverage(reached, 8, step)
    readout.show_step(11_000)
    assert not readout.stale
    readout.show_step(11_200)
    assert readout.stale
    assert theme.STALE in readout.styleSheet()
    readout.show_coverage(reached, 8, 11_200)
    assert not readout.stale


def test_greyed_words_have_contrast_enough():
    def luminance(name: str) -> float:
        """Relative luminance as WCAG 2 defines it."""
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in QColor(name).getRgbF()
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ground in (theme.BACKGROUND, theme.SURFACE):
        ratio = (luminance(theme.STALE) + 0.05) / (luminance(ground) + 0.05)
        assert 4.5 <= ratio < (luminance(theme.MUTED) + 0.05) / (luminance(ground) + 0.05)


def test_a_narrow_readout_of_coverage_says_what_counts_most_whole(qtbot):
    readout = CoverageReadout()
    qtbot.addWidget(readout)
    reached = ModeCoverage(modes=7, modes_strict=6, high_quality=0.9714, mode_kl=0.1, counts=(1,) * 8)
    readout.show_coverage(reached, 8, 12_300)
    for width in range(readout.minimumSizeHint().width(), readout.sizeHint().width() + 10, 5):
        readout.resize(width, 20)
        assert readout.fontMetrics().horizontalAdvance(readout.text()) <= width
        assert readout.text().startswith("7 of 8 modes")
        assert readout.text().endswith("step 12,300")
    assert readout.text() == readout.accessibleName()
    assert "high quality" in readout.text()
