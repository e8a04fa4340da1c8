"""Rows of chips at the widths that a window can have: nothing is cut, nothing lies on anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, DigitsSpec
from ganstudio.gui.latent.code_controls import CodeControls
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.plots.controls import CurveControls
from ganstudio.presets import with_setting

if TYPE_CHECKING:
    from PySide6.QtCore import QRect


@pytest.fixture
def flow(qtbot):
    """A panel of five chips, the last of which stands at the right end."""

    kept = []

    def build(width: int, **how):
        panel = QWidget()
        kept.append(panel)
        chips = [Chip(f"Chip {k}", "") for k in range(5)]
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        row = FlowLayout(*chips[:4], last=(chips[4],), **how)
        column.addLayout(row)
        column.addStretch(1)
        qtbot.addWidget(panel)
        panel.resize(width, 200)
        panel.show()
        return row, chips

    return build


def places(chips) -> list[QRect]:
    return [chip.geometry() for chip in chips]


def test_all_stand_in_one_row_and_the_last_at_its_end(flow):
    _, chips = flow(600)
    boxes = places(chips)
    assert len({box.top() for box in boxes}) == 1
    assert boxes[1].left() == boxes[0].right() + 1 + 4
    assert boxes[4].right() == 599


def test_for_the_want_of_a_few_pixels_the_last_does_not_stand_alone_below(flow):
    row, chips = flow(600)
    whole = row.sizeHint().width()
    for missing, gap, rows in ((0, 4, 1), (1, 3, 1), (8, 2, 1), (9, 4, 2)):
        chips[0].parentWidget().resize(whole - missing, 200)
        row.activate()
        boxes = places(chips)
        assert len({box.top() for box in boxes}) == rows
        assert boxes[1].left() - boxes[0].right() - 1 == gap
        assert boxes[4].right() < whole - missing


@pytest.mark.parametrize("width", [70, 130, 200, 290])
def test_where_it_is_narrow_it_goes_on_below(flow, width):
    row, chips = flow(width)
    boxes = places(chips)
    assert len({box.top() for box in boxes}) > 1
    assert all(box.left() >= 0 and box.right() < width for box in boxes)
    assert all(box.width() == chip.sizeHint().width() for box, chip in zip(boxes, chips, strict=True))
    assert not any(a.intersects(b) for k, a in enumerate(boxes) for b in boxes[:k])
    assert row.heightForWidth(width) == boxes[-1].bottom() + 1


def test_its_height_follows_what_is_added_and_taken(flow):
    row, chips = flow(600)
    one = row.heightForWidth(600)
    more = [Chip(f"More {k}", "") for k in range(9)]
    for chip in more:
        chip.setParent(chips[0].parentWidget())
        chip.show()
        row.addWidget(chip)
    assert row.heightForWidth(600) > one
    while row.count() > 5:
        row.takeAt(5)
    assert row.heightForWidth(600) == one


def test_hidden_ones_take_no_room(flow):
    row, chips = flow(600)
    before = row.sizeHint().width()
    chips[2].hide()
    assert row.sizeHint().width() == before - chips[2].sizeHint().width() - 4


@pytest.mark.parametrize("width", [70, 200, 600])
def test_it_asks_for_the_height_of_all_its_rows_at_the_width_it_has(flow, width):
    row, chips = flow(width)
    assert row.minimumSize().width() == max(chip.sizeHint().width() for chip in chips)
    assert row.minimumSize().height() == row.heightForWidth(width)


def test_the_curves_controls_fit_the_narrowest_panel(qtbot):
    controls = CurveControls(100_000)
    qtbot.addWidget(controls)
    names = ("Losses", "Energy", "Value", "JSD", "Gradients", "Info", "Codes alike", "Penalty")
    controls.offer({name: (name, "about it") for name in names})
    controls.reading.show()
    width = controls.minimumSizeHint().width()
    controls.resize(width, controls.heightForWidth(width))
    controls.show()
    shown = [child for child in controls.findChildren(QWidget) if child.parent() is controls and child.isVisible()]
    assert {controls.window_box, controls.fit, controls.bits, controls.reading} <= set(shown)
    boxes = places(shown)
    assert all(controls.rect().contains(box) for box in boxes)
    assert not any(a.intersects(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_a_code_s_slider_stands_below_its_name_where_it_is_narrow(qtbot):
    controls = CodeControls()
    qtbot.addWidget(controls)
    controls.set_codes((CategoricalCodeSpec(size=10), ContinuousCodeSpec()))
    (slider,), name = controls.sliders.values(), controls.names[1]
    for width, below in ((300, True), (600, False), (320, True)):
        controls.resize(width, 300)
        controls.show()
        qtbot.wait(1)  # until the layouts have come to it
        assert (slider.geometry().top() > name.geometry().bottom()) == below
        assert slider.width() > 100


def test_no_chip_is_cut_in_the_smallest_window(studio, tiny):
    def chips() -> list[Chip]:
        return studio.window.findChildren(Chip)

    studio.window.resize(studio.window.minimumSize())
    for data in (None, DigitsSpec()):
        if data is not None:
            studio.start(with_setting(tiny, "dataset", data))
        studio.wait(lambda: not any(chip.width() < chip.sizeHint().width() for chip in chips() if chip.isVisible()))
