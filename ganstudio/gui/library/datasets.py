"""Data to come back to: what was used before, what is known by name, what is drawn; and the ways to open more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from ganstudio.experiment.data import made_here
from ganstudio.gui.library.picture_list import DETAIL, PICTURE, TONE, PictureDelegate, PictureList
from ganstudio.gui.library.runs import ago
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.text.plain import plain_tip
from ganstudio.gui.text.words import value_label
from ganstudio.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.data.known.known import KnownDataset
    from ganstudio.data.reading.library import LibraryEntry
    from ganstudio.experiment import Spec

EMPTY = "Nothing yet. What you train on is kept here, to be opened again with the choices that you made."
_ROW = Qt.ItemDataRole.UserRole
_STATES = {
    "changed": ("changed since it was used", theme.FAKE),
    "gone": ("not where it was", theme.DANGER),
}


@dataclass(frozen=True)
class Row:
    """What stands in a line: a heading, words, or something to be opened, of which ``key`` says what."""

    kind: Literal["heading", "words", "used", "known", "drawn"]
    key: Any = None


class DatasetsView(QWidget):
    """Everything that can be trained on. ``chosen`` carries the ``Row`` that is wanted, ``removed`` a library's path.

    ``files_requested``, ``folder_requested`` and ``paste_requested`` ask for more; ``seen`` comes when it is looked at.
    """

    chosen = Signal(object)
    removed = Signal(object)
    files_requested = Signal()
    folder_requested = Signal()
    paste_requested = Signal()
    seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used: Sequence[LibraryEntry] = ()
        self._known: Sequence[tuple[KnownDataset, int | None]] = ()
        self._pictures: dict[Path, QPixmap] = {}
        self.list = _DatasetList()
        self.list.setAccessibleName("Data")
        self.list.setItemDelegate(_DatasetDelegate(self.list))
        self.list.chosen.connect(self._choose)
        self.list.removed.connect(lambda item: self.removed.emit(item.data(_ROW).key.path))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 12, 12, 4)
        buttons.setSpacing(6)
        for text, tip, signal in (
            ("Files…", "Open images, sounds, archives, arrays or tables (Ctrl+O)", self.files_requested),
            (
                "Folder…",
                "Open a folder of images or sounds; its subfolders are classes (Ctrl+Shift+O)",
                self.folder_requested,
            ),
            ("Paste", "Take what was copied elsewhere: files, a picture, a table (Ctrl+V)", self.paste_requested),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setStyleSheet("padding-left: 4px; padding-right: 4px;")
            button.clicked.connect(signal)
            buttons.addWidget(button, 1)
        layout = stacked(buttons, (self.list, 1), on=self, spacing=0)
        self.limits = QLabel()
        self.limits.setWordWrap(True)
        self.limits.setStyleSheet(f"color: {theme.MUTED}; font-size: 11px; padding: 6px 12px 8px 12px;")
        layout.addWidget(self.limits)
        self.setFocusProxy(self.list)

    def show_used(self, entries: Sequence[LibraryEntry]) -> None:
        """What was used before, newest first."""
        self._used = entries
        self._fill()

    def show_known(self, known: Sequence[tuple[KnownDataset, int | None]]) -> None:
        """What is known by name, and how many bytes of it are on this computer; None: all."""
        self._known = known
        self._fill()

    def show_limits(self, text: str, how: str) -> None:
        """What data may take of the computer and what they take now, and how that is changed."""
        self.limits.setText(text)
        self.limits.setToolTip(how)

    def rows(self) -> list[tuple[str, str, Row]]:
        """Name, detail and what it is, of every line."""
        items = [self.list.item(index) for index in range(self.list.count())]
        return [(item.text(), item.data(DETAIL) or "", item.data(_ROW)) for item in items]

    def showEvent(self, event: QShowEvent) -> None:
        """What is on disk may have changed since."""
        super().showEvent(event)
        self.seen.emit()

    # --- how it is filled ---

    def _fill(self) -> None:
        place = self.list.verticalScrollBar().value()
        current = self.list.currentRow()
        self.list.clear()
        self._head("Used before")
        for entry in self._used:
            self._add_used(entry)
        if not self._used:
            self._add(QListWidgetItem(EMPTY), Row("words"))
        self._head("Known by name")
        for known, here in self._known:
            self._add_known(known, here)
        self._head("Made here")
        for spec, (detail, preset) in made_here().items():
            self._add_drawn(spec, value_label(spec.model_fields["kind"].default), detail, preset)
        self._add_drawn(None, "Drawn by hand", "by brush or Gaussians", "ring")
        self.list.setCurrentRow(min(current, self.list.count() - 1))
        self.list.verticalScrollBar().setValue(place)

    def _head(self, title: str) -> None:
        self._add(QListWidgetItem(title), Row("heading"))

    def _add(self, item: QListWidgetItem, row: Row) -> None:
        item.setData(_ROW, row)
        if row.kind in ("heading", "words"):
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _add_used(self, entry: LibraryEntry) -> None:
        item = QListWidgetItem(entry.name)
        words, tone = _STATES.get(entry.state, ("", ""))
        count = "a density" if entry.kind == "density" else f"{entry.count:,}"
        item.setData(DETAIL, words or f"{count} · {ago(_when(entry.used), datetime.now())}")
        if tone:
            item.setData(TONE, tone)
        tip = f"{entry.path}\n{_extent(entry)}\n{entry.verdict[:1].upper()}{entry.verdict[1:]}"
        item.setToolTip(plain_tip(tip))
        if entry.thumbnail is not None and entry.state != "gone":
            item.setData(Qt.ItemDataRole.DecorationRole, self._picture(entry.thumbnail))
        else:
            item.setData(Qt.ItemDataRole.DecorationRole, icons.pixmap("warning", tone or theme.MUTED, 24))
        self._add(item, Row("used", entry))

    def _add_known(self, known: KnownDataset, bytes_here: int | None) -> None:
        item = QListWidgetItem(known.title)
        here = bytes_here is None
        item.setData(DETAIL, "on this computer" if here else _to_fetch(known, bytes_here or 0))
        item.setToolTip(f"{known.cost}\nLicence: {known.licence}\n{known.citation}")
        drawing = icons.pixmap("layers" if here else "download", theme.REAL if here else theme.MUTED, 24)
        item.setData(Qt.ItemDataRole.DecorationRole, drawing)
        self._add(item, Row("known", known))

    def _add_drawn(self, key: type[Spec] | None, name: str, detail: str, preset: str) -> None:
        item = QListWidgetItem(name)
        item.setData(DETAIL, detail)
        picture = QPixmap(str(resource("presets", "thumbnails", f"{preset}.png"))) if preset else QPixmap()
        if picture.isNull():
            picture = icons.pixmap("layers", theme.REAL, 24)
        item.setData(Qt.ItemDataRole.DecorationRole, picture)
        self._add(item, Row("drawn", key))

    def _picture(self, path: Path) -> QPixmap:
        """The entry's picture, read once and kept small."""
        if path not in self._pictures:
            picture = QPixmap(str(path))
            if not picture.isNull():
                wide = Qt.AspectRatioMode.KeepAspectRatio
                picture = picture.scaled(PICTURE * 3, wide, Qt.TransformationMode.SmoothTransformation)
            self._pictures[path] = picture
        return self._pictures[path]

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_ROW))


class _DatasetList(PictureList):
    """Also removes what was used before: by the cross on it, by Delete, by its menu."""

    removed = Signal(object)

    def cross_of(self, item: QListWidgetItem) -> QRect:
        """Where the cross of an item stands; empty: it has none."""
        if item.data(_ROW).kind != "used":
            return QRect()
        card = self.visualItemRect(item).adjusted(8, 3, -8, -3)
        return QRect(card.right() - 21, card.top() + 4, 18, 18)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the cross removes, elsewhere it opens."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and self._removes(item, event.position().toPoint()):
            event.accept()
            self.removed.emit(item)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the current one."""
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None and item.data(_ROW).kind == "used":
            self.removed.emit(item)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to remove what was used before."""
        item = self.itemAt(event.pos())
        if item is None or item.data(_ROW).kind != "used":
            return
        menu = QMenu(self)
        remove = QAction("Remove from This List", menu)
        remove.setStatusTip("The data stay where they are")
        remove.triggered.connect(lambda: self.removed.emit(item))
        menu.addAction(remove)
        menu.exec(event.globalPos())

    def _removes(self, item: QListWidgetItem, place: QPoint) -> bool:
        return self.cross_of(item).contains(place)


class _DatasetDelegate(PictureDelegate):
    """Paints headings and words between the pictures, and the cross on what can be removed."""

    def __init__(self, owner: _DatasetList) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Words as tall as they need."""
        kind = index.data(_ROW).kind
        if kind == "heading":
            return QSize(120, 38)
        if kind == "words":
            width = self._owner.viewport().width() - 24
            box = option.fontMetrics.boundingRect(0, 0, width, 1000, Qt.TextFlag.TextWordWrap, index.data())
            return QSize(120, box.height() + 14)
        return super().sizeHint(option, index)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one line."""
        row = index.data(_ROW)
        if row.kind in ("heading", "words"):
            painter.save()
            font = option.font
            font.setWeight(font.Weight.DemiBold if row.kind == "heading" else font.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(theme.TEXT if row.kind == "heading" else theme.MUTED))
            place = option.rect.adjusted(12, 6, -12, -4)
            across = Qt.AlignmentFlag.AlignBottom if row.kind == "heading" else Qt.AlignmentFlag.AlignTop
            painter.drawText(place, across | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, index.data())
            painter.restore()
            return
        super().paint(painter, option, index)
        if row.kind == "used" and option.state & QStyle.StateFlag.State_MouseOver:
            cross = self._owner.cross_of(self._owner.itemFromIndex(index))
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(cross, Qt.AlignmentFlag.AlignCenter, "✕")


def _to_fetch(known: KnownDataset, bytes_here: int) -> str:
    """What it costs to have it."""
    return f"{bytes_here / 1e6:.1f} of {known.cost} are here" if bytes_here else f"{known.cost} to fetch"


def _extent(entry: LibraryEntry) -> str:
    """How much there is of it, and what a sample is."""
    if entry.kind == "density":
        return "A density"
    from ganstudio.modalities import Images, words_of

    size = f" of {entry.shape[-1]} × {entry.shape[-2]}" if entry.kind == Images.kind else ""
    return f"{words_of(entry.kind).counted(entry.count)}{size}"


def _when(used: str) -> datetime:
    when = datetime.fromisoformat(used)
    return when.astimezone().replace(tzinfo=None) if when.tzinfo else when
