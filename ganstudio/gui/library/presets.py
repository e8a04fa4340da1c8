"""The presets as pictures to choose from, and the hint that data can be dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ganstudio.experiment import SAMPLES
from ganstudio.gui.library.preset_card import PresetCard
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.drop import TAKEN
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.roving import Roving
from ganstudio.gui.parts.stops import reach
from ganstudio.presets import preset_file, preset_names, skim_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QFocusEvent, QResizeEvent

DROP_HINT = f"Drop {TAKEN} anywhere"
_TITLES = {"points": "On the plane"}  # of a group, where it is not called as its samples are
_GAP = 10
_CARD_LEAST = 92


class PresetsView(QWidget):
    """Thumbnails of the presets, in groups. Arrow keys go from one to the next, Enter or a click chooses.

    ``chosen(name)`` comes when a preset is wanted, ``open_requested`` when the drop hint is pressed.
    """

    chosen = Signal(str)
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, PresetCard] = {}
        self.drop_hint = _DropHint()
        self.drop_hint.clicked.connect(self.open_requested)
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 16)
        column.setSpacing(theme.SPACING)
        column.addWidget(self.drop_hint)
        for title, presets in _by_category().items():
            heading = QLabel(title)
            heading.setProperty("role", "heading")
            heading.setContentsMargins(0, 8, 0, 0)
            column.addWidget(heading)
            cards = [self._card(name, summary) for name, summary in presets.items()]
            column.addWidget(_CardGrid(cards))
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(page)
        stacked(self._scroll, on=self)
        self._roving = Roving(self)
        self._roving.set_members(list(self.cards.values()))
        self.setMinimumWidth(160)

    @property
    def selected(self) -> str | None:
        """The preset that is highlighted."""
        return next((name for name, card in self.cards.items() if card.isChecked()), None)

    def select(self, name: str) -> None:
        """Highlight a preset without saying ``chosen``; a name that is none of theirs highlights nothing."""
        for each, card in self.cards.items():
            card.setChecked(each == name)
            if each == name and not any(card.hasFocus() for card in self.cards.values()):
                self._roving.take(card)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus to the preset that is highlighted, or to the first."""
        name = self.selected or next(iter(self.cards))
        reach(self.cards[name], event.reason())

    def _card(self, name: str, summary: str) -> PresetCard:
        card = PresetCard(name, summary)
        card.clicked.connect(lambda: self._choose(name))
        self.cards[name] = card
        return card

    def _choose(self, name: str) -> None:
        self.select(name)
        self.chosen.emit(name)


class _CardGrid(QWidget):
    """Cards of equal width, as many beside one another as fit."""

    def __init__(self, cards: list[PresetCard]) -> None:
        super().__init__()
        self._cards = cards
        self._columns_at: dict[int, tuple[int, int, int]] = {}
        for card in cards:
            card.setParent(self)
            card.lettered.connect(self._forget)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """One column: more come with the width."""
        return QSize(_CARD_LEAST, 0)

    def sizeHint(self) -> QSize:
        """Two columns."""
        width = 2 * _CARD_LEAST + _GAP
        return QSize(width, self.heightForWidth(width))

    def hasHeightForWidth(self) -> bool:
        """The pictures keep their shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all rows."""
        columns, _each, height = self._columns(width)
        return -(-len(self._cards) // columns) * (height + _GAP) - _GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards into the columns that fit."""
        super().resizeEvent(event)
        for card, place in zip(self._cards, self._places(event.size().width()), strict=True):
            card.setGeometry(place)

    def _forget(self) -> None:
        self._columns_at.clear()

    def _columns(self, width: int) -> tuple[int, int, int]:
        """How many columns of such cards: their number, and each card's width and height."""
        if width not in self._columns_at:  # a layout asks for it dozens of times
            columns = max(1, (width + _GAP) // (_CARD_LEAST + _GAP))
            each = (width - _GAP * (columns - 1)) // columns
            self._columns_at[width] = columns, each, max(card.heightForWidth(each) for card in self._cards)
        return self._columns_at[width]

    def _places(self, width: int) -> list[QRect]:
        columns, each, height = self._columns(width)
        places = []
        for index in range(len(self._cards)):
            row, column = divmod(index, columns)
            places.append(QRect(column * (each + _GAP), row * (height + _GAP), each, height))
        return places


class _DropHint(QPushButton):
    """Says what can be dropped; pressed, it asks for a file. Its words wrap, which a plain button's don't."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dropHint")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(DROP_HINT)
        self.setToolTip("Choose files to look at and train on; a folder can be dropped, or opened under Data")
        self._words = QLabel(DROP_HINT)
        self._words.setWordWrap(True)
        self._mark = QLabel()
        self._mark.setPixmap(icons.pixmap("open", theme.MUTED, 24, self.devicePixelRatioF()))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 10, 14, 10)
        self._row.setSpacing(12)
        self._row.addWidget(self._mark)
        self._row.addWidget(self._words, 1)
        for each in (self._words, self._mark):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._words.setProperty("role", "muted")

    def hasHeightForWidth(self) -> bool:
        """The words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As tall as the wrapped words need."""
        return self._row.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        """Words wrap, so that a narrow column is enough."""
        return QSize(_CARD_LEAST, 44)


def _by_category() -> Mapping[str, Mapping[str, str]]:
    """The presets' summaries by group and name. Their files are only skimmed, as the window isn't painted yet."""
    samples = {spec.model_fields["kind"].default: kind for spec, kind in SAMPLES.items()}
    kinds = tuple(dict.fromkeys(kind for kind in samples.values() if kind is not None))
    groups: dict[str, dict[str, str]] = {}
    for name in preset_names():
        table = skim_table(preset_file(name))
        kind = samples[table["dataset"]["kind"]]
        assert kind is not None, f"{name}: what its data are depends on what is in them"
        groups.setdefault(kind, {})[name] = table["summary"]
    return {_TITLES.get(kind, kind.capitalize()): groups[kind] for kind in kinds if kind in groups}
