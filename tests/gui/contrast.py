"""How much two colours stand out from each other, and painted words from what is below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsView, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def contrast(one, other) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21, of two colours or their names."""
    low, high = sorted((_luminance(QColor(one)), _luminance(QColor(other))))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def unreadable(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """How many words are painted in a window, by whatever paints text itself, and those that stand out by under 4.5:1.

    The window is painted twice, once without its words: what differs is ink, and what is there without it the ground
    that it stands on, pixel by pixel.
    """
    with_words = _pixels(window)
    with monkeypatch.context() as patched:
        patched.setattr(QPainter, "drawText", lambda *_: None)
        without = _pixels(window)
    _renew(window)
    ink = (np.abs(with_words.astype(int) - without) > _SEEN).any(axis=2)
    found, count = [], 0
    for place in _words(ink):
        mask = ink[place]
        if mask.sum() < _FEWEST:
            continue
        count += 1
        ratios = _ratios(with_words[place][mask], without[place][mask])
        if ratios.max() < 4.5 and _is_on(window, place):
            found.append(f"{ratios.max():.2f} at x {place[1].start} to {place[1].stop}, y {place[0].start}")
    return count, found


def _is_on(window: QWidget, place: tuple[slice, slice]) -> bool:
    """Whether what stands there can be used; what can't be now may be paler (WCAG 2.1, 1.4.3: inactive components)."""
    there = window.childAt((place[1].start + place[1].stop) // 2, (place[0].start + place[0].stop) // 2)
    return there is None or there.isEnabled()


_SEEN = 8  # of 255: what differs by less is rounding
_FEWEST = 12  # pixels of a word; a dot or a dash is none
_BETWEEN = (2, 4)  # pixels between lines and between words


def _renew(window: QWidget) -> None:
    """Have everything painted anew that is kept as a picture."""
    for widget in window.findChildren(QWidget):
        if (magnify := getattr(widget, "magnify", None)) is not None:
            magnify(1.0)
        if isinstance(widget, QGraphicsView):
            for item in widget.scene().items():
                if hasattr(item, "picture"):
                    item.picture = None
                item.update()


def _pixels(window: QWidget) -> np.ndarray:
    """Red, green and blue of the window as it is shown, (h, w, 3)."""
    _renew(window)
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), 2::-1].copy()


def _words(ink: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Where there is ink, parted into lines and these into words, as far as they stand apart."""
    todo, whole = [(slice(0, ink.shape[0]), slice(0, ink.shape[1]))], ink.shape
    while todo:
        place = todo.pop()
        parts = [(rows, place[1]) for rows in _runs(ink[place].any(axis=1), place[0].start, _BETWEEN[0])]
        parts = [
            (rows, columns)
            for rows, across in parts
            for columns in _runs(ink[rows, across].any(axis=0), across.start, _BETWEEN[1])
        ]
        if parts == [place] or (not parts and place != (slice(0, whole[0]), slice(0, whole[1]))):
            yield place
        elif parts:
            todo += parts


def _runs(there: np.ndarray, start: int, apart: int) -> list[slice]:
    """Stretches of a line with no gap of more than ``apart``."""
    at = np.flatnonzero(there)
    if not len(at):
        return []
    ends = np.flatnonzero(np.diff(at) > apart)
    firsts, lasts = at[[0, *(ends + 1)]], at[[*ends, len(at) - 1]]
    return [slice(start + int(one), start + int(other) + 1) for one, other in zip(firsts, lasts, strict=True)]


def _ratios(ink: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Contrast of pixels (n, 3) to what is below them."""
    one, other = (_brightness(each) for each in (ink, ground))
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def _brightness(colours: np.ndarray) -> np.ndarray:
    parts = colours / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
