"""What is to be exported, and how: a form that shows the command line which does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.export import WALKS
from ganstudio.gui.exporting.kinds import CLOSED, COUNT, FORMATS, HOLD, KINDS, LIGHT, PICTURE, RATE, SECONDS, SEED, SIZE
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.parts.drop import take_no_drops
from ganstudio.gui.parts.mnemonics import give_mnemonics
from ganstudio.gui.parts.spin import with_air
from ganstudio.gui.text.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.gui.exporting.kinds import Kind
    from ganstudio.modalities import Modality

_LARGEST_SEED = 2**31 - 1
_SCALES = (1, 2, 4, 8)


class ExportDialog(Dialog):
    """Ask for the kind and its settings. Accepted, ``kind``, ``ending`` and ``words`` say what was chosen.

    first: the kind that is offered; why_not: of kinds that can't be had now, why, in words. picture: the title of the
    picture in focus. pins: how many points are on the strip, which stand in place of drawn ones. seed: that the
    sliders' sample was drawn by. games: what the two games of a chain are called, of which one can be held.
    """

    def __init__(
        self,
        modality: Modality,
        parent: QWidget,
        *,
        first: str,
        why_not: Mapping[str, str],
        picture: str = "",
        pins: int = 0,
        seed: int = 0,
        begins: tuple[str, ...] = (),
        games: tuple[str, ...] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._modality, self._why_not, self._pins, self._begins = modality, why_not, pins, begins
        self._games = games
        self.what, self.format = QComboBox(), QComboBox()
        self.what.setObjectName("exportWhat")
        self.format.setObjectName("exportFormat")
        for place, kind in enumerate(KINDS):
            words, _ = kind.told(modality)
            self.what.addItem(f"{words}: {picture}" if picture and kind.name == PICTURE else words, kind)
            if why := why_not.get(kind.name):  # it can be chosen all the same: then that is told
                self.what.setItemData(place, QColor(theme.DISABLED), Qt.ItemDataRole.ForegroundRole)
                self.what.setItemData(place, plain_tip(why), Qt.ItemDataRole.ToolTipRole)
        self.fields = self._made_fields(seed)
        self._told, self._command = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._command.setObjectName("exportCommand")
        self._command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self._told, self._command):
            label.setStyleSheet(f"color: {theme.MUTED};")
        self._buttons = QDialogButtonBox()
        self.export = self._buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.copy = self._buttons.addButton("Copy as Command", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setToolTip("Put the line into the clipboard that makes the same in a terminal")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command()))
        self._arrange()
        self.what.currentIndexChanged.connect(lambda _index: self._follow())
        self.format.currentIndexChanged.connect(lambda _index: self._show_rows())
        self.choose(first)
        give_mnemonics(self)
        take_no_drops(self)

    @property
    def kind(self) -> Kind:
        """What is to be written."""
        kind: Kind = self.what.currentData()
        return kind

    @property
    def called(self) -> str:
        """What that is called, of such samples."""
        return self.kind.told(self._modality)[0]

    @property
    def ending(self) -> str:
        """Of the file; empty for a folder."""
        ending: str = self.format.currentData() or ""
        return ending

    @property
    def scale(self) -> int:
        """Of a picture: pixels for each of the screen's."""
        return _SCALES[min(max(self.fields[SIZE].value(), 1), len(_SCALES)) - 1] if self.kind.name == PICTURE else 1

    @property
    def pinned(self) -> bool:
        """Whether the pins are what is exported, in place of points drawn by seeds."""
        return self.kind.pinned and self._pins >= (4 if self.kind.name == "corners" else 1)

    def choose(self, name: str) -> None:
        """Offer another kind."""
        self.what.setCurrentIndex(next(place for place, kind in enumerate(KINDS) if kind.name == name))
        self._follow()

    def words(self) -> tuple[str, ...]:
        """What stands behind ``ganstudio export RUN``, but for the file and for the pins."""
        found = ["--what", self.kind.name]
        options = {COUNT: "--count", SEED: "--seed", SIZE: "--size", SECONDS: "--seconds", RATE: "--fps"}
        for name in self._asks:
            if name == CLOSED:
                found += [] if self.fields[CLOSED].isChecked() else ["--open"]
            elif name == HOLD:
                found += ["--hold", held] if (held := self.fields[HOLD].currentData()) else []
            elif not (self.pinned and name in (COUNT, SEED)):
                found += [options[name], f"{self.fields[name].value():g}"]
        return tuple(found)

    def command(self) -> str:
        """The line that does the same in a terminal."""
        pins = ("--latents", "PINS.npy") if self.pinned else ()
        return " ".join(["ganstudio", "export", *self._begins, *self.words(), *pins, "--out", f"FILE{self.ending}"])

    def _made_fields(self, seed: int) -> dict[str, Any]:
        fields: dict[str, Any] = {
            COUNT: _whole(1, 1000, 16),
            SEED: _whole(0, _LARGEST_SEED, min(seed, _LARGEST_SEED)),
            HOLD: QComboBox(),
            SIZE: _whole(16, 4096, 256),
            SECONDS: with_air(QDoubleSpinBox()),
            RATE: _whole(1, 60, 30),
            CLOSED: QCheckBox("Back to the first at the end"),
        }
        fields[SECONDS].setRange(0.1, 60)
        fields[SECONDS].setSingleStep(0.5)
        fields[SECONDS].setValue(2)
        fields[SECONDS].setSuffix(" s")
        fields[CLOSED].setChecked(True)
        for name in ("", *self._games):
            fields[HOLD].addItem(f"The {name}, as in the first point" if name else "Nothing", name)
        for name, field in fields.items():
            field.setObjectName(f"export_{name}")
            named = {CLOSED: "toggled", HOLD: "currentIndexChanged"}.get(name, "valueChanged")
            getattr(field, named).connect(lambda _value: self._show_command())
        return fields

    def _arrange(self) -> None:
        self._form = QFormLayout()
        self._form.addRow("What", self.what)
        self._form.addRow("Format", self.format)
        titles = {
            COUNT: "Points",
            SEED: "First seed",
            HOLD: "Hold",
            SIZE: "Pixels",
            SECONDS: "From point to point",
            RATE: "Frames a second",
            CLOSED: "",
        }
        for name, field in self.fields.items():
            self._form.addRow(titles[name], field)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self._told)
        layout.addWidget(self._command)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(460)

    def _follow(self) -> None:
        """Show the settings of the kind that is chosen."""
        kind = self.kind
        blocked = self.format.blockSignals(True)
        self.format.clear()
        for ending in kind.endings(self._modality):
            self.format.addItem(FORMATS.get(ending, ending.lstrip(".").upper()), ending)
        self.format.blockSignals(blocked)
        if COUNT in kind.asks:
            self.fields[COUNT].setValue(kind.count)
        self._follow_size()
        seconds = self._form.labelForField(self.fields[SECONDS])
        assert isinstance(seconds, QLabel)
        seconds.setText("Once round" if kind.name == LIGHT else "From point to point")
        why = self._why_not.get(kind.name, "")
        pins = _pins_told(self._pins) if self.pinned else ""
        self._told.setText(why or f"{kind.told(self._modality)[1]}.{pins}")
        self.export.setEnabled(not why)
        self._show_rows()

    @property
    def _asks(self) -> tuple[str, ...]:
        """The settings that what is chosen has: samples that follow each other, as sounds do, are no film."""
        is_film = self.ending not in WALKS[self._modality.kind]
        return tuple(name for name in self.kind.asks if is_film or name not in (SIZE, SECONDS, RATE))

    def _show_rows(self) -> None:
        """Show the settings of the kind and the format that are chosen."""
        for name, field in self.fields.items():
            hidden = (self.pinned and name in (COUNT, SEED)) or (name == HOLD and not self._games)
            self._form.setRowVisible(field, name in self._asks and not hidden)
        self._show_command()
        self.adjustSize()

    def _follow_size(self) -> None:
        """Of a picture the size is a factor; of a film it is pixels."""
        size, picture = self.fields[SIZE], self.kind.name == PICTURE
        blocked = size.blockSignals(True)
        size.setRange(1, len(_SCALES)) if picture else size.setRange(16, 4096)
        size.setValue(2 if picture else 256)
        size.blockSignals(blocked)
        label = self._form.labelForField(size)
        assert isinstance(label, QLabel)
        label.setText("Detail, 1 to 4" if picture else "Pixels of the longer side")

    def _show_command(self) -> None:
        picture = self.kind.name == PICTURE
        told = not picture and not self._why_not.get(self.kind.name)  # a line that fails is of no use elsewhere
        self.copy.setEnabled(told)
        self._command.setVisible(told)
        self._command.setText(self.command())


def _pins_told(pins: int) -> str:
    return " The pin is taken." if pins == 1 else f" The {pins} pins are taken."


def _whole(low: int, high: int, value: int) -> QSpinBox:
    field = with_air(QSpinBox())
    field.setRange(low, high)
    field.setValue(value)
    return field
