"""What is wrong and how much of the data G reaches: in one row, or in two where it is too narrow for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ganstudio.gui.parts.alerts import AlertsView, CoverageReadout


class ToldRow(QWidget):
    """Alerts at the left, the readout at the right, which says less where that keeps both in one row."""

    def __init__(self, alerts: AlertsView, coverage: CoverageReadout) -> None:
        super().__init__()
        self._alerts, self._coverage = alerts, coverage
        self._high = 0
        for part in (alerts, coverage):
            part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Both in one row."""
        width = self._alerts.sizeHint().width()
        if not self._coverage.isHidden():
            width += theme.SPACING + self._coverage.sizeHint().width()
        return QSize(width, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """The wider of the two, and the height that they take at the width that there is."""
        shown = [each for each in (self._alerts, self._coverage) if not each.isHidden()]
        width = max(each.minimumSizeHint().width() for each in shown)
        return QSize(width, self.heightForWidth(max(self.width(), width)))

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of one row or two."""
        return max(place.bottom() + 1 for place in self._places(width))

    def _places(self, width: int) -> tuple[QRect, QRect]:
        wanted, least = self._coverage.sizeHint(), self._coverage.minimumSizeHint()
        one = self._alerts.sizeHint().width()
        high = self._alerts.heightForWidth(width)
        if self._coverage.isHidden():
            return QRect(0, 0, width, high), QRect()
        if (room := width - one - theme.SPACING) >= least.width():
            said = min(wanted.width(), room)
            return QRect(0, 0, one, high), QRect(width - said, (high - wanted.height()) // 2, said, wanted.height())
        return QRect(0, 0, width, high), QRect(0, high + 2, min(wanted.width(), width), wanted.height())

    def _place(self) -> None:
        for part, place in zip((self._alerts, self._coverage), self._places(self.width()), strict=True):
            part.setGeometry(place)
        if (high := self.heightForWidth(self.width())) != self._high:
            self._high = high
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put both into their places."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Another alert, or another readout, needs other room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
            self.updateGeometry()
        return super().event(event)
