"""The window by keyboard alone: keys are clicked on whatever has the focus, as a person's are."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabWidget,
    QWidget,
)

from ganstudio.gui.library.preset_card import PresetCard
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.parts.ways_out import picture_of
from ganstudio.gui.plots.panel import Panel
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.group.setup import DuelSetup
from ganstudio.gui.window.help import shortcuts
from ganstudio.gui.window.questions import may_close, may_discard
from ganstudio.presets import load_preset, with_settings

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def press(studio):
    """Press a key where the focus is, and return what has it then."""

    def act(key, modifier=Qt.KeyboardModifier.NoModifier):
        for each in key if isinstance(key, str) else [key]:
            studio.qtbot.keyClick(QApplication.focusWidget() or studio.window, each, modifier)
        return QApplication.focusWidget()

    return act


def within(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def parts(studio):
    shell, scene = studio.window.shell, studio.scene
    made, latent, curves = (pane.widget for pane in scene.panes())
    return [shell.library, made, latent, curves, shell.right]


# --- from pane to pane ---


def test_the_first_slider_is_eight_keys_away_at_most(studio, press):
    keys = 0
    while QApplication.focusWidget() is not studio.scene.latent.sliders[0]:
        press(Qt.Key.Key_F6)
        keys += 1
        assert keys <= 8
    assert keys >= 1


def test_f6_goes_through_the_panes_in_the_eyes_order_and_back(studio, press):
    wanted = [*parts(studio), studio.window.shell.transport]
    for part in (*wanted, wanted[0]):
        assert within(part, press(Qt.Key.Key_F6))
    for part in (wanted[-1], *wanted[-2::-1]):
        assert within(part, press(Qt.Key.Key_F6, SHIFT))


def test_a_button_that_switches_itself_off_leaves_the_keyboard_near_it(studio, press):
    studio.trigger("slow_motion")
    slow = studio.window._rooms.slow
    slow._next.setFocus()
    assert press(Qt.Key.Key_Space) is slow._next  # while the step is awaited, too
    studio.wait(lambda: slow.stage() is not None)
    assert press(Qt.Key.Key_Space) is slow._next
    slow._back.setFocus()
    focused = press(Qt.Key.Key_Space)
    assert not slow._back.isEnabled()
    assert focused is slow._playing  # which stands next to it
    press(Qt.Key.Key_Right)
    assert slow.stage().name == "generate"
    press(Qt.Key.Key_Escape)
    assert studio.window.shell.middle() is studio.scene
    assert studio.state == "paused"


def test_a_pane_is_come_back_to_where_it_was_left(studio, press):
    for _ in range(3):
        press(Qt.Key.Key_F6)
    left = press(Qt.Key.Key_Down)
    assert left is studio.scene.latent.sliders[1]
    press(Qt.Key.Key_F6)
    assert press(Qt.Key.Key_F6, SHIFT) is left


def test_what_is_hidden_is_passed_over(studio, press):
    studio.trigger("toggle_library")
    studio.trigger("toggle_latent")
    made, curves = parts(studio)[1], parts(studio)[3]
    assert within(made, press(Qt.Key.Key_F6))
    assert within(curves, press(Qt.Key.Key_F6))


# --- Tab ---


def tabbed(studio, press):
    """What Tab stops at until it is back where it began."""
    found = [press(Qt.Key.Key_Tab)]
    while (stop := press(Qt.Key.Key_Tab)) is not found[0]:
        found.append(stop)
        assert len(found) < 200
    return found


@pytest.mark.parametrize("preset", ["ring", "infogan"])
def test_tab_goes_as_the_eye_does_and_lists_are_one_stop(studio, press, preset):
    studio.start(load_preset(preset))
    assert studio.game.step == 0
    found = tabbed(studio, press)
    bar = studio.window.shell.transport
    order = [[within(part, stop) for part in (bar, *parts(studio))].index(True) for stop in found]
    assert order == sorted(order)
    for kind in (PresetCard, Panel):
        assert sum(isinstance(stop, kind) for stop in found) == 1
    sliders = [stop for stop in found if stop in studio.scene.latent.sliders]
    assert len(sliders) == 1
    back = [press(Qt.Key.Key_Tab, SHIFT) for _ in found]
    assert back == [*found[-1:], *found[-2::-1]]


def test_what_tab_comes_to_is_in_view(studio, press):
    panel = studio.window.settings
    press(Qt.Key.Key_Tab)
    last = press(Qt.Key.Key_Tab, SHIFT)
    last = press(Qt.Key.Key_Tab, SHIFT)
    assert within(panel, last)
    assert not last.visibleRegion().isEmpty()


def test_arrows_go_from_slider_to_slider_and_turn_them(studio, press):
    latent = studio.scene.latent
    latent.sliders[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Right)
    assert latent.z == pytest.approx([0.06, 0], abs=1e-6)
    assert press(Qt.Key.Key_Down) is latent.sliders[1]
    press(Qt.Key.Key_Left)
    assert latent.z == pytest.approx([0.06, -0.06], abs=1e-6)
    assert press(Qt.Key.Key_Up) is latent.sliders[0]
    assert press(Qt.Key.Key_Up) is latent.sliders[0]


def test_keys_read_the_curves(studio, press):
    studio.play(200)
    studio.pause()
    studio.window._paint()
    losses, belief = list(studio.scene.curves.plots.values())[:2]
    losses.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Home)
    assert losses.caption.startswith("step 1 ")
    press(Qt.Key.Key_Right)
    assert not losses.caption.startswith("step 1 ")
    press(Qt.Key.Key_Left)
    assert losses.caption.startswith("step 1 ")
    press(Qt.Key.Key_End)
    assert losses.caption.startswith(f"step {studio.game.step:,} ")
    low, high = studio.scene.curves.axis.range
    press(Qt.Key.Key_Plus)
    assert np.ptp(studio.scene.curves.axis.range) == pytest.approx(0.85 * (high - low), rel=0.01)
    assert press(Qt.Key.Key_Down) is belief
    assert not studio.scene.curves.axis.following


# --- a number is typed ---


def test_a_number_typed_on_a_slider_is_its_value(studio, press):
    latent = studio.scene.latent
    latent.sliders[1].setFocus(Qt.FocusReason.TabFocusReason)
    assert isinstance(press("-"), QLineEdit)
    press("1,2345")
    assert press(Qt.Key.Key_Return) is latent.sliders[1]
    assert latent.z == pytest.approx([0, -1.2345], abs=1e-6)
    field = press(Qt.Key.Key_Return)
    assert field.text() == "-1.2345"
    press("0.5")
    press(Qt.Key.Key_Escape)
    assert latent.z[1] == pytest.approx(-1.2345, abs=1e-6)
    assert QApplication.focusWidget() is latent.sliders[1]


@pytest.mark.parametrize(
    ("typed", "told"), [("7", "z₁ can be from −3 to 3"), ("1.2.3", "is no number"), ("nan", "is no number")]
)
def test_what_can_not_be_a_value_is_told_and_can_be_mended(studio, press, typed, told):
    latent = studio.scene.latent
    slider = latent.sliders[0]
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    press(typed)
    field = press(Qt.Key.Key_Return)
    assert told in field.accessibleDescription()
    assert latent.z[0] == 0
    press("2")
    press(Qt.Key.Key_Return)
    assert latent.z[0] == pytest.approx(2, abs=1e-6)


def test_a_double_click_on_the_value_types_it(studio, press):
    slider = studio.scene.latent.sliders[0]
    spot = QPoint(slider.width() - 4, slider.height() // 2)
    studio.qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=spot)
    assert studio.scene.latent.z[0] == 0  # no jump to the end of the track
    studio.qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=spot)
    press("1.5")
    press(Qt.Key.Key_Return)
    assert studio.scene.latent.z[0] == pytest.approx(1.5, abs=1e-6)


def test_every_slider_of_the_window_takes_a_number(studio, press):
    for preset in ("ring", "infogan"):
        studio.start(load_preset(preset))
        for slider in studio.scene.latent_panel.findChildren(NamedSlider):
            if not slider.isVisible():
                continue
            low, high = slider.ends
            slider.setFocus(Qt.FocusReason.TabFocusReason)
            press(Qt.Key.Key_Return)
            press(f"{low + 0.25 * (high - low):.4f}")
            press(Qt.Key.Key_Return)
            share = (slider.value() - slider.minimum()) / (slider.maximum() - slider.minimum())
            assert share == pytest.approx(0.25, abs=0.01)


# --- the main job ---


def test_the_main_job_by_keyboard_alone(studio, press, tmp_path, monkeypatch):
    """Choose a preset, play, turn a knob and a slider, save, and train on data of one's own."""
    (tmp_path / "mine.csv").write_text("".join(f"{k % 7},{k % 5}\n" for k in range(200)), encoding="utf-8")
    press(Qt.Key.Key_F6)
    assert isinstance(press(Qt.Key.Key_Right), PresetCard)
    opened = studio.wait_for(studio.game.opened, lambda: press(Qt.Key.Key_Return))
    assert opened.experiment.name == "grid"
    studio.wait(lambda: studio.state == "paused")

    press(Qt.Key.Key_F6)
    press(Qt.Key.Key_Space)  # on a chip it is the chip's, as on any button
    for _ in range(2):
        press(Qt.Key.Key_F6)
    while QApplication.focusWidget() is not studio.scene.latent.sliders[0]:
        press(Qt.Key.Key_F6)
    press(Qt.Key.Key_Space)
    studio.wait(lambda: studio.state == "playing" and studio.game.step >= 2)
    press("0.75")
    press(Qt.Key.Key_Return)
    assert studio.scene.latent.z[0] == pytest.approx(0.75, abs=1e-6)

    for _ in range(2):
        press(Qt.Key.Key_F6)
    row = studio.window.settings.row_at("schedule.discriminator_steps")
    while QApplication.focusWidget() is not row.editor:
        press(Qt.Key.Key_Tab)
    adjusted = studio.wait_for(studio.game.adjusted, lambda: press(Qt.Key.Key_Up))
    assert (adjusted.path, adjusted.value) == (
        "schedule.discriminator_steps",
        opened.experiment.schedule.discriminator_steps + 1,
    )
    press(Qt.Key.Key_F6)
    studio.wait_for(studio.game.checkpointed, lambda: press(Qt.Key.Key_S, CTRL))

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([str(tmp_path / "mine.csv")], ""))
    press(Qt.Key.Key_O, CTRL)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    opened = studio.wait_for(studio.game.opened, lambda: press(Qt.Key.Key_Return))
    assert opened.experiment.dataset.kind == "table"


def test_the_plane_and_a_plot_are_ringed_by_tab_and_no_picture_of_them_is(studio):
    for widget in (studio.scene.samples.shown, studio.scene.curves.plots["Losses"]):
        widget.clearFocus()
        without = picture_of(widget, 1).toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.grab(widget.rect()).toImage().pixelColor(3, 0).name() == theme.FOCUS.lower()
        assert picture_of(widget, 1).toImage().pixelColor(3, 0) == without.pixelColor(3, 0) != QColor(theme.FOCUS)
        widget.clearFocus()
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
        assert widget.grab(widget.rect()).toImage().pixelColor(3, 0).name() != theme.FOCUS.lower()


def test_a_traversal_sheet_is_walked_by_arrows(studio, press):
    # Few data, and no search for the best number of threads, which take a loaded machine a minute.
    few = [("dataset.count", 100), ("dataset.held_out", 20), ("device", {"kind": "cpu", "threads": 1})]
    studio.start(with_settings(load_preset("infogan"), few))
    studio.scene.samples.set_mode("sheet")
    studio.trigger("step_both")
    canvas = studio.scene.samples.sheet.canvas
    studio.wait(lambda: canvas.image is not None)
    while QApplication.focusWidget() is not canvas:
        press(Qt.Key.Key_F6)
    picked = []
    studio.scene.samples.picked.connect(picked.append)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    assert len(picked) == 2
    assert not np.array_equal(picked[0], picked[1])


# --- dialogs ---


def test_each_button_and_field_of_a_dialog_has_a_letter_of_its_own(qtbot, tiny):
    for dialog in (DuelSetup(tiny), DrawDialog(), shortcuts()):
        qtbot.addWidget(dialog)
        texts = [button.text() for button in dialog.findChildren(QPushButton) if button.text()]
        texts += [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None]
        texts += [slider.name for slider in dialog.findChildren(NamedSlider)]
        texts += [tabs.tabText(k) for tabs in dialog.findChildren(QTabWidget) for k in range(tabs.count())]
        letters = [text.partition("&")[2][:1].casefold() for text in texts]
        assert all(letters), texts
        assert len(set(letters)) == len(letters), texts


def test_alt_and_its_letter_bring_the_keyboard_to_a_slider(qtbot):
    dialog = DrawDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    dialog.mixture.add_button.click()  # a Gaussian is selected, whose sliders can be moved then
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        sliders = [slider for slider in dialog.findChildren(NamedSlider) if slider.isVisible()]
        assert len(sliders) == 2
        for slider in sliders:
            letter = slider.name.partition("&")[2][0].upper()
            qtbot.keyClick(
                QApplication.focusWidget() or dialog, Qt.Key[f"Key_{letter}"], Qt.KeyboardModifier.AltModifier
            )
            assert slider.hasFocus()
            assert slider.accessibleName() == slider.name.replace("&", "")


def test_the_letters_of_a_question_are_its_own(qtbot, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.extend(button.text() for button in box.buttons()))
    may_close(None, playing=True, lost="nothing")
    may_discard(None, "why")
    assert sorted(told) == ["&Keep Training", "&Leave Without Saving", "&Stay", "&Stop and Close"]
