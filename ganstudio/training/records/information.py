"""What InfoGAN's codes told at every step of a run."""

from __future__ import annotations

from ganstudio.training.records.smoothed import ColumnHistory


class InformationHistory(ColumnHistory):
    """Rows as in ``messages.Informed``: the columns are L_I of each code, nats."""
