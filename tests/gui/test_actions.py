import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.window.action_table import ACTIONS, MENUS, SEPARATOR
from ganstudio.gui.window.actions import build_actions, build_menus, show_playing
from tests.gui.contrast import contrast


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    page = QWidget()
    layout = QVBoxLayout(page)
    for kind in (QLineEdit, QSpinBox, QComboBox, QSlider, QCheckBox):
        layout.addWidget(kind())
    page.findChild(QComboBox).addItems(["Adam", "SGD"])
    window.setCentralWidget(page)
    qtbot.addWidget(window)
    window.actions_by_id = build_actions(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


def count_triggers(action: QAction) -> list[bool]:
    seen: list[bool] = []
    action.triggered.connect(lambda: seen.append(True))
    return seen


def focus(qtbot, window, kind, reason=Qt.FocusReason.TabFocusReason):
    widget = window.findChild(kind)
    widget.setFocus(reason)
    qtbot.waitUntil(widget.hasFocus)
    return widget


def test_the_table_is_sound(qapp):
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    keys = [spec.shortcut for spec in ACTIONS if spec.shortcut]
    assert len(set(keys)) == len(keys)
    in_menus = [each for ids in MENUS.values() for each in ids if each != SEPARATOR]
    assert sorted(in_menus) == sorted(spec.id for spec in ACTIONS)
    for spec in ACTIONS:
        assert not spec.icon or not icons.icon(spec.icon).isNull()


def test_menus_come_from_the_table(window):
    build_menus(window.menuBar(), window.actions_by_id)
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles == list(MENUS)
    first = window.menuBar().actions()[0].menu()
    assert [action.text() for action in first.actions() if not action.isSeparator()] == [
        window.actions_by_id[each].text() for each in MENUS["&File"] if each != SEPARATOR
    ]


@pytest.mark.parametrize("kind", [QSlider, QComboBox])
def test_space_plays_on_sliders_and_combo_boxes(qtbot, window, kind):
    seen = count_triggers(window.actions_by_id["play"])
    qtbot.keyClick(focus(qtbot, window, kind), Qt.Key.Key_Space)
    assert len(seen) == 1


@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox])
@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_Space, "play"), (Qt.Key.Key_D, "step_discriminator")])
def test_plain_keys_are_left_to_a_field_that_is_typed_in(qtbot, window, kind, key, name):
    seen = count_triggers(window.actions_by_id[name])
    qtbot.keyClick(focus(qtbot, window, kind), key)
    assert seen == []


def test_space_toggles_a_check_box_that_was_reached_by_the_keyboard(qtbot, window):
    seen = count_triggers(window.actions_by_id["play"])
    box = focus(qtbot, window, QCheckBox)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    assert seen == []


def test_space_plays_after_a_check_box_was_clicked(qtbot, window):
    seen = count_triggers(window.actions_by_id["play"])
    focus(qtbot, window, QSlider)
    box = window.findChild(QCheckBox)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    qtbot.waitUntil(box.hasFocus)
    assert box.isChecked()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    assert len(seen) == 1


def test_the_play_action_says_what_it_does(window):
    play = window.actions_by_id["play"]
    show_playing(play, True)
    assert play.text() == "Pause"
    assert "Space" in play.toolTip()
    show_playing(play, False)
    assert play.text() == "Play"


@pytest.mark.parametrize("ground", [theme.BACKGROUND, theme.SURFACE, theme.RAISED])
def test_text_reads_on_every_ground(ground):
    for text in (theme.TEXT, theme.MUTED, theme.DANGER, theme.GENERATOR, theme.DISCRIMINATOR, theme.REAL, theme.FAKE):
        assert 4.5 <= contrast(text, ground) <= 21
    assert 3 <= contrast(theme.DISABLED, ground) <= 21
    assert 4.5 <= contrast(theme.ON_ACCENT, theme.ACCENT) <= 21
    assert 4.5 <= contrast(theme.TEXT, theme.SELECTED) <= 21
    assert 3 <= contrast(theme.OUTLINE, ground) <= 21


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_icons_have_as_many_pixels_as_the_screen(qapp, ratio):
    picture = icons.icon("play").pixmap(QSize(16, 16), ratio)
    assert picture.size() == QSize(16, 16) * ratio
    assert picture.devicePixelRatio() == ratio


def test_the_stylesheet_has_no_token_left():
    assert "$" not in theme.stylesheet().split("*/", 1)[1]


def test_a_missing_icon_is_named(qapp):
    with pytest.raises(FileNotFoundError, match=r"no-such-icon\.svg"):
        icons.icon("no-such-icon")
