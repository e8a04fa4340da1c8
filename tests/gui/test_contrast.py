"""Contrast as it is painted: edges of controls stand out from their ground by 3:1, figures can be read at 4.5:1."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, DigitsSpec, LatentSpec, NotesSpec
from ganstudio.gui.latent.value_buttons import ValueButtons
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.plane.arrows import VanishingGauge
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.measures.heat_table import Cell, HeatTable
from ganstudio.gui.rooms.slow_motion.strip import StageStrip
from ganstudio.presets import with_setting
from ganstudio.training.messages import StartGroup
from tests.gui.contrast import contrast, unreadable

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
    "values": lambda: ValueButtons(4),
    "stages": lambda: stages(),
    "gauge": lambda: VanishingGauge(),
}


def stages():
    """Of which the first is still to come, as where one went back."""
    strip = StageStrip()
    both = (("generator", "g_draw_z"), ("discriminator", "draw_x"))
    strip.set_stages([SimpleNamespace(player=player, round=1, name=name, game="", learner="") for player, name in both])
    strip.set_current(1)
    return strip


def unchecked(chip):
    chip.setChecked(False)
    return chip


@pytest.mark.parametrize("ground", [theme.BACKGROUND, theme.SURFACE])
@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_s_edge_stands_out(qtbot, name, ground):
    image, box = painted(qtbot, CONTROLS[name](), ground)
    below = 9 if name == "stages" else 0  # whose cells stand below a caption
    assert 3 <= edge(image, box.center().y() + below) <= 21


@pytest.mark.parametrize("share", [0.0, 0.3, 0.45, 0.5, 0.55, 0.6, 0.63, 0.7, 0.85, 1.0, -0.4, -0.55, -0.65, -1.0])
def test_figures_of_a_heat_table_are_read_on_every_shade(qtbot, share):
    table = HeatTable([("row", theme.TEXT)], [("column", "")], [[Cell(share, "8888", "8888")]], "words")
    image, box = painted(qtbot, table, theme.BACKGROUND)
    left, top = box.left() + 125, box.top() + 22
    for half in (range(top, top + 14), range(top + 17, box.bottom() - 4)):  # the figure, and the detail below it
        inside = [image.pixelColor(x, y).rgb() for x in range(left, left + 50) for y in half]
        ground = QColor.fromRgb(max(set(inside), key=inside.count))
        assert 4.5 <= max(contrast(QColor.fromRgb(each), ground) for each in inside) <= 21


# --- the window's rooms ---


def pale(window) -> list[str]:
    """Words that stand out by less than 4.5:1 from their ground, and edges by less than 3:1, of what can be used."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    kinds = (QLabel, QAbstractButton, QTabBar, QComboBox, QAbstractSpinBox, QLineEdit)
    found = []
    above = [widget for widget in window.findChildren(QWidget) if widget.property("lies_over") and widget.isVisible()]
    for widget in window.findChildren(QWidget):
        seen = widget.visibleRegion().boundingRect()
        if not isinstance(widget, kinds) or not widget.isVisible() or not widget.isEnabled() or seen != widget.rect():
            continue
        words = getattr(widget, "currentText", getattr(widget, "text", lambda: ""))()
        place = within(widget, window)
        if any(not over.isAncestorOf(widget) and within(over, window).intersects(place) for over in above):
            continue  # behind a notice
        part = pixels[place.top() : place.bottom() + 1, place.left() : place.right() + 1]
        colours, counts = np.unique(part, return_counts=True)
        ground = QColor.fromRgb(int(colours[counts.argmax()]))
        if words and (most := max(contrast(QColor.fromRgb(int(each)), ground) for each in colours)) < 4.5:
            found.append(f"words of {type(widget).__name__} {words!r}: {most:.2f}")
        if isinstance(widget, QAbstractButton | QComboBox | QAbstractSpinBox) and not flat(widget):
            middle, left = place.center().y(), max(place.left() - 2, 0)
            outside = QColor.fromRgb(int(pixels[middle, left]))
            inwards = np.unique(pixels[middle - 4 : middle + 5, left : place.left() + 4])  # of dashes, one at least
            if (most := max(contrast(QColor.fromRgb(int(each)), outside) for each in inwards)) < 3:
                found.append(f"edge of {type(widget).__name__} {words!r}: {most:.2f}")
    return found


def within(widget, window) -> QRect:
    """Where it stands in a window."""
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def flat(widget) -> bool:
    """Whether it is words alone by design, which fold what is below them, or a box to tick with a frame of its own."""
    return widget.objectName() in ("groupHeader", "moreButton") or isinstance(widget, QCheckBox)


def test_the_window_s_rooms_can_be_read(studio, tmp_path):
    studio.scene.samples.set_layer("manifold", True)
    studio.window.teller.tell("Something went wrong.", "more of it", wrong=True, offers={"Do Something": print})
    assert not (found := pale(studio.window)), found
    for room in ("measures", "slow_motion"):
        studio.trigger(room)
        assert not (found := pale(studio.window)), found
    table = tmp_path / "heights.csv"
    np.savetxt(table, np.random.default_rng(0).normal(size=(80, 3)), delimiter=",", header="a,b,c", comments="")
    studio.look(table)
    assert not (found := pale(studio.window)), found
    dialog = DrawDialog(None, studio.window.shell)
    dialog.show()
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        assert not (found := pale(dialog)), found
    dialog.close()


@pytest.fixture
def images(tiny):
    codes = (CategoricalCodeSpec(size=10, name="digit"), ContinuousCodeSpec(name="slant"))
    return with_setting(with_setting(tiny, "dataset", DigitsSpec()), "latent", LatentSpec(dimensions=8, codes=codes))


def read(studio, monkeypatch, least):
    """All painted words of the window can be read, and there are some."""
    studio.window._paint()
    count, found = unreadable(studio.window, monkeypatch)
    assert found == []
    assert least <= count <= 2000


def test_words_painted_in_the_plane_the_prior_and_the_plots_can_be_read(studio, monkeypatch):
    for name in ("manifold", "saturating", "combined"):
        studio.scene.samples.set_layer(name, True)
    studio.play(30)
    studio.pause()
    read(studio, monkeypatch, 40)
    for heat in ("optimal", "difference"):
        studio.frame_with(heat, lambda heat=heat: studio.scene.samples.set_layer(heat, True))
        read(studio, monkeypatch, 40)


def test_words_painted_in_the_gallery_the_sheet_and_the_codes_can_be_read(studio, monkeypatch, images):
    studio.start(images)
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    read(studio, monkeypatch, 30)
    studio.frame_with("sheet", lambda: studio.scene.samples.set_mode("sheet"))
    read(studio, monkeypatch, 30)


@pytest.fixture
def notes(tiny):
    sounds = with_setting(with_setting(tiny, "dataset", NotesSpec()), "latent.dimensions", 16)
    return with_setting(sounds, "conditioning.labels", "projection")


@pytest.mark.parametrize("game", ["notes", "pyramid", "enlarging"])
def test_rooms_of_some_games_alone_can_be_read(studio, monkeypatch, request, game):
    """Sounds with their piano, a pyramid with its levels, and enlarged images with the room Upscale."""
    studio.start(request.getfixturevalue(game))
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    assert not (found := pale(studio.window)), found
    read(studio, monkeypatch, 20)
    if game == "notes":
        studio.frame_with("sheet", lambda: studio.scene.samples.set_mode("sheet"))
    elif game == "enlarging":
        studio.wait_for(studio.game.enlarged, lambda: studio.trigger("own_room"))
    assert not (found := pale(studio.window)), found
    read(studio, monkeypatch, 20)


@pytest.mark.parametrize("band", [False, True], ids=["duel", "band"])
def test_words_painted_side_by_side_can_be_read(studio, monkeypatch, tiny, band):
    games = (tiny,) if band else (tiny, with_setting(tiny, "objective", {"kind": "hinge"}))
    start = StartGroup(experiments=games, seeds=9 if band else 0, runs=studio.runs)
    studio.wait_for(studio.game.group_opened, lambda: studio.game.start(start))
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1 and studio.window._rooms.group.isVisible())
    studio.qtbot.mouseMove(studio.window._rooms.group.wall.tiles[0], QPoint(60, 80))
    read(studio, monkeypatch, 20)


def test_words_painted_in_slow_motion_can_be_read(studio, monkeypatch):
    studio.trigger("slow_motion")
    slow = studio.window._rooms.slow
    studio.wait_for(studio.game.stages, slow.next)
    for _ in range(6):
        read(studio, monkeypatch, 8)
        slow.next()


def test_pale_painted_words_are_found(qtbot, monkeypatch):
    class Written(QWidget):
        def paintEvent(self, _event):
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
            for top, colour in ((10, theme.TEXT), (40, theme.OUTLINE)):
                painter.setPen(QColor(colour))
                painter.drawText(10, top + 12, "Words to read")

    page = Written()
    page.resize(200, 80)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    count, found = unreadable(page, monkeypatch)
    assert count == 6
    assert len(found) == 3
    assert all(int(told.rpartition(" ")[2]) > 30 for told in found)


def test_what_is_pale_is_found(qtbot):
    page = QWidget()
    page.setStyleSheet(f"background: {theme.BACKGROUND};")
    layout = QVBoxLayout(page)
    label, button = QLabel("pale"), QToolButton()
    label.setStyleSheet(f"color: {theme.OUTLINE};")
    button.setText("button")
    button.setStyleSheet(f"border: 1px solid {theme.BORDER}; color: {theme.TEXT};")
    for each in (label, button):
        layout.addWidget(each)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    assert [told.rpartition(":")[0] for told in pale(page)] == [
        "words of QLabel 'pale'",
        "edge of QToolButton 'button'",
    ]


def test_nothing_of_a_bar_is_filled_before_anything_is_done(qtbot):
    def filled(done):
        bar = QProgressBar(textVisible=False)
        bar.setRange(0, 100)
        bar.setValue(done)
        image, box = painted(qtbot, bar, theme.BACKGROUND)
        inside = (image.pixelColor(x, box.center().y()) for x in range(box.left() + 4, box.right() - 4))
        return np.mean([contrast(colour, theme.BACKGROUND) > 2 for colour in inside])

    assert filled(0) == 0
    assert filled(50) == pytest.approx(0.5, abs=0.05)
    assert filled(100) == 1
