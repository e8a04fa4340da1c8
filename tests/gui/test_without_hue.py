"""Lines and arrows that eyes may take for one by their hue differ in dashes or heads, in the plot and its legend."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.plane import arrows
from ganstudio.gui.plane.arrows import MINIMAX_UPDATES, ArrowLegend, Arrows
from ganstudio.gui.plots import paint
from ganstudio.gui.plots.dashes import Dashed, gaps, in_dashes_of
from ganstudio.gui.plots.estimates import COLOURS, Estimate
from ganstudio.gui.plots.estimates import paint as paint_estimate
from ganstudio.gui.plots.series import blend


def line(name):
    """Columns of pixels in which an estimator's line of 300 is drawn."""
    one = np.ones(1)
    estimate = Estimate(name, COLOURS[name], 0 * one, 0.5 * one, 0.4 * one, 0.6 * one, np.nan * one)
    pixels = np.zeros((40, 300), np.uint32)
    timeline = SimpleNamespace(x=np.array([0.0, 300.0]), low=0.0, high=300.0, time=False)
    paint_estimate(pixels, estimate, None, timeline, lambda span: (40 * (1 - span[1]), 40 * (1 - span[0])))
    colours = {blend(COLOURS[name], 1.0), blend(theme.STALE, 1.0)}
    return np.isin(pixels[20], list(colours)) | np.isin(pixels[19], list(colours))


def test_estimators_have_dashes_of_their_own_and_the_bound_has_none():
    assert not isinstance(theme.DISCRIMINATOR, Dashed)
    shares = {name: line(name)[10:].mean() for name in COLOURS}
    for name, colour in COLOURS.items():
        drawn, period = colour.dash
        assert shares[name] == pytest.approx(drawn / period, abs=0.05)
        assert shares[name] < 0.85  # the bound's line has no gaps
    assert all(abs(shares[one] - shares[other]) > 0.1 for one, other in combinations(COLOURS, 2))


def test_what_is_stale_keeps_its_dashes():
    stale = in_dashes_of(theme.STALE, COLOURS["histogram"])
    assert stale == theme.STALE
    assert gaps(np.ones(20), stale).tolist() == pytest.approx(gaps(np.ones(20), COLOURS["histogram"]), nan_ok=True)
    assert in_dashes_of(theme.STALE, theme.REAL) is theme.STALE


def swatch(qapp, colour):
    """Which pixels of a legend's swatch are painted, whatever its hue."""
    image = QImage(120, paint.TOP, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint.legend(painter, 120, "", "", [(colour, "", "", "")], ("", False))
    painter.end()
    return tuple(image.pixelColor(x, y).lightness() > 60 for x in range(60) for y in range(paint.TOP))


def test_the_legend_shows_the_dashes(qapp):
    shown = {name: swatch(qapp, colour) for name, colour in COLOURS.items()} | {
        "bound": swatch(qapp, theme.DISCRIMINATOR)
    }
    for one, other in combinations(shown, 2):
        apart = sum(a != b for a, b in zip(shown[one], shown[other], strict=True))
        assert 12 <= apart <= 200


def test_arrows_of_the_updates_have_heads_of_their_own(qapp):
    layer = Arrows(1)
    layer.set_vectors(np.array([[[0.0, 0.0]], *[[[1.0, 0.0]]] * 3]))
    place = np.array([[30.0, 30.0], [100.0, 100.0]])
    strokes = {name: layer.lines(name, place) - layer.lines(name, place)[0, 0] for name in MINIMAX_UPDATES}
    assert [len(each) for each in strokes.values()] == [3, 6, 5]


def test_the_arrows_legend_shows_the_heads(qtbot, monkeypatch):
    grey = {name: replace(update, colour="#ffffff", text="same") for name, update in MINIMAX_UPDATES.items()}
    monkeypatch.setattr(arrows, "MINIMAX_UPDATES", grey)
    owner = QWidget()
    qtbot.addWidget(owner)
    legend = ArrowLegend(owner)
    layer = Arrows(1)
    layer.updates = grey
    layer.show_updates(grey)
    legend.show_arrows(layer)
    image = legend.grab().toImage()
    high = legend.fontMetrics().height() + 3
    rows = [
        np.array([[image.pixelColor(x, 5 + k * high + y).lightness() for x in range(60)] for y in range(high)], int)
        for k in range(3)
    ]
    for one, other in combinations(rows, 2):
        assert 6 <= (np.abs(one - other) > 60).sum() <= 200
