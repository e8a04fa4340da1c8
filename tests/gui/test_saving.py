"""Whatever is saved asks where in one way: endings are added, and nothing is written over unasked."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

import ganstudio.gui
from ganstudio.gui.parts.saving import ask_where

PICTURES = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg")}


@pytest.fixture
def answers(monkeypatch):
    """What the user answers: names in the dialog, "" to leave it, and buttons of questions; what was asked."""

    class Answers:
        def __init__(self):
            self.names, self.buttons, self.offered, self.questions = [], [], [], []

        def choose(self, _parent, _title, near, filters):
            self.offered.append((near, filters))
            name = self.names.pop(0)
            return (name, filters.split(";;")[0]) if isinstance(name, str) else name

        def press(self, box):
            self.questions.append(box.text())
            wanted = self.buttons.pop(0)
            next(button for button in box.buttons() if button.text().replace("&", "") == wanted).click()

    told = Answers()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", told.choose)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.press(box))
    return told


def ask(qtbot, tmp_path, kinds=PICTURES):
    parent = QWidget()
    qtbot.addWidget(parent)
    return ask_where(parent, "Save", tmp_path / "offered.png", kinds)


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("mine", "PNG (*.png)", "mine.png"),
        ("mine.png", "PNG (*.png)", "mine.png"),
        ("MINE.PNG", "PNG (*.png)", "MINE.PNG"),
        ("mine", "JPEG (*.jpg *.jpeg)", "mine.jpg"),
        ("mine.jpeg", "PNG (*.png)", "mine.jpeg"),
        ("step 1.5", "PNG (*.png)", "step 1.5.png"),
        ("mine.wav", "PNG (*.png)", "mine.wav.png"),
        ("mine", "", "mine.png"),
    ],
)
def test_a_name_has_an_ending_that_can_be_written(qtbot, tmp_path, answers, typed, kind, expected):
    answers.names = [(str(tmp_path / typed), kind)]
    assert ask(qtbot, tmp_path) == tmp_path / expected
    assert answers.offered == [(str(tmp_path / "offered.png"), "PNG (*.png);;JPEG (*.jpg *.jpeg)")]
    assert answers.questions == []


def test_who_leaves_the_dialog_saves_nothing(qtbot, tmp_path, answers):
    answers.names = [""]
    assert ask(qtbot, tmp_path) is None


def test_a_file_whose_name_the_ending_completes_is_asked_for(qtbot, tmp_path, answers):
    (tmp_path / "mine.png").touch()
    answers.names, answers.buttons = [str(tmp_path / "mine")], ["Replace"]
    assert ask(qtbot, tmp_path) == tmp_path / "mine.png"
    assert answers.questions == ["mine.png exists already."]


def test_another_name_is_chosen_in_its_place(qtbot, tmp_path, answers):
    (tmp_path / "mine.png").touch()
    answers.names = [str(tmp_path / "mine"), str(tmp_path / "other")]
    answers.buttons = ["Choose Another Name"]
    assert ask(qtbot, tmp_path) == tmp_path / "other.png"
    assert answers.offered[1][0] == str(tmp_path / "mine.png")


def test_what_the_dialog_has_asked_about_is_not_asked_again(qtbot, tmp_path, answers):
    (tmp_path / "mine.png").touch()
    answers.names = [str(tmp_path / "mine.png")]
    assert ask(qtbot, tmp_path) == tmp_path / "mine.png"
    assert answers.questions == []


def test_nobody_else_asks_where_to_save():
    folder = Path(ganstudio.gui.__file__).parent
    asking = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("getSaveFileName", "AcceptSave", "saveFileContent"))
    }
    assert asking == {"parts/saving.py"}
