"""The bar at the top: play, step, start over, and how far and how fast the training is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.elided import ElidedLabel
from ganstudio.gui.parts.laid import in_line
from ganstudio.gui.text import glossary
from ganstudio.gui.text.words import progress_text
from ganstudio.gui.window import actions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction, QResizeEvent

_FOLDED = ("device", "time")
"""Readouts that give way where it is narrow, the first of them first; the state's tooltip has them."""
_DETAIL = 60
"""Pixels that are left of what it trains on before how long a stage still takes gives way."""
_STATES = {
    None: "Loading…",
    "paused": "Paused",
    "playing": "Training",
    "finished": "Finished",
    "failed": "Stopped",
}


class TransportBar(QFrame):
    """Buttons of the table of actions, and readouts that are set from outside."""

    def __init__(self, table: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet: tuple[str | None, bool] = (None, False)
        self._shown_state = ("", theme.MUTED)
        self._boxes: dict[str, QWidget] = {}
        self._groups: list[QWidget] = []
        self._steps_told: tuple[str, ...] = ("",)
        self.setObjectName("transport")
        self.setStyleSheet(
            f"#transport {{ background: {theme.SURFACE}; border: none; border-bottom: 1px solid {theme.BORDER}; }}"
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACING * 2, theme.SPACING, theme.SPACING * 2, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        self.play_button = self._button(table["play"], 28, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.play_button.setMinimumSize(128, 46)
        font = self.play_button.font()
        font.setPixelSize(theme.FONT_TITLE + 2)
        font.setBold(True)
        self.play_button.setFont(font)
        actions.show_primary(self.play_button, table["play"])
        layout.addWidget(self.play_button)
        layout.addWidget(self._group([table["step_discriminator"], table["step_generator"], table["step_both"]]))
        layout.addWidget(self._group([table["reset"], table["save"], table["measures"], table["own_room"]]))
        layout.addSpacing(theme.SPACING)
        layout.addLayout(self._titles(), 1)
        self._readouts = {
            "speed": self._readout(layout, "speed", "steps/s"),
            "time": self._readout(layout, "time", "training"),
            "device": self._readout(layout, "device", "device"),
        }
        layout.addWidget(self._group([table["toggle_library"], table["toggle_latent"], table["toggle_settings"]]))
        self.set_device("", 0)
        self.set_progress(0, 0, None, 0.0)

    # --- what the window sets ---

    def set_title(self, name: str, detail: str) -> None:
        """Name of the experiment, and what it trains on."""
        self._title.show_text(name)
        self._detail.show_text(detail)

    def set_state(self, state: str | None) -> None:
        """Show whether it trains: None while torch is loading."""
        colour = {"playing": theme.REAL, "finished": theme.ACCENT, "failed": theme.DANGER}.get(state or "", theme.MUTED)
        self._shown_state = (f"● {_STATES[state]}", colour)
        self._show_state()

    def set_quiet(self, told: str | None, *, wrong: bool = False) -> None:
        """Say in the state's place that there is no news of the training, and how long; None: there is."""
        if (told, wrong) != self._quiet:
            self._quiet = told, wrong
            self._show_state()

    def _show_state(self) -> None:
        told, wrong = self._quiet
        text, colour = self._shown_state
        if told is not None:
            text, colour = f"● {told}", theme.DANGER if wrong else theme.FAKE
        self._state.setText(text)
        self._state.setStyleSheet(f"color: {colour}; background: transparent;")

    def set_progress(
        self,
        step: int,
        steps: int,
        speed: float | None,
        seconds: float,
        left: str = "",
        stage: tuple[str, str] = ("", ""),
    ) -> None:
        """Show the stage, the step of all the steps, steps a second (None: not known), seconds, and what is left.

        stage: what it is called, and until when it lasts, which stands in the tooltip where there is little room.
        """
        self._bar.setRange(0, max(steps, 1))
        self._bar.setValue(min(step, steps))
        told = progress_text(step, steps) if steps else ""
        whole = "".join(stage)
        shown = dict.fromkeys((whole, stage[0]))  # where it is narrow, without until when it lasts
        self._steps_told = tuple(" · ".join(each for each in (one, told, left) if each) for one in shown)
        self._steps.setToolTip(f"{whole}. The menu Train skips and repeats stages" if stage[1] else "")
        self._readouts["speed"].setText("–" if speed is None else f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}")
        minutes, rest = divmod(int(seconds), 60)
        self._readouts["time"].setText(f"{minutes}:{rest:02d}")
        self._tell_folded()
        self._fit()

    def set_device(self, device: str, threads: int) -> None:
        """Show where it is computed."""
        threaded = f"{device} · {threads} thread{'s' if threads > 1 else ''}"
        self._readouts["device"].setText("–" if not device else threaded if device == "cpu" else device)
        self._tell_folded()
        self._fit()

    def _tell_folded(self) -> None:
        time, device = (self._readouts[name].text() for name in ("time", "device"))
        self._state.setToolTip(f"{time} of training, on {device}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where it is narrow, leave what changes least to a tooltip, rather than cut anything off.

        First how long a stage still takes gives way, then where it is computed, then how long it has trained.
        """
        shortest = self._steps_told[-1]
        ways = [(text, 0, _DETAIL) for text in self._steps_told[:-1]]
        ways += [(shortest, hidden, 0) for hidden in range(len(_FOLDED) + 1)]
        text, hidden, _ = next((way for way in ways if self._needed(*way) <= self.width()), ways[-1])
        if self._steps.text() != text:
            self._steps.setText(text)
        for place, name in enumerate(_FOLDED):
            self._boxes[name].setVisible(place >= hidden)

    def _needed(self, text: str, hidden: int, detail: int) -> int:
        """The width that the bar takes with this text of the steps, without so many of the folded readouts."""
        layout = self.layout()
        assert layout is not None
        first = self._state.sizeHint().width() + 2 * theme.SPACING
        second = self._steps.fontMetrics().horizontalAdvance(text) + 2 * theme.SPACING + detail
        margins = layout.contentsMargins()
        needed = margins.left() + margins.right() + max(first, second) + theme.SPACING  # and a gap before the titles
        parts = [self.play_button, *self._groups, *(self._boxes[name] for name in self._boxes if name not in _FOLDED)]
        parts += [self._boxes[name] for name in _FOLDED[hidden:]]
        wide = [max(part.minimumWidth(), _natural(part)) for part in parts]
        return needed + sum(wide) + layout.spacing() * (len(wide) + 1)

    # --- how it is built ---

    def _button(self, action: QAction, size: int, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(size, size))
        button.setToolButtonStyle(style)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _group(self, group: list[QAction]) -> QWidget:
        box = QWidget()
        layout = in_line(on=box, spacing=2)
        for action in group:
            button = self._button(action, 20, Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFixedSize(36, 36)
            layout.addWidget(button)
            button.setVisible(action.isVisible())
            action.changed.connect(lambda button=button, action=action: button.setVisible(action.isVisible()))
        self._groups.append(box)
        return box

    def _titles(self) -> QVBoxLayout:
        self._title, self._detail, self._state, self._steps = ElidedLabel(), ElidedLabel(), QLabel(), QLabel()
        font = self._title.font()
        font.setPixelSize(theme.FONT_TITLE)
        font.setBold(True)
        self._title.setFont(font)
        for label in (self._detail, self._steps):
            label.setStyleSheet(f"color: {theme.MUTED}; background: transparent;")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Steps done")
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(theme.SPACING * 2)
        first.addWidget(self._title, 1)
        first.addWidget(self._state)
        second.addWidget(self._detail, 1)
        second.addWidget(self._steps)
        titles = QVBoxLayout()
        titles.setSpacing(3)
        titles.addLayout(first)
        titles.addLayout(second)
        titles.addWidget(self._bar)
        return titles

    def _readout(self, into: QHBoxLayout, name: str, called: str) -> QLabel:
        number, caption = QLabel("–"), QLabel(called)
        font = number.font()
        font.setPixelSize(theme.FONT_TITLE)
        number.setFont(font)
        caption.setStyleSheet(f"color: {theme.MUTED}; font-size: {theme.FONT_SMALL}px; background: transparent;")
        box = QWidget()
        box.setToolTip(glossary.told(name))
        box.setMinimumWidth(62)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(theme.SPACING, 0, 0, 0)
        layout.setSpacing(0)
        for label in (number, caption):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            layout.addWidget(label)
        into.addWidget(box)
        self._boxes[name] = box
        return number


def _natural(part: QWidget) -> int:
    """The width that a part takes by what is in it now; Qt's own would be that of before a label was changed."""
    layout = part.layout()
    if layout is None:
        return part.sizeHint().width()
    margins = layout.contentsMargins()
    inside = [item.widget() for item in (layout.itemAt(place) for place in range(layout.count())) if item is not None]
    wide = [max(one.minimumWidth(), one.sizeHint().width()) for one in inside if one is not None and not one.isHidden()]
    beside = isinstance(layout, QHBoxLayout)
    taken = sum(wide) + layout.spacing() * (len(wide) - 1) if beside else max(wide)
    return margins.left() + margins.right() + taken
