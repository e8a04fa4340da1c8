"""Marks of samples: a word in a colour on each picture, such as the pitch that is heard or the class asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from ganstudio.gui.looks import theme
from ganstudio.modalities import Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.modalities import Modality, Samples
    from ganstudio.training.messages import Opened

    Marks = Sequence[Mark | None]
    Marking = Callable[[Samples], Marks]

_HEIGHT, _BESIDE, _IN = 15, 4, 2
_NARROWEST = 40
"""Device-independent pixels of a picture that a mark has room on."""


def nothing(samples: Samples) -> Marks:
    """No marks."""
    return (None,) * len(samples)


def marking(modality: Modality) -> Marking:
    """What marks samples of a kind by themselves."""
    return lambda samples: modality.marks(samples) or nothing(samples)


def of_game(opened: Opened) -> tuple[Marking, Marking]:
    """What marks the generated samples of the fixed latents, and the real ones beside them.

    By what is found in a sample; else, where kinds have marks at all, by the class that was asked for: with a question
    mark where something is found in real samples. Of these each column is of one class, where the generated ones stand
    so.
    """
    modality, label = opened.modality, opened.label
    in_real = modality.marks(opened.real)
    if in_real is None:
        return nothing, nothing
    asked: list[Mark] = []
    if label is not None:
        which = np.asarray(opened.latents)[:, opened.latent.label_columns].argmax(1).tolist()
        names = [label.names[one] if label.names else str(one) for one in which]
        if 2 * sum(one is not None for one in in_real) > len(in_real):
            asked = [Mark(f"{name}?", None) for name in names]
        else:
            asked = [Mark(name, one / label.size) for name, one in zip(names, which, strict=True)]

    def filled(samples: Samples, known: Sequence[Mark]) -> Marks:
        found = modality.marks(samples) or nothing(samples)
        return [one or (known[index] if index < len(known) else None) for index, one in enumerate(found)]

    columns = opened.columns
    beside = [asked[index % columns] for index in range(len(opened.real))] if asked and columns else []
    return (lambda samples: filled(samples, asked)), (lambda samples: filled(samples, beside))


def paint_mark(painter: QPainter, picture: QRectF, mark: Mark | None) -> None:
    """Write a mark in the upper left corner of a picture; where it is too small for words, its colour alone."""
    if mark is None:
        return
    colour = QColor(theme.MUTED) if mark.hue is None else QColor.fromHslF(mark.hue % 1.0, 0.75, 0.72)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if picture.width() < _NARROWEST:
        painter.setBrush(colour)
        painter.drawRect(QRectF(picture.left(), picture.top(), picture.width(), 2))
        painter.restore()
        return
    font = QFont(painter.font())
    font.setPixelSize(theme.FONT_SMALL)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    most = int(picture.width()) - 2 * (_IN + _BESIDE)
    word = metrics.elidedText(mark.word, Qt.TextElideMode.ElideRight, most)
    box = QRectF(picture.left() + _IN, picture.top() + _IN, metrics.horizontalAdvance(word) + 2 * _BESIDE, _HEIGHT)
    ground = QColor(theme.BACKGROUND)
    ground.setAlphaF(0.8)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()


def paint_letter(painter: QPainter, picture: QRectF, letter: str) -> None:
    """Write as what a picture is marked in its lower right corner, on the accent, however small it is."""
    side = min(float(_HEIGHT), picture.width() / 2)
    box = QRectF(picture.right() - side, picture.bottom() - side, side, side)
    painter.save()
    painter.fillRect(box, QColor(theme.ACCENT))
    font = QFont(painter.font())
    font.setPixelSize(max(round(side * 0.8), 1))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.ON_ACCENT))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()
