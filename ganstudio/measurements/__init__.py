"""How far p_g is from p_data, in numbers that say what they are. numpy only; for torch: ``estimators``, ``images``."""

from ganstudio.measurements.averages import MovingAverage, MovingError
from ganstudio.measurements.codes import (
    InformationTable,
    Matched,
    information_table,
    matched_accuracy,
    mutual_information,
    rank_correlation,
    slant,
)
from ganstudio.measurements.coverage import ModeCoverage, mode_coverage
from ganstudio.measurements.divergence import (
    LOG2,
    JSDBound,
    ValueStatistics,
    displayed,
    estimate_jsd_bound,
    jsd_bound,
    moving_average,
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
from ganstudio.measurements.fidelity import Overlap, class_shares, overlap, shares_divergence, sure_share
from ganstudio.measurements.frechet import KernelDistance, frechet_local, kernel_distance
from ganstudio.measurements.memorising import Copying, Nearest, copying, nearest, nearest_of

__all__ = [
    "ESTIMATOR_NAMES",
    "LOG2",
    "SAMPLES",
    "Copying",
    "DivergenceEstimate",
    "EstimationError",
    "Estimator",
    "InformationTable",
    "JSDBound",
    "KernelDistance",
    "Matched",
    "ModeCoverage",
    "MovingAverage",
    "MovingError",
    "Nearest",
    "Overlap",
    "Sides",
    "ValueStatistics",
    "Work",
    "class_shares",
    "copying",
    "displayed",
    "estimate_jsd_bound",
    "finish",
    "frechet_local",
    "information_table",
    "jsd_bound",
    "kernel_distance",
    "matched_accuracy",
    "mode_coverage",
    "moving_average",
    "mutual_information",
    "nearest",
    "nearest_of",
    "overlap",
    "rank_correlation",
    "shares_divergence",
    "slant",
    "sure_share",
    "value_statistics",
]
