"""What stands around and over a plot's curves: numbers of the axes, lines, the legend with its values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.dashes import Dashed

LEFT, RIGHT, TOP, BOTTOM = 50, 12, 24, 6
X_AXIS = 18
_LINE = 18  # pixels of a line in the legend: more than a dash of the longest and its gap
_APART = 12
"""Pixels between two labels of an axis at least."""
_PLATE = 0.85
"""Opacity of the ground under words that stand over curves."""

Entry = tuple[str, str, str, str]
"""Of a curve: colour, name, value, and the detail that is left out first. In ``theme.STALE`` the value is grey too."""
Places = Iterable[tuple[float, str]]
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | _MIDDLE


def small(font: QFont) -> QFont:
    """The font of a plot's words."""
    made = QFont(font)
    made.setPixelSize(theme.FONT_SMALL)
    return made


def y_axis(painter: QPainter, rect: QRect, places: Places) -> None:
    """Labels at heights beside the plot ``rect``; in a low one those between the outermost give way."""
    painter.setPen(QColor(theme.MUTED))
    seen = [(y, label) for y, label in places if rect.top() - 1 <= y <= rect.bottom() + 2]
    taken: list[float] = []
    for y, label in (*seen[:1], *seen[1:][-1:], *seen[1:-1]):
        if all(abs(y - other) >= _APART for other in taken):
            taken.append(y)
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), _RIGHT, label)


def x_axis(painter: QPainter, rect: QRect, name: str, places: Places) -> None:
    """Labels below the plot ``rect``, the axis' name to their left; the outermost are moved in rather than cut."""
    painter.setPen(QColor(theme.MUTED))
    metrics = QFontMetrics(painter.font())
    top = rect.bottom() + 3
    painter.drawText(QRectF(0, top, LEFT - 10, X_AXIS), _RIGHT, name)
    for place, label in places:
        half = metrics.horizontalAdvance(label) / 2 + 2
        x = min(max(place, LEFT + half - 4), rect.right() + RIGHT - half)
        painter.drawText(QRectF(x - half, top, 2 * half, X_AXIS), Qt.AlignmentFlag.AlignCenter, label)


def lines(painter: QPainter, rect: QRect, levels: list[float], marks: list[float], crosshair: float | None) -> None:
    """Over the plot ``rect``: dashed levels at heights, dotted marks and the crosshair at horizontal positions."""
    painter.setClipRect(rect)
    painter.setPen(QPen(QColor(theme.DISABLED), 1, Qt.PenStyle.DashLine))
    for y in map(round, levels):
        painter.drawLine(rect.left(), y, rect.right(), y)
    painter.setPen(QPen(QColor(theme.MUTED), 1, Qt.PenStyle.DotLine))
    for x in map(round, marks):
        painter.drawLine(x, rect.top(), x, rect.bottom())
        painter.fillRect(x - 2, rect.top(), 5, 5, QColor(theme.MUTED))
    if crosshair is not None:
        painter.setPen(QPen(QColor(theme.TEXT), 1))
        painter.drawLine(round(crosshair), rect.top(), round(crosshair), rect.bottom())
    painter.setClipping(False)


def message(painter: QPainter, rect: QRect, hint: str, note: str) -> None:
    """A hint in the middle of the plot ``rect``; without one, the note in its upper right corner, on a plate."""
    painter.setPen(QColor(theme.MUTED))
    flags = Qt.TextFlag.TextWordWrap.value
    if hint:
        painter.drawText(rect, flags | Qt.AlignmentFlag.AlignCenter.value, hint)
    elif note:
        flags |= Qt.AlignmentFlag.AlignRight.value | Qt.AlignmentFlag.AlignTop.value
        room = rect.adjusted(LEFT, 4, -8, -4)
        plate = painter.boundingRect(room, flags, note).adjusted(-5, -2, 5, 2).intersected(rect)
        background = QColor(theme.SURFACE)
        background.setAlphaF(_PLATE)
        painter.fillRect(plate, background)
        painter.drawText(room, flags, note)


def _swatch(painter: QPainter, x: int, colour: str) -> None:
    """A square for a line without gaps; for one in dashes a piece of it."""
    if not isinstance(colour, Dashed):
        painter.fillRect(x, TOP // 2 - 4, 8, 8, QColor(colour))
        return
    drawn, period = colour.dash
    for start in range(0, _LINE, period):
        painter.fillRect(x + start, TOP // 2 - 2, min(drawn, _LINE - start), 4, QColor(colour))


@dataclass(frozen=True)
class _Row:
    """What a legend has room for, and how long its parts are in the font of a plot's words. bold: the title's."""

    entries: list[Entry]
    details: bool
    plain: QFont
    bold: QFont

    @classmethod
    def of(cls, font: QFont, entries: list[Entry]) -> _Row:
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        return cls(entries, True, QFont(font), bold)

    def advance(self, text: str) -> int:
        return QFontMetrics(self.plain).horizontalAdvance(text)

    def swatch(self, entry: Entry) -> int:
        return _LINE + 4 if isinstance(entry[0], Dashed) else 12

    def words(self, entry: Entry) -> list[tuple[str, str]]:
        _, name, value, detail = entry
        told = theme.STALE if entry[0] == theme.STALE else theme.TEXT
        colours = (name, theme.MUTED), (value, told), (detail if self.details else "", theme.MUTED)
        return [(text, colour) for text, colour in colours if text]

    def length(self, entry: Entry) -> int:
        return self.swatch(entry) + sum(self.advance(text) + 5 for text, _ in self.words(entry)) + 10

    def needed(self, title: str, unit: str = "") -> int:
        """The width of all of it."""
        heavy = QFontMetrics(self.bold).horizontalAdvance(title)
        taken = 8 + heavy + 6 + (self.advance(unit) + 5 if unit else 0) + 6
        return taken + sum(map(self.length, self.entries))


def legend(
    painter: QPainter,
    width: int,
    title: str,
    unit: str,
    entries: list[Entry],
    caption: tuple[str, bool],
    *,
    needs_title: bool = True,
) -> None:
    """Title, unit, a swatch with name and value for each curve; on the right the caption, bright where that is true.

    Where it is too narrow the details go first, then the unit, then a title that is not needed, as the curves' names
    say as much, then the values, then the last curves, for which an ellipsis stands.
    """
    row = _Row.of(painter.font(), entries)
    brief = replace(row, details=False)
    room = width - RIGHT - (row.advance(caption[0]) + 8 if caption[0] else 0)
    if not needs_title and brief.needed(title) - 14 > room:
        title = ""
    if brief.needed(title) - 14 > room:
        row = replace(row, entries=[(colour, name or value, "", "") for colour, name, value, _ in entries])
        brief = replace(row, details=False)
    row = row if row.needed(title) <= room else brief
    unit = unit if row.needed(title, unit) <= room else ""

    def write(x: int, text: str, colour: str, gap: int = 5) -> int:
        painter.setPen(QColor(colour))
        painter.drawText(QRect(x, 2, width, TOP - 4), _MIDDLE, text)
        return x + painter.fontMetrics().horizontalAdvance(text) + gap

    painter.setFont(row.bold)
    x = write(8, title, theme.TEXT, 6) if title else 2
    painter.setFont(row.plain)
    x = write(x, unit, theme.MUTED) if unit else x
    x += 6
    for entry in row.entries:
        if x + row.length(entry) - 14 > room:
            write(x, "…", theme.MUTED)
            break
        _swatch(painter, x, entry[0])
        x += row.swatch(entry)
        for text, colour in row.words(entry):
            x = write(x, text, colour)
        x += 10
    painter.setPen(QColor(theme.TEXT if caption[1] else theme.MUTED))
    painter.drawText(QRect(0, 2, width - RIGHT, TOP - 4), _RIGHT, caption[0])
