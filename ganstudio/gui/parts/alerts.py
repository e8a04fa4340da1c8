"""What is wrong with the game, as pills above the curves, and how much of a mixture G reaches, in a line."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.chips import Chip, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.text import glossary
from ganstudio.gui.text.plain import plain_tip
from ganstudio.scalars import counted
from ganstudio.training.records.estimates import current_until

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent

    from ganstudio.measurements import ModeCoverage
    from ganstudio.measurements.alerts import Alert

QUIET = "No alarms"
POPOVER_WIDTH = 340
_ICON, _PAD, _GAP = 14, 8, 5
# The amber of the banner of settings that wait: a warning, and darker than the points that G makes.
_GROUND, _HOVER, _EDGE = "#2b2a24", "#38342a", "#7d6432"


class AlertsView(QWidget):
    """A pill for each alert; a click tells its evidence and what to try. It keeps its height when all is well."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = muted_label(QUIET)
        self._quiet.setToolTip(glossary.told("alarms"))
        self._pills: dict[str, _Pill] = {}
        self._popover = Popover(self)
        self._flow = FlowLayout(self._quiet)
        self.setLayout(self._flow)
        self._quiet.setMinimumHeight(_Pill("").sizeHint().height())

    def show_alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Show what holds now. An alert that is being read is kept up to date, and stays readable once it is over."""
        kinds = [alert.kind for alert in alerts]
        for kind in self._pills.keys() - set(kinds):
            pill = self._pills.pop(kind)
            self._popover.forget(pill)
            pill.hide()
            pill.deleteLater()
        for alert in alerts:
            self._tell(alert)
        self._flow.fill(self._quiet, *(self._pills[kind] for kind in kinds))  # the gravest first
        for pill in self._pills.values():
            pill.show()
        self._quiet.setVisible(not alerts)

    def _tell(self, alert: Alert) -> None:
        pill = self._pills.get(alert.kind)
        if pill is None:
            pill = self._pills[alert.kind] = _Pill(alert.title)
            pill.clicked.connect(lambda _checked=False, pill=pill: self._popover.toggle(pill))
        pill.tell(alert)
        if self._popover.isVisible() and self._popover.kind == alert.kind:
            self._popover.tell(alert)


class Popover(QFrame):
    """One alert at length, over the window that it is opened in. A click elsewhere or Escape closes it.

    It is no window of its own: those take the keyboard from the whole desktop, and Wayland places them as it likes.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._pill: _Pill | None = None
        self.setObjectName("alertPopover")
        self.setStyleSheet(
            f"#alertPopover {{ background: {theme.RAISED}; border: 1px solid {_EDGE}; border-radius: 0; }}"
        )
        self.kind = ""
        self._title, self._since = QLabel(), muted_label()
        self._evidence, self._advice = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._title.setProperty("role", "heading")
        for label in (self._evidence, self._advice):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._advice.setProperty("role", "muted")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._since)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(head)
        layout.addWidget(self._evidence)
        layout.addWidget(self._advice)
        self.setFixedWidth(POPOVER_WIDTH)

    def tell(self, alert: Alert) -> None:
        """Show this alert."""
        self.kind = alert.kind
        self._title.setText(alert.title)
        self._since.setText(f"since {step_text(alert.step)}")
        self._evidence.setText(f"{alert.evidence}.")
        self._advice.setText(alert.advice)
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.totalHeightForWidth(POPOVER_WIDTH))

    def text(self) -> str:
        """All that is shown, a line each."""
        return "\n".join(label.text() for label in (self._title, self._since, self._evidence, self._advice))

    def toggle(self, pill: _Pill) -> None:
        """Show a pill's alert below it, within the window; or close it."""
        if self.isVisible() and self.kind == pill.alert.kind:
            self.hide()
            return
        self._pill = pill
        window = pill.window()
        self.setParent(window)
        self.tell(pill.alert)
        where = QRect(pill.mapTo(window, QPoint(0, pill.height() + 4)), self.size())
        if where.bottom() > window.height():
            where.moveBottom(pill.mapTo(window, QPoint(0, -4)).y())
        where.moveLeft(max(0, min(where.left(), window.width() - where.width())))
        self.move(where.topLeft())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def forget(self, pill: _Pill) -> None:
        """Let go of a pill that is going away; what it told may be read on."""
        if self._pill is pill:
            self._pill = None

    def showEvent(self, event: QShowEvent) -> None:
        """Watch for clicks elsewhere."""
        super().showEvent(event)
        self.window().windowHandle().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Watch no more."""
        super().hideEvent(event)
        if (handle := self.window().windowHandle()) is not None:
            handle.removeEventFilter(self)

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:
        """A press elsewhere in the window closes it; one on the pill is the pill's to answer."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            inside = self._holds(self, event) or (self._pill is not None and self._holds(self._pill, event))
            if not inside:
                self.hide()
        return False

    @staticmethod
    def _holds(widget: QWidget, event: QMouseEvent) -> bool:
        return widget.isVisible() and widget.rect().contains(widget.mapFromGlobal(event.globalPosition()).toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class _Pill(Chip):
    """An amber button with a warning sign; its tip is the evidence."""

    alert: Alert

    def __init__(self, title: str) -> None:
        super().__init__(title, "")
        self.setCheckable(False)

    def tell(self, alert: Alert) -> None:
        """Stand for this alert."""
        self.alert = alert
        if alert.title != self.text():  # which names the games, where there are several
            self.setText(alert.title)
            self.setAccessibleName(alert.title)
            self.updateGeometry()
        self.setToolTip(plain_tip(f"{alert.title}\n{alert.evidence}"))  # there may be no room for the title
        self.setAccessibleDescription(f"{alert.evidence}. {alert.advice}")

    def sizeHint(self) -> QSize:
        """Room for the sign and the title."""
        return super().sizeHint() + QSize(_ICON + _GAP, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill, the sign and the title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ringed = self.hasFocus() and self._ringed
        painter.setPen(QPen(QColor(theme.FOCUS if ringed else _EDGE), 1))
        painter.setBrush(QColor(_HOVER if self.underMouse() or self.isDown() else _GROUND))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        sign = icons.pixmap("warning", theme.FAKE, _ICON, self.devicePixelRatio())
        painter.drawPixmap(_PAD, (self.height() - _ICON) // 2, sign)
        painter.setPen(QColor(theme.TEXT))
        room = self.rect().adjusted(_PAD + _ICON + _GAP, 0, 4 - _PAD, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class CoverageReadout(QLabel):
    """8 of 8 modes · 97.1 % high quality · rKL 0.003; empty where p_data is no mixture with known modes."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "muted")
        self._looks: deque[int] = deque(maxlen=4)
        self._variants: tuple[str, ...] = ("",)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.stale = False
        self.setToolTip(glossary.told("coverage"))
        self.hide()

    def show_coverage(self, coverage: ModeCoverage | None, total: int, step: int = 0) -> None:
        """Show what was reached of ``total`` modes at a step; None: nothing is known, or there are no modes."""
        self.setVisible(coverage is not None)
        self._set_stale(False)
        if coverage is None:
            self.clear()
            self._looks.clear()
            return
        self._looks.append(step)
        spread = coverage_text(coverage, total).rpartition(" · ")[2]
        at = step_text(step)
        self._variants = (
            f"{coverage_text(coverage, total)} · {at}",
            f"{coverage.modes} of {counted(total, 'mode')} · {100 * coverage.high_quality:.1f} % · {spread} · {at}",
            f"{coverage.modes} of {counted(total, 'mode')} · {at}",
        )
        self.setAccessibleName(self._variants[0])
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        return QSize(self._needed(self._variants[0]), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for what counts most."""
        return QSize(self._needed(self._variants[-1]), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitting = (words for words in self._variants if self._needed(words) <= self.width())
        self.setText(next(fitting, self._variants[-1]))

    def _needed(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 2

    def show_step(self, step: int) -> None:
        """Grey what is shown once training has gone on past the look that it is of."""
        if self._looks:
            self._set_stale(step > current_until(np.array(self._looks, float))[-1])

    def _set_stale(self, stale: bool) -> None:
        if stale != self.stale:
            self.stale = stale
            self.setStyleSheet(f"color: {theme.STALE};" if stale else "")


def coverage_text(coverage: ModeCoverage, total: int) -> str:
    """What is reached of ``total`` modes, in a line."""
    spread = "–" if coverage.mode_kl is None else f"{coverage.mode_kl:.3f}"
    quality = f"{100 * coverage.high_quality:.1f} % high quality"
    return f"{coverage.modes} of {counted(total, 'mode')} · {quality} · rKL {spread}"
