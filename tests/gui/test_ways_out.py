"""Every picture can be saved and copied, from its menu, with the keyboard too."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu

import ganstudio.gui
from ganstudio.gui.card.choices import PreviewStrip
from ganstudio.gui.card.facts import ImageStats
from ganstudio.gui.card.scatter import Scatter
from ganstudio.gui.card.sheet import ContactSheet
from ganstudio.gui.latent.preview import Filmstrip, Preview
from ganstudio.gui.latent.prior_canvas import PriorCanvas
from ganstudio.gui.parts.saving import file_name
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.draw.preview import Preview as DrawnPreview
from ganstudio.gui.rooms.measures.heat_table import Cell, HeatTable
from ganstudio.gui.rooms.slow_motion.strip import LayerBars, StageStrip
from ganstudio.presets import load_preset


@pytest.fixture(autouse=True)
def clipboard(qapp):
    board = QGuiApplication.clipboard()
    yield board
    board.clear()


def way(widget) -> WaysOut:
    return widget.findChild(WaysOut, options=Qt.FindChildOption.FindDirectChildrenOnly)


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), :3].copy()


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_plot_is_copied_with_as_many_pixels_as_asked_for(studio, clipboard, scale):
    studio.play(300)
    studio.pause()
    studio.window._paint()
    losses = next(iter(studio.scene.curves.plots.values()))
    before = losses._pixels.shape
    way(losses).copy(scale)
    copied = clipboard.image()
    assert copied.size() == losses.size() * scale
    assert losses._pixels.shape == before  # the screen's again
    if scale > 1:  # its curves have pixels of their own, and are not the screen's made larger
        small = pixels(way(losses).picture(1).toImage())
        large = pixels(copied)
        assert (large != small.repeat(scale, 0).repeat(scale, 1)).any(axis=2).mean() > 0.005


@pytest.mark.parametrize("preset", ["ring", "infogan"])
def test_each_picture_of_a_game_has_the_menu(studio, preset):
    studio.start(load_preset(preset))
    scene = studio.scene
    shown = [*scene.curves.plots.values()]
    if preset == "ring":
        shown += [scene.samples._plot, scene.prior.findChild(PriorCanvas)]
    else:
        shown += [scene.samples._generated, scene.samples._real, scene.samples.sheet.canvas]
        shown += [scene.latent.findChild(Preview), scene.latent.findChild(Filmstrip)]
    for widget in shown:
        if not widget.isVisible():
            continue  # it has no size yet
        texts = [act.text() for act in way(widget).menu().actions()]
        assert texts[:2] == ["&Save Picture", "&Copy Picture"]
        assert way(widget).picture(2).size() == widget.size() * 2


def test_a_picture_is_saved_under_a_name_that_says_of_what_it_is(studio, tmp_path, monkeypatch):
    studio.play(20)
    studio.pause()
    asked = []

    def choose(_window, _title, name, _kinds):
        asked.append(name)
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    plot = studio.scene.samples._plot
    way(plot).ask(2)
    assert asked[0].endswith(f"{studio.run_folder().name}_step-{studio.game.step}_Plane.png")
    image = QImage(str(tmp_path / "mine.png"))
    assert image.size() == plot.size() * 2
    assert len(np.unique(pixels(image).reshape(-1, 3), axis=0)) > 20
    assert studio.notice == f"Saved {tmp_path / 'mine.png'}."
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_picture_that_can_not_be_written_is_told(studio, tmp_path):
    plot = studio.scene.samples._plot
    gone = tmp_path / "gone" / "picture.png"
    way(plot).save(way(plot).picture(1), gone)
    assert studio.notice.startswith(f"{gone} can't be written: ")
    assert "Choose another place" in studio.notice


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_takes_nothing_is_told(studio, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    plot = studio.scene.samples._plot
    way(plot).save(way(plot).picture(1), closed / "picture.png")
    assert "can't be written: Permission denied" in studio.notice


def test_the_menu_key_opens_the_menu(studio):
    losses = next(iter(studio.scene.curves.plots.values()))
    losses.setFocus(Qt.FocusReason.TabFocusReason)
    place = QPoint(20, 20)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, losses.mapToGlobal(place))
    QApplication.sendEvent(losses, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[0].text() == "&Save Picture"
    menu.close()


def test_copy_takes_the_picture_that_the_keyboard_is_in(studio, clipboard):
    belief = list(studio.scene.curves.plots.values())[1]
    belief.setFocus(Qt.FocusReason.TabFocusReason)
    studio.qtbot.keyClick(belief, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.image().size() == belief.size()
    slider = studio.scene.latent.sliders[0]
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    studio.qtbot.keyClick(slider, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.image().size() == studio.scene.samples.shown.size()


@pytest.mark.parametrize("focus", ["the window", "Play", "the timeline", "the chips of curves"])
def test_where_no_picture_has_the_keyboard_what_g_makes_is_copied(studio, clipboard, focus):
    scene, shell = studio.scene, studio.window.shell
    around = {"Play": shell.transport, "the chips of curves": scene.curves.controls}
    widget = shell if focus == "the window" else scene.timeline.compare
    if focus in around:
        buttons = around[focus].findChildren(QAbstractButton)
        widget = next(each for each in buttons if each.isEnabled() and each.isVisible())
    if focus == "the timeline":
        studio.play(20)
        studio.wait(widget.isVisible)
        studio.pause()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is widget
    studio.trigger("copy")
    assert clipboard.image().size() == scene.samples.shown.size()


CONTROLS = {"alerts", "chips", "modes", "preset_card", "sliders", "strip", "value_buttons"}
"""What is ringed and never leaves the window."""


def test_what_is_copied_or_saved_does_not_ask_qt_whether_it_is_ringed():
    home = Path(ganstudio.gui.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in home.rglob("*.py")}
    ringed = {path.stem for path, text in texts.items() if "theme.FOCUS" in text and "self.hasFocus()" in text}
    assert ringed == CONTROLS  # all else asks shows_focus


SHOWN = {  # outside the game's own scene, in the window or a dialog
    "the samples of a card": lambda: with_samples(ContactSheet()),
    "the points of a card": lambda: with_points(Scatter()),
    "its statistics": lambda: with_statistics(ImageStats()),
    "its preview": lambda: with_preview(PreviewStrip()),
    "what is drawn": DrawnPreview,
    "the stages of a step": StageStrip,
    "a gradient's bars": lambda: with_norms(LayerBars()),
}


def with_samples(sheet):
    sheet.set_count(3, complete=False)
    sheet.put(0, np.full((3, 48, 48, 3), 200, np.uint8))
    return sheet


def with_points(scatter):
    scatter.show_points(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32))
    return scatter


def with_statistics(stats):
    stats.show_stats(np.full((8, 8, 1), 90, np.uint8), np.arange(256)[None])
    return stats


def with_preview(strip):
    strip.show_images(np.full((4, 8, 8, 1), 180, np.uint8))
    return strip


def with_norms(bars):
    bars.set_norms(np.array([0.5, 2.0]), "#ffffff")
    return bars


@pytest.mark.parametrize("name", SHOWN)
def test_pictures_in_every_room_have_the_same_ways_out(qtbot, clipboard, name):
    widget = SHOWN[name]()
    qtbot.addWidget(widget)
    widget.resize(300, 240)
    with qtbot.waitExposed(widget):
        widget.show()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(9, 9), widget.mapToGlobal(QPoint(9, 9)))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    save, copy = (action.menu() for action in menu.actions()[:2])
    assert [action.text() for action in save.actions()] == ["&1×…", "&2×…", "&4×…"]
    for action, scale in zip(copy.actions(), (1, 2, 4), strict=True):
        action.trigger()
        assert clipboard.image().size() == widget.size() * scale
    assert len(np.unique(pixels(clipboard.image()).reshape(-1, 3), axis=0)) >= (1 if name.endswith("step") else 2)
    menu.close()


def test_bars_are_copied_as_text(qtbot, clipboard):
    bars = with_norms(LayerBars())
    qtbot.addWidget(bars)
    way(bars).copy_text()
    assert clipboard.text() == "Layer\tNorm of the gradient\n1\t0.5\n2\t2.0"


def test_a_table_is_copied_as_text(qtbot, clipboard):
    cells = [[Cell(0.5, "0.50", "(0.01)"), Cell(0.1, "0.10")]]
    table = HeatTable([("digit", "#ffffff")], [("slant", "H = 1.10"), ("width", "")], cells, "Information")
    qtbot.addWidget(table)
    way(table).copy_text()
    assert clipboard.text() == "\tslant H = 1.10\twidth\ndigit\t0.50 (0.01)\t0.10"


def test_names_suit_any_file_system():
    assert file_name("my run: 2/3", "step-12", "G(z) · D‖g") == "my-run-2-3_step-12_G-z-D-g.png"
    assert len(file_name("x" * 300)) < 130
