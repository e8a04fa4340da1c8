"""How far p_g is from p_data, in numbers that say what they are. numpy only; ``estimators`` brings what needs torch."""

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
from ganstudio.measurements.estimate import (
    ESTIMATOR_NAMES,
    SAMPLES,
    DivergenceEstimate,
    EstimationError,
    Estimator,
    Sides,
    Work,
    finish,
)

__all__ = [
    "ESTIMATOR_NAMES",
    "LOG2",
    "SAMPLES",
    "DivergenceEstimate",
    "EstimationError",
    "Estimator",
    "JSDBound",
    "ModeCoverage",
    "MovingAverage",
    "MovingError",
    "Sides",
    "ValueStatistics",
    "Work",
    "displayed",
    "estimate_jsd_bound",
    "finish",
    "jsd_bound",
    "mode_coverage",
    "moving_average",
    "to_bits",
    "to_nats",
    "value_statistics",
]
