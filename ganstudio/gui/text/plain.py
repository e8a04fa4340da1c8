"""What the user or a file says is shown as the text that it is: Qt would take a part of it for HTML, or for a key.

The stylesheet makes every label and tooltip plain text; ``markup`` sets those apart whose HTML is our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

_JOINER = "\u2060"  # has no width: with it "<img" is no tag


def markup(label: QLabel) -> QLabel:
    """Let a label show HTML that is written here, and holds nothing from elsewhere that is not escaped."""
    label.setProperty("markup", True)
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


def plain_tip(text: str) -> str:
    """A text for a tooltip that Qt takes for no HTML, whoever shows it."""
    return text.replace("<", f"<{_JOINER}").replace("&", f"&{_JOINER}") if Qt.mightBeRichText(text) else text
