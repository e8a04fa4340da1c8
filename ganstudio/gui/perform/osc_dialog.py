"""Where the window listens to OSC, and which addresses it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.parts.drop import take_no_drops
from ganstudio.gui.parts.mnemonics import give_mnemonics
from ganstudio.gui.parts.spin import with_air

if TYPE_CHECKING:
    from collections.abc import Sequence


class OscDialog(Dialog):
    """Switch listening on or off. addresses: what can be sent, a line each."""

    def __init__(self, parent: QWidget, *, on: bool, host: str, port: int, addresses: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Play by OSC")
        self.listens = QCheckBox("Listen to OSC")
        self.listens.setChecked(on)
        self.host, self.port = QLineEdit(host), with_air(QSpinBox())
        self.port.setRange(1024, 65_535)
        self.port.setValue(port)
        self._warned = QLabel(wordWrap=True)
        self._warned.setStyleSheet(f"color: {theme.MUTED};")
        known = QPlainTextEdit("\n".join(addresses), readOnly=True)
        known.setAccessibleName("Addresses")
        form = QFormLayout()
        form.addRow("", self.listens)
        form.addRow("Address", self.host)
        form.addRow("Port", self.port)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._warned)
        layout.addWidget(known, 1)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)
        self.host.textChanged.connect(lambda _text: self._follow())
        self._follow()
        give_mnemonics(self)
        take_no_drops(self)

    def _follow(self) -> None:
        here = self.host.text().strip() in ("127.0.0.1", "localhost", "::1")
        self._warned.setText(
            "Programs on this computer alone." if here else "Anybody who reaches this address can move everything here."
        )
