"""How far the reading is: files done, how many a second, how long it will take."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import in_line
from ganstudio.scalars import counted

_SPAN = 5.0  # seconds that the rate is taken over: it changes with what is read
_SURE = 0.7  # seconds before there is a rate to speak of


class ProgressLine(QWidget):
    """A bar and a sentence; the bar goes when there is nothing more to come, and the sentence stays."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Files read")
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self._seen: deque[tuple[float, int]] = deque()
        row = in_line((self.bar, 1), self.words, on=self, spacing=2 * theme.SPACING)
        row.addStretch(0)
        self.setFixedHeight(20)

    def begin(self, words: str) -> None:
        """Something is being read whose extent is not known yet."""
        self._seen.clear()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.words.setText(words)

    def show_progress(self, done: int, total: int) -> None:
        """So many files of so many; total: 0 while it is unknown."""
        now = time.monotonic()
        self._seen.append((now, done))
        while now - self._seen[0][0] > _SPAN:
            self._seen.popleft()
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        began, before = self._seen[0]
        rate = (done - before) / (now - began) if now - began >= _SURE else 0.0
        self.words.setText(told(done, total, rate))

    def end(self, words: str) -> None:
        """Nothing more is to come."""
        self.bar.hide()
        self.words.setText(words)


def told(done: int, total: int, rate: float) -> str:
    """Progress in words; rate: files a second, 0 while it is unknown."""
    parts = [f"{done:,} of {counted(total, 'file')}" if total else counted(done, "file")]
    if rate > 0:
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else "less than one a second")
        if total:
            parts.append(f"{span((total - done) / rate)} left")
    return " · ".join(parts)


def span(seconds: float) -> str:
    """A time to wait, for people: less than a second, 40 s, 3 min."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
