"""What G writes after a beginning and at a temperature, real sentences next to it, and the plane that both stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.room import RoomView
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.sentences.guessing import Guessing
from ganstudio.gui.rooms.sentences.lines import TokenLines
from ganstudio.gui.rooms.sentences.plane import QualityPlane, likelihood_told
from ganstudio.gui.rooms.sentences.verdict import verdict_of
from ganstudio.gui.text.numbers import signed
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ganstudio.modalities import Sentences
    from ganstudio.training.messages import Composed
    from ganstudio.training.messages.sentences import Place

COLDEST, WARMEST, USUAL = 20, 150, 100
"""Temperatures in hundredths."""
PAGES = ("written", "both", "guess")
_LIKED = 220
"""Height of the sentences: more of them are scrolled, as what stands below and next to them is to be seen too."""
_WIDE = 620
"""From this width on there is room for the plane."""
_COLOURS = (
    "Blue: G writes this word too rarely after those before it; amber: too often. By D, whose word it is; dotted: the "
    "first word with which a sentence can't be right any more"
)
_NO_COLOURS = "This D judges whole sentences, so that words have no colours"
_EMPTY = "Nothing is written yet"


class SentencesView(RoomView):
    """Shows what ``show_composed`` brings. ``changed``: other sentences are asked for."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Sentences")
        self._kind: Sentences | None = None
        self._composed: Composed | None = None
        self.seed = 0
        self.pages = exclusive(
            Chip("Written", "What G writes", theme.FAKE),
            Chip("Side by side", "What G writes, and real sentences", theme.FAKE, theme.REAL),
            Chip("Which is real?", "One of two sentences is real: click it"),
        )
        self.before = Chip("Before the game", "G as likelihood alone left it", theme.DISCRIMINATOR)
        self.draw = action("Draw", "Throw other dice, and take other real sentences")
        self.controls = Chip(
            "Controls",
            "Train what is no GAN from where the game began, as long as the game took: likelihood gone on with, and "
            "the same reward for all words. It takes that long",
        )
        self.prefix = QLineEdit()
        self.prefix.setPlaceholderText("Begin with…")
        self.prefix.setAccessibleName("Beginning")
        self.prefix.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.prefix.setToolTip("Words that each sentence begins with; G goes on from there as you type")
        self.prefix.setClearButtonEnabled(True)
        self.prefix_told = muted_label()
        self.temperature = NamedSlider("Temperature", COLDEST, WARMEST, USUAL)
        self.temperature.ends, self.temperature.widest_text = (COLDEST / 100, WARMEST / 100), "0.00"
        self.temperature.setToolTip("Below 1 likely words are likelier still, above 1 all are more alike")
        self.written, self.real = TokenLines("Written by G"), TokenLines("Real")
        self.guessing = Guessing()
        self.plane = QualityPlane()
        self.alternatives = muted_label(wraps=True)
        self.legend = muted_label(wraps=True)
        self.plane_told = muted_label(wraps=True)
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setObjectName("sentences_verdict")
        WaysOut(self.plane, "Quality and diversity", lambda: "\n".join(self.plane.rows()))
        WaysOut(self.written, "Written by G", lambda: "\n".join(self.written.lines()))
        WaysOut(self.real, "Real sentences", lambda: "\n".join(self.real.lines()))
        self._arrange()
        self._wire()
        self.clear()

    def _wire(self) -> None:
        self.pages.idToggled.connect(lambda _page, on: self._show_page() if on else None)
        self.before.toggled.connect(lambda _on: self.changed.emit())
        self.controls.toggled.connect(lambda _on: self.changed.emit())
        self.draw.clicked.connect(self.draw_anew)
        self.prefix.textEdited.connect(lambda _text: self._retyped())
        self.prefix.textChanged.connect(lambda text: self._retyped() if not text else None)
        self.temperature.valueChanged.connect(lambda _value: self._turned())
        self.temperature.typed.connect(lambda value: self.temperature.setValue(round(100 * value)))
        self.written.chosen.connect(lambda _row, _place: self.changed.emit())
        self.guessing.wanted.connect(self.draw_anew)

    # --- what is asked for ---

    @property
    def heat(self) -> float:
        """The temperature."""
        return self.temperature.value() / 100

    @property
    def beginning(self) -> tuple[int, ...]:
        """The numbers of the words that sentences begin with, up to the first that is not known."""
        if self._kind is None:
            return ()
        tokens = self._kind.tokens_of(self._kind.split(self.prefix.text()))
        known = tokens[: tokens.index(None)] if None in tokens else tokens
        return tuple(token for token in known[: self._kind.length - 1] if token is not None)

    @property
    def selection(self) -> tuple[tuple[int, ...], int]:
        """The sentence in which a word is chosen, and its place; an empty one where none is."""
        if self.written.selected is None or self.written.selected[0] >= len(self.written.tokens):
            return (), 0
        row, place = self.written.selected
        return tuple(self.written.tokens[row].tolist()), place

    def draw_anew(self) -> None:
        """Ask for other sentences."""
        self.seed += 1
        self.written.selected = None
        self.changed.emit()

    # --- what the room calls ---

    def open(self, kind: Sentences, told: str, *, keeps: bool) -> None:
        """Another game. keeps: G before it is kept."""
        self._kind = kind
        self.clear()
        self.told.setText(told)
        for chip in (self.before, self.controls):
            chip.setEnabled(keeps)
        self._retyped()

    def clear(self) -> None:
        """Forget what was written."""
        self._composed, self.seed = None, 0
        for lines in (self.written, self.real):
            lines.clear()
        self.plane.clear()
        self.guessing.clear()
        for chip in (self.before, self.controls):
            chip.setChecked(False)
        self.temperature.show_value(USUAL, "1.00")
        self.alternatives.setText("")
        self.legend.setText(_EMPTY)
        self.plane_told.setText("")
        self._tell_verdict("")
        self._show_page()

    def show_composed(self, composed: Composed, *, played: bool, as_long: bool) -> None:
        """Show what G wrote, and where it stands.

        played: G's mark is of a G that has learned in the game itself; as_long: controls have trained as long as that.
        """
        kind = self._kind
        if kind is None or composed.made.shape[1] != kind.length:
            return
        self._composed = composed
        faults = None if composed.faults is None else composed.faults.tolist()
        self.written.show_these(kind, composed.made, composed.made_parts, faults)
        self.real.show_these(kind, composed.real, composed.real_parts)
        self.guessing.show_these(kind, composed.made, composed.real)
        self.plane.show_places(composed.curves, composed.places, exact=composed.exact, graded=composed.graded)
        self.legend.setText(_NO_COLOURS if composed.made_parts is None else _COLOURS)
        self._tell_alternatives(kind, composed)
        self._tell_plane(composed)
        self._tell_verdict(verdict_of(composed, as_long=as_long) if played else "")

    def _tell_verdict(self, told: str) -> None:
        self.verdict.setText(told)
        self.verdict.setVisible(bool(told))

    def _tell_alternatives(self, kind: Sentences, composed: Composed) -> None:
        if not composed.alternatives:
            self.alternatives.setText("Click a word: what else G might have written there, and what D says of it")
            return
        told = []
        for token, share, part in composed.alternatives:
            word = kind.vocabulary[token] or "(end)"
            said = "" if part is None else signed(f" (D {part:+.1f})")
            told.append(f"{word} {percent(share, 0)}{said}")
        self.alternatives.setText("G there: " + ", ".join(told))

    def _tell_plane(self, composed: Composed) -> None:
        now, before = (composed.curves.get(name, {}).get(1.0) for name in ("generator", "before"))
        if not composed.exact or now is None or now.jsd is None:
            self.plane_told.setText("")
            return

        def quality(place: Place) -> str:
            return percent(place.quality, 0) if composed.graded else likelihood_told(place.quality)

        told = f"{'Right: ' if composed.graded else 'The oracle: '}{quality(now)}, JSD {now.jsd:.3f}"
        if before is not None and before.jsd is not None:
            told += f"; before the game {quality(before)}, {before.jsd:.3f}"
        longer = composed.places.get("continued")
        if longer is not None and longer.jsd is not None:
            told += f"; with likelihood gone on with {quality(longer)}, {longer.jsd:.3f}"
        self.plane_told.setText(told)

    # --- how it is built ---

    def _arrange(self) -> None:
        page = QWidget()
        columns = in_line(on=page, spacing=2 * theme.SPACING)
        for lines in (self.written, self.real):
            columns.addWidget(lines, 1, Qt.AlignmentFlag.AlignTop)
        columns.addWidget(self.guessing, 1, Qt.AlignmentFlag.AlignTop)
        self._beside = QWidget()
        stacked((self.plane, 1), self.plane_told, on=self._beside)
        seen = QHBoxLayout()
        seen.setSpacing(theme.SPACING)
        seen.addWidget(Scrolled(page, liked=_LIKED), 3)
        seen.addWidget(self._beside, 2)
        layout = self._laid_out()
        layout.addWidget(self.verdict)
        layout.addLayout(FlowLayout(*self.pages.buttons(), self.before, self.controls, self.draw))
        layout.addWidget(self.prefix)
        layout.addWidget(self.prefix_told)
        layout.addWidget(self.temperature)
        layout.addLayout(seen, 1)
        layout.addWidget(self.alternatives)
        layout.addWidget(self.legend)

    def _show_page(self) -> None:
        page = PAGES[max(self.pages.checkedId(), 0)]
        self.written.setVisible(page != "guess")
        self.real.setVisible(page == "both")
        self.guessing.setVisible(page == "guess")
        for widget in (self.alternatives, self.legend):
            widget.setVisible(page != "guess")

    def _retyped(self) -> None:
        kind = self._kind
        unknown: list[str] = []
        if kind is not None:
            words = kind.split(self.prefix.text())
            unknown = [word for word, token in zip(words, kind.tokens_of(words), strict=True) if token is None]
        told = f"Not among the words that G knows: {', '.join(unknown[:5])}" if unknown else ""
        self.prefix_told.setText(told)
        self.prefix_told.setVisible(bool(told))
        self.written.selected = None
        self.changed.emit()

    def _turned(self) -> None:
        self.temperature.show_value(self.temperature.value(), f"{self.heat:.2f}")
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the sentences where there is little."""
        self._beside.setVisible(self.width() >= _WIDE)
        super().resizeEvent(event)
