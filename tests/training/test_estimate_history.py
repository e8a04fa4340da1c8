"""The estimates of a long run, of which a bounded number is kept, each as it was measured."""

import numpy as np

from ganstudio.measurements.estimate import DivergenceEstimate
from ganstudio.training.messages import Estimated
from ganstudio.training.records.estimates import MOST, EstimateHistory


def made(step: int, jsd: float, estimator: str = "probe") -> Estimated:
    estimate = DivergenceEstimate(
        estimator=estimator, jsd=jsd, jsd_low=jsd - 0.01, jsd_high=jsd + 0.01, jsd_floor=0.002, samples=5000
    )
    return Estimated(step, step / 100, estimate)


def test_a_long_run_keeps_the_newest_and_the_extremes_of_the_older_ones():
    history = EstimateHistory()
    values = np.random.default_rng(0).uniform(0.1, 0.2, 6 * MOST)
    values[777], values[900] = 0.6, 0.01
    for step, jsd in enumerate(values, start=1):
        history.add([made(step, float(jsd))])
    curve = history.curve("probe", "jsd")
    assert MOST / 2 < len(curve.steps) <= MOST
    assert np.all(np.diff(curve.steps) > 0)
    assert (curve.value.max(), curve.value.min()) == (0.6, 0.01)
    np.testing.assert_array_equal(curve.value, values[curve.steps.astype(int) - 1])
    assert curve.steps[-MOST // 2 :].tolist() == list(range(6 * MOST - MOST // 2 + 1, 6 * MOST + 1))
