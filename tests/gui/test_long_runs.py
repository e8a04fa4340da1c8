"""A run that takes long: how long it still takes is told, and that it has ended."""

import pytest
from PySide6.QtWidgets import QApplication

from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.text.words import duration, left_text
from ganstudio.gui.window import telling
from ganstudio.presets import with_setting
from ganstudio.training.messages import Failed


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (40, "40 s"),
        (59.6, "1 min"),
        (200, "3 min"),
        (3599, "1 h"),
        (4800, "1 h 20 min"),
        (86_000, "23 h 53 min"),
        (86_400 * 2 + 3600 * 3, "2 days 3 h"),
        (86_400, "1 day"),
    ],
)
def test_times_read_as_people_say_them(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("step", "steps", "speed", "words"),
    [
        (0, 6000, 100.0, "1 min left"),
        (5000, 6000, 100.0, "10 s left"),
        (6000, 6000, 100.0, ""),
        (7000, 6000, 100.0, ""),
        (0, 6000, None, ""),
        (0, 6000, 0.0, ""),
    ],
)
def test_what_is_left_follows_from_the_speed(step, steps, speed, words):
    assert left_text(step, steps, speed) == words


def test_the_time_left_stands_beside_the_progress_and_in_the_title(studio):
    assert studio.window.windowTitle() == "tiny – GAN Studio"
    studio.play(50)
    told = studio.window.shell.transport._steps
    studio.wait(lambda: told.text().endswith(" left"))
    left = told.text().rpartition(" · ")[2]
    assert studio.window.windowTitle() == f"0 % · {left} – tiny – GAN Studio"
    speed = studio.game.pace.speed()
    assert left_text(studio.game.step, studio.game.steps, speed).endswith(" left")
    studio.pause()
    studio.wait(lambda: studio.window.windowTitle() == "tiny – GAN Studio")
    assert "left" not in told.text()


def test_the_end_of_a_run_is_told_with_its_time_and_calls(studio, tiny, monkeypatch):
    called = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: called.append(window))
    monkeypatch.setattr(telling, "LONG_SECONDS", 0)
    studio.start(with_setting(tiny, "schedule.steps", 30))
    studio.trigger("play")
    studio.wait(lambda: studio.state == "finished")
    assert studio.notice.startswith("Reached step 30, the schedule's last, after 1 s. ")
    assert called == [studio.window]
    studio.wait(lambda: studio.window.windowTitle() == "Finished – tiny – GAN Studio")


def test_a_run_that_ends_by_itself_calls_too(studio, monkeypatch):
    called = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: called.append(window))
    studio.bridge.came.emit(Failed("It ended.", "why"))
    assert called == [studio.window]


# --- Train trains ---


def test_train_on_this_trains(studio, tmp_path):
    (tmp_path / "mine.csv").write_text("".join(f"{k % 7},{k % 5}\n" for k in range(200)), encoding="utf-8")
    card = studio.look(tmp_path / "mine.csv")
    studio.wait_for(studio.game.opened, card.train_button.click)
    studio.wait(lambda: studio.state == "playing" and studio.game.step >= 3)


def test_a_drawn_distribution_trains(studio, monkeypatch):
    def train(dialog: DrawDialog) -> None:
        dialog.train_button.click()

    monkeypatch.setattr(DrawDialog, "exec", train)
    studio.wait_for(studio.game.opened, lambda: studio.trigger("draw"))
    studio.wait(lambda: studio.state == "playing" and studio.game.step >= 3)


def test_a_preset_that_is_chosen_meanwhile_stands_ready(studio, tmp_path):
    """Only what the button was pressed for is trained on."""
    (tmp_path / "mine.csv").write_text("".join(f"{k % 7},{k % 5}\n" for k in range(200)), encoding="utf-8")
    card = studio.look(tmp_path / "mine.csv")
    card.train_button.click()
    studio.window.opener.preset("line")
    studio.wait(lambda: studio.game.experiment.name == "line" and not studio.game.awaits)
    studio.wait(lambda: studio.state == "paused")
    assert studio.game.step == 0
