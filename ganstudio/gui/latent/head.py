"""Above the sliders: what G makes of them as one large image or in numbers, and what moves all of them at once."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from ganstudio.gui.latent.preview import LEAST, Preview
from ganstudio.gui.latent.state import MOST_SEED, SMALLEST_TRUNCATION
from ganstudio.gui.latent.target import Target
from ganstudio.gui.latent.told import Told
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, muted_label, row
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import in_line
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.sound.button import LISTEN_TIP
from ganstudio.gui.text import glossary
from ganstudio.gui.text.numbers import number

_VOLUME = (
    "How loud everything is that is heard here; files are saved as loud as they are. Double-click its name for silence"
)
_VOLUME_WIDTH = 170
_GAP = theme.SPACING + 4
_LONGEST = 1.5  # times the room of the large image, where only its longer side is over that
_DRONE = "Let it sound on and on, and change as the sliders move and as G learns"


class LatentHead(QWidget):
    """The preview, the readout, the step that they are of, and three buttons and a slider for the whole of z.

    Where samples are heard, buttons that play what the sliders make: ``struck`` and ``let_go`` tell how long one is
    held, ``droned`` whether it is to sound on and on, ``stopped`` that all is to be silent; ``volume_moved`` carries
    how loud everything is to be, 0 to 1.

    ``truncation_moved`` carries the prior's scale, 0.05 to 1.
    """

    randomise_wanted = Signal()
    new_z_wanted = Signal()
    reset_wanted = Signal()
    nudge_wanted = Signal()
    pin_wanted = Signal()
    seed_typed = Signal(int)
    truncation_moved = Signal(float)
    struck = Signal()
    let_go = Signal()
    droned = Signal(bool)
    stopped = Signal()
    volume_moved = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._fitted = (LEAST, LEAST), LEAST
        self.preview = Preview()
        self.target = Target()
        self.target.changed.connect(self._fit)
        self.readout, self.step = QLabel(), muted_label()
        self.readout.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.randomise = action(
            "Randomise", "Draw a new z from the prior, and new codes c and a class where there are any"
        )
        self.randomise.clicked.connect(self.randomise_wanted)
        self.new_z = action("New z", "Draw a new z and keep codes and class: what stays the same is what they mean")
        self.new_z.clicked.connect(self.new_z_wanted)
        self.new_z.hide()
        self.reset = action("Reset", "Set every slider to 0, the centre of the prior")
        self.reset.clicked.connect(self.reset_wanted)
        self._make_drawing()
        self._make_listening()
        self.truncation = NamedSlider("Truncation", round(SMALLEST_TRUNCATION * 100), 100, 100)
        self.truncation.setToolTip(glossary.told("truncation"))
        self.truncation.ends = (SMALLEST_TRUNCATION, 1.0)
        self.truncation.setMaximumWidth(360)
        self.truncation.valueChanged.connect(lambda value: self.truncation_moved.emit(value / 100))
        self.show_truncation(1.0)
        self.unmoved = muted_label(wraps=True)
        self.unmoved.setText(
            "G has no z here: it makes one sample of what it is given. Choose one in the gallery above."
        )
        self._arrange()

    def _make_drawing(self) -> None:
        self.seed = QLineEdit()
        self.seed.setObjectName("seed")
        self.seed.setPlaceholderText("Seed")
        self.seed.setAccessibleName("Seed of the latent code")
        self.seed.setToolTip(
            "The number that all of it was drawn by: type one to draw by it. The command line draws the same by --seed"
        )
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,10}"), self.seed))
        self.seed.setFixedWidth(self.seed.fontMetrics().horizontalAdvance("0000000000") + 3 * theme.SPACING)
        self.seed.setAcceptDrops(False)
        self.seed.returnPressed.connect(self._on_seed)
        self.nudge = action("Nudge", "Move z a little, at random; a slider that is locked (L) stays")
        self.nudge.clicked.connect(self.nudge_wanted)
        self.pin = action("Pin", "Keep this code with its picture on a strip, to walk from pin to pin (P)")
        self.pin.clicked.connect(self.pin_wanted)
        self.wander = Chip(
            "Wander",
            "A random walk: z goes on and on from point to point of the prior; a slider that is locked (L) stays",
        )

    def _on_seed(self) -> None:
        if self.seed.text():
            self.seed_typed.emit(min(int(self.seed.text()), MOST_SEED))

    def show_seed(self, seed: int | None) -> None:
        """Write what it was drawn by; nothing where it was moved since."""
        if not self.seed.hasFocus() or seed is not None:
            self.seed.setText("" if seed is None else str(seed))

    def show_wandering(self, on: bool) -> None:
        """Show whether z goes from point to point by itself."""
        blocked = self.wander.blockSignals(True)
        self.wander.setChecked(on)
        self.wander.blockSignals(blocked)
        self.wander.update()

    def _make_listening(self) -> None:
        self.listen, self.drone = action("Listen", LISTEN_TIP), Chip("Drone", _DRONE)
        self.stop = action("Stop", "Let everything that sounds fade away")
        self.volume = NamedSlider("Volume", 0, 100, 0)
        self.volume.setObjectName("volume")
        self.volume.setToolTip(_VOLUME)
        self.volume.setFixedWidth(_VOLUME_WIDTH)
        self.volume.widest_text = "100 %"
        self.volume.valueChanged.connect(lambda value: self._set_volume(value / 100))
        self.volume.typed.connect(lambda percent: self._set_volume(percent / 100))
        self.show_volume(1.0)
        self.trouble = Told()
        for presses in (self.listen, self.preview):
            presses.pressed.connect(self.struck)
            presses.released.connect(self.let_go)
        self.drone.toggled.connect(self.droned)
        self.stop.clicked.connect(self.stopped)
        self.stop.setEnabled(False)
        self.set_heard(False)

    def set_heard(self, on: bool) -> None:
        """Have the buttons that play, or not."""
        for widget in (self.listen, self.drone, self.stop):
            widget.setVisible(on)
        self._show_heard(on)
        self.preview.set_heard(on)

    def show_volume(self, share: float) -> None:
        """Put its slider there, from 0 to 1; nothing is emitted."""
        percent = round(100 * share)
        self.volume.show_value(percent, f"{percent} %" if percent else "off")

    def volume_to(self, share: float) -> None:
        """Have everything sound so loud, from 0 to 1, as its slider does."""
        self._set_volume(share)

    def _set_volume(self, share: float) -> None:
        self.show_volume(share)
        self.volume_moved.emit(share)

    def show_sounding(self, on: bool) -> None:
        """Let it be stopped while something sounds."""
        self.stop.setEnabled(on)

    def show_trouble(self, text: str) -> None:
        """Say why nothing can be heard."""
        self.trouble.setText(text)
        self._show_heard(not self.listen.isHidden())

    def _show_heard(self, on: bool) -> None:
        """How loud it is, or why it is not heard."""
        self.trouble.setVisible(on and bool(self.trouble.text()))
        self.volume.setVisible(on and not self.trouble.text())

    def open(self, *, coded: bool, pictured: bool, moved: bool) -> None:
        """Make ready for another game.

        coded: whether it has codes c; pictured: whether its samples are shown as pictures; moved: whether G has latents
        to move at all.
        """
        self.new_z.setVisible(coded)
        for widget in (self.randomise, self.reset, self.nudge, self.wander, self.pin, self.seed, self.truncation):
            widget.setVisible(moved)
        self.unmoved.setVisible(not moved)
        self.preview.clear()
        self.preview.setVisible(pictured)
        self.target.forget()
        self.step.clear()

    def show_truncation(self, truncation: float) -> None:
        """Put the slider there; nothing is emitted."""
        self.truncation.exact = truncation
        self.truncation.show_value(round(truncation * 100), number(truncation))

    def fit_preview(self, shape: tuple[int, int] | None, room: int) -> None:
        """Give images of this shape (height, width), or a square one to come, about ``room`` pixels."""
        self._fitted = shape or (LEAST, LEAST), room
        self._fit()

    def _fit(self) -> None:
        """Two side by side are smaller than one, and alike in size."""
        (shape, room), both = self._fitted, self.target.pictured
        beside = self.truncation.minimumSizeHint().width() + _GAP
        room = room * 2 // 3 if both else room
        most = max(room, min(round(_LONGEST * room), (self.width() - beside) // (2 if both else 1)))
        for one in (self.preview, self.target.picture):
            one.set_shape(*shape, room, most, LEAST * 3 // 4 if both else LEAST)

    def _arrange(self) -> None:
        controls = QVBoxLayout()
        controls.setSpacing(theme.SPACING - 2)
        controls.addLayout(row(self.readout, None, self.step))
        controls.addLayout(FlowLayout(self.listen, self.drone, self.stop, self.volume))
        controls.addLayout(
            FlowLayout(self.randomise, self.new_z, self.reset, self.nudge, self.wander, self.pin, self.seed)
        )
        controls.addWidget(self.target)
        controls.addWidget(self.unmoved)
        controls.addWidget(self.trouble)
        controls.addWidget(self.truncation)
        controls.addStretch(1)
        layout = in_line(on=self, spacing=_GAP)
        layout.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.target.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(controls, 1)
