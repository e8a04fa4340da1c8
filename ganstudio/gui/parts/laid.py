"""Layouts without margins, filled as they are made: below one another, or side by side."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout
Parts = Part | tuple[Part, int] | None
_Box = TypeVar("_Box", bound=QBoxLayout)


def stacked(*parts: Parts, on: QWidget | None = None, spacing: int | None = None) -> QVBoxLayout:
    """Parts below one another, each with its stretch, if it has one; None: what is left over.

    on: the widget that is laid out so. spacing: between them, pixels; None: the style's.
    """
    return _filled(QVBoxLayout() if on is None else QVBoxLayout(on), parts, spacing)


def in_line(*parts: Parts, on: QWidget | None = None, spacing: int | None = None) -> QHBoxLayout:
    """The same, side by side."""
    return _filled(QHBoxLayout() if on is None else QHBoxLayout(on), parts, spacing)


def _filled(layout: _Box, parts: tuple[Parts, ...], spacing: int | None) -> _Box:
    layout.setContentsMargins(0, 0, 0, 0)
    if spacing is not None:
        layout.setSpacing(spacing)
    for each in parts:
        part, stretch = each if isinstance(each, tuple) else (each, 0)
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, QWidget):
            layout.addWidget(part, stretch)
        else:
            layout.addLayout(part, stretch)
    return layout
