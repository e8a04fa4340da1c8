"""Contrast as it is painted: edges of controls stand out from their ground by 3:1, figures can be read at 4.5:1."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui import theme
from ganstudio.gui.measures.heat_table import Cell, HeatTable
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.sliders import NamedSlider
from tests.gui.contrast import contrast

_MARGIN = 12


def painted(qtbot, widget, ground):
    page = QWidget()
    page.setObjectName("page")
    page.setStyleSheet(f"#page {{ background: {ground}; }}")
    layout = QVBoxLayout(page)
    layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    layout.addWidget(widget)
    qtbot.addWidget(page)
    page.resize(260, page.sizeHint().height())
    page.show()
    qtbot.waitExposed(page)
    page.setFocus()
    return page.grab().toImage(), QRect(widget.geometry())


def edge(image, y):
    """Along a line from the left: how much what comes first after the ground stands out from it."""
    ground = image.pixelColor(0, y)
    xs = [x for x in range(image.width()) if contrast(image.pixelColor(x, y), ground) > 1.05]
    return max(contrast(image.pixelColor(x, y), ground) for x in xs[:3])


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that is just not enough
    assert contrast("#123456", "#123456") == pytest.approx(1)


CONTROLS = {
    "button": lambda: QPushButton("Train"),
    "field": QLineEdit,
    "number": QSpinBox,
    "choice": QComboBox,
    "tick": QCheckBox,
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
    "named slider": lambda: NamedSlider("", -100, 100, 0),
    "progress": QProgressBar,
    "chip": lambda: unchecked(Chip("Real", "real points")),
}


def unchecked(chip):
    chip.setChecked(False)
    return chip


@pytest.mark.parametrize("ground", [theme.BACKGROUND, theme.SURFACE])
@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_s_edge_stands_out(qtbot, name, ground):
    image, box = painted(qtbot, CONTROLS[name](), ground)
    assert 3 <= edge(image, box.center().y()) <= 21


@pytest.mark.parametrize("share", [0.0, 0.3, 0.45, 0.5, 0.55, 0.6, 0.63, 0.7, 0.85, 1.0, -0.4, -0.55, -0.65, -1.0])
def test_figures_of_a_heat_table_are_read_on_every_shade(qtbot, share):
    table = HeatTable([("row", theme.TEXT)], [("column", "")], [[Cell(share, "8888", "8888")]], "words")
    image, box = painted(qtbot, table, theme.BACKGROUND)
    left, top = box.left() + 125, box.top() + 22
    for half in (range(top, top + 14), range(top + 17, box.bottom() - 4)):  # the figure, and the detail below it
        inside = [image.pixelColor(x, y).rgb() for x in range(left, left + 50) for y in half]
        ground = QColor.fromRgb(max(set(inside), key=inside.count))
        assert 4.5 <= max(contrast(QColor.fromRgb(each), ground) for each in inside) <= 21
