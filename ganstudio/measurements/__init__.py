"""How far p_g is from p_data, in numbers that say what they are. numpy only."""

from ganstudio.measurements.averages import MovingAverage, MovingError
from ganstudio.measurements.coverage import ModeCoverage, mode_coverage
from ganstudio.measurements.divergence import (
    LOG2,
    JSDBound,
    ValueStatistics,
    displayed,
    estimate_jsd_bound,
    jsd_bound,
    moving_average,
    to_bits,
    to_nats,
    value_statistics,
)

__all__ = [
    "LOG2",
    "JSDBound",
    "ModeCoverage",
    "MovingAverage",
    "MovingError",
    "ValueStatistics",
    "displayed",
    "estimate_jsd_bound",
    "jsd_bound",
    "mode_coverage",
    "moving_average",
    "to_bits",
    "to_nats",
    "value_statistics",
]
