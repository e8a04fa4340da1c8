"""What a user or a file says is shown as the text that it is, wherever that is: nothing of it is HTML, or a key."""

import html

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QMessageBox,
    QTabBar,
    QToolTip,
    QWidget,
)

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, LatentSpec, RecogniserSpec
from ganstudio.gui.text.plain import plain_tip
from ganstudio.gui.window import questions
from ganstudio.presets import with_setting
from ganstudio.run import RunFolder
from ganstudio.training.messages import Notice, Start, StartGroup

EVIL = "<img src=x><b>R&D"


def is_rich(label):
    """Whether a label would draw what it says as HTML."""
    label.ensurePolished()
    auto = label.textFormat() == Qt.TextFormat.AutoText and Qt.mightBeRichText(label.text())
    return auto or label.textFormat() in (Qt.TextFormat.RichText, Qt.TextFormat.MarkdownText)


def tips_of(view):
    model = view.model()
    for row in range(model.rowCount() if model is not None else 0):
        yield str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) or "")


def faults(root):
    """What shows foreign text as anything but text, and in how many places it was found at all."""
    wrong, seen = [], 0
    for widget in [root, *root.findChildren(QWidget)]:
        what = f"{type(widget).__name__} {widget.objectName()!r} {widget.accessibleName()!r}"
        tips = [widget.toolTip(), *(tips_of(widget) if isinstance(widget, QAbstractItemView) else ())]
        tips += [action.toolTip() for action in widget.actions()]
        seen += sum("R&" in tip for tip in tips)
        wrong += [f"{what}: tooltip {tip!r}" for tip in tips if "R&" in tip and Qt.mightBeRichText(tip)]
        if isinstance(widget, QLabel) and "R&" in html.unescape(widget.text()):
            seen += 1
            if is_rich(widget) and EVIL in widget.text():
                wrong.append(f"{what}: label {widget.text()!r}")
        buttons = [widget.text()] if isinstance(widget, QAbstractButton) and type(widget).__name__ != "Chip" else []
        if isinstance(widget, QTabBar):
            buttons += [widget.tabText(index) for index in range(widget.count())]
        buttons += [action.text() for action in widget.actions() if isinstance(action, QAction)]
        seen += sum("R&" in text for text in buttons)
        wrong += [f"{what}: key in {text!r}" for text in buttons if "R&" in text and "R&&" not in text]
    return wrong, seen


def sound(root, least):
    wrong, seen = faults(root)
    assert wrong == []
    assert seen >= least, f"foreign text was found in {seen} places only"


@pytest.fixture
def folder(tmp_path):
    """Images in two classes, one that can't be read, and all of their names are HTML."""
    random = np.random.default_rng(0)
    root = tmp_path / f"{EVIL} data"
    for name in (f"{EVIL} one", f"{EVIL} two"):
        (root / name).mkdir(parents=True)
        for index in range(12):
            noise = random.integers(0, 255, (16, 16), dtype=np.uint8)
            Image.fromarray(noise).save(root / name / f"{EVIL}{index}.png")
    (root / f"{EVIL}.png").write_bytes(b"no picture")
    return root


def test_a_card_and_a_game_of_foreign_names(open_studio, folder):
    studio = open_studio()
    card = studio.look(folder)
    sound(studio.window, 4)
    studio.wait_for(studio.game.opened, lambda: studio.qtbot.keyClick(card, Qt.Key.Key_Return))
    studio.wait(lambda: studio.state == "playing" and studio.game.step > 0)
    studio.pause()
    sound(studio.window, 3)
    studio.send(Notice(EVIL))  # to nobody: what a notice says is tested next
    studio.window.shell.notices.show_notice(EVIL, EVIL, offers={"Do": lambda: None})
    sound(studio.window, 4)


def test_runs_codes_and_columns_of_foreign_names(open_studio, tmp_path, tiny):
    codes = (CategoricalCodeSpec(size=3, name=EVIL), ContinuousCodeSpec(name=EVIL))
    named = tiny.model_copy(
        update={"name": EVIL, "latent": LatentSpec(dimensions=2, codes=codes), "recogniser": RecogniserSpec()}
    )
    run = RunFolder.create(tmp_path / "runs" / EVIL, named, {})
    (run.checkpoints / "step-00000002").mkdir()
    run.close()
    studio = open_studio()
    studio.start(named)
    studio.play(3)
    studio.pause()
    sound(studio.window, 3)
    for room in ("slow_motion", "measures"):
        studio.trigger(room)
        sound(studio.window, 3)
        studio.trigger(room)
    columns = tmp_path / f"{EVIL}.csv"
    columns.write_text(f"{EVIL},{EVIL} y\n" + "".join(f"{i},{i * i % 7}\n" for i in range(200)))
    studio.look(columns)
    sound(studio.window, 3)


def test_games_side_by_side_of_foreign_names(open_studio, tiny):
    studio = open_studio()
    named = tiny.model_copy(update={"name": EVIL})
    slow = with_setting(named, "optimisers.generator.learning_rate", 0.0001)
    studio.wait_for(
        studio.game.group_opened,
        lambda: studio.game.start(StartGroup(experiments=(named, slow), runs=studio.runs)),
    )
    sound(studio.window, 1)


def test_what_is_refused_says_foreign_names_too(open_studio, tmp_path):
    studio = open_studio()
    studio.wait_for(studio.game.refused, lambda: studio.game.start(Start(resume=tmp_path / EVIL)))
    assert EVIL in studio.notice
    sound(studio.window, 1)


def test_message_boxes_are_plain(qtbot, monkeypatch, qapp):
    window = QWidget()
    qtbot.addWidget(window)
    boxes = []

    def look(box):
        box.show()
        qtbot.waitExposed(box)
        boxes.append([is_rich(label) for label in box.findChildren(QLabel) if EVIL in label.text()])
        box.clickedButton = lambda: None
        box.close()

    monkeypatch.setattr(QMessageBox, "exec", look)
    questions.may_discard(window, f"The last step could not be written to {EVIL}, and would be lost.")
    assert boxes == [[False]]


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_tooltip_is_plain(qtbot, qapp):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    QToolTip.showText(QPoint(10, 10), EVIL, widget)
    (tip,) = [w for w in QApplication.topLevelWidgets() if w.metaObject().className() == "QTipLabel" and w.isVisible()]
    assert tip.text() == EVIL
    assert not is_rich(tip)
    QToolTip.hideText()


@pytest.mark.parametrize("text", [EVIL, "<b>", "a &lt;b&gt;", "<!DOCTYPE html>", "<a href='x'>y</a>"])
def test_a_tip_is_taken_for_no_html_by_anybody(text):
    assert Qt.mightBeRichText(text)
    assert not Qt.mightBeRichText(plain_tip(text))
    assert plain_tip(text).replace("\u2060", "") == text


def test_what_is_no_html_stays_as_it_is():
    assert plain_tip("3 < 5 & 6 > 2") == "3 < 5 & 6 > 2"


def test_html_of_our_own_is_still_drawn(open_studio):
    studio = open_studio()
    studio.trigger("slow_motion")
    slow = studio.window._rooms.slow
    studio.wait_for(studio.game.stages, slow._next.click)
    ours = [label for label in slow.findChildren(QLabel) if label.property("markup")]
    assert len(ours) == 3
    assert all(map(is_rich, ours))
