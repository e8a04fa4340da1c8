"""Colours and sizes of the window, in one place, so that a curve and a point of the same player look the same."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFontDatabase, QPalette

from ganstudio.resources import resource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# One colour a player, everywhere: real data and D's belief in it are teal, what G makes is amber.
REAL = "#2ec4b6"
FAKE = "#ffa62b"
DISCRIMINATOR = "#7aa2ff"
GENERATOR = "#ff8fab"
# One colour an estimator of the divergences.
PROBE = "#cda6ff"
HISTOGRAM = "#f2d35b"
NEIGHBOURS = "#8fdc6c"
# Of InfoGAN's codes: none of them a player's or an estimator's.
CODES = ("#e58be0", "#62c8f5", "#c3e86b", "#ff9c7a", "#b3a6ff", "#5fe3c0", "#ffd27a", "#f5a3b7")
# One a game of a duel, none of them a player's; apart in brightness too, for eyes that confuse hues.
GAMES = ("#f2e35c", "#5cc8ff", "#d58cff", "#ff7a59")
CHOSEN = GAMES[0]  # the one seed of a band that is followed
# What was measured too long ago to be of now; on BACKGROUND it reads at 5.6:1.
STALE = "#8790a3"
ACCENT = "#7aa2ff"
DANGER = "#ff6b6b"

BACKGROUND = "#14171f"
SURFACE = "#1b1f2a"
RAISED = "#242a38"
BORDER = "#333b4d"
TEXT = "#e8ebf2"
MUTED = "#9aa4b8"

# Shades of the controls' states. DISABLED still reads at 3:1 on RAISED. OUTLINE is a control's own edge, or a slider's
# groove: 3.5:1 on RAISED, 4:1 on SURFACE. BORDER only parts what stands apart anyway.
HOVER = "#2d3546"
PRESSED = "#1f2430"
OUTLINE = "#707d99"
DENSEST = "#46516a"  # where the prior has most mass; OUTLINE is seen on it
DISABLED = "#7b869c"
FOCUS = "#a9c1ff"
SELECTED = "#2f4170"
ON_ACCENT = "#10131b"

SPACING = 8
RADIUS = 6

# Sizes in device-independent pixels.
FONT_SMALL = 11
FONT_BODY = 13
FONT_TITLE = 15
CONTROL_HEIGHT = 28
LABEL_WIDTH = 114


def tokens() -> dict[str, str]:
    """Every token of this module by name, as the stylesheet's ``$NAME`` placeholders want them."""
    return {name: str(value) for name, value in globals().items() if name.isupper() and isinstance(value, str | int)}


def stylesheet() -> str:
    """The window's stylesheet with its tokens filled in."""
    return Template((resource("styles") / "studio.qss").read_text("utf-8")).substitute(tokens())


def palette() -> QPalette:
    """The dark palette, for what Fusion paints by itself."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    colours = {
        role.Window: BACKGROUND,
        role.WindowText: TEXT,
        role.Base: SURFACE,
        role.AlternateBase: RAISED,
        role.Text: TEXT,
        role.PlaceholderText: MUTED,
        role.Button: RAISED,
        role.ButtonText: TEXT,
        role.BrightText: DANGER,
        role.Light: HOVER,
        role.Midlight: RAISED,
        role.Mid: BORDER,
        role.Dark: PRESSED,
        role.Shadow: BACKGROUND,
        role.Highlight: ACCENT,
        role.HighlightedText: ON_ACCENT,
        role.Accent: ACCENT,
        role.Link: ACCENT,
        role.LinkVisited: GENERATOR,
        role.ToolTipBase: RAISED,
        role.ToolTipText: TEXT,
    }
    for each, colour in colours.items():
        made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        made.setColor(group.Disabled, each, QColor(DISABLED))
    made.setColor(group.Disabled, role.Highlight, QColor(BORDER))
    return made


def apply(app: QApplication) -> None:
    """Dress the whole application: Fusion, the dark palette, the system's font, the stylesheet."""
    # The stylesheet names its pictures "styles:...": a path that is written out may hold what ends a url().
    QDir.setSearchPaths("styles", [str(resource("styles"))])
    app.setStyle("Fusion")
    app.setPalette(palette())
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(FONT_BODY)
    app.setFont(font)
    app.setStyleSheet(stylesheet())


def code_colour(index: int) -> str:
    """A code's own colour; after eight codes they begin again."""
    return CODES[index % len(CODES)]
