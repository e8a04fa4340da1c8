"""The model of the open game: it alone reads the bridge, knows before it tells, and nobody keeps its facts again."""

from __future__ import annotations

import ast
import gc
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QObject, Signal

import ganstudio.gui
from ganstudio.experiment import Experiment, ScheduleSpec
from ganstudio.gui.game.model import SIGNALS, Game
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.training.messages import (
    SCALARS,
    Adjusted,
    Checkpointed,
    Closed,
    Failed,
    GroupOpened,
    GroupScalars,
    Notice,
    Opened,
    Pulse,
    Refused,
    Reset,
    RunCreated,
    Save,
    Scalars,
    Start,
    StartGroup,
    StateChanged,
    Superseded,
)

GUI = Path(ganstudio.gui.__file__).parent
SHORT, LONG = Experiment(schedule=ScheduleSpec(steps=10)), Experiment(schedule=ScheduleSpec(steps=90))


class FakeBridge(QObject):
    """Keeps what it is sent."""

    came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[object] = []
        self.ended = False

    def send(self, command: object) -> None:
        self.sent.append(command)

    def end(self) -> None:
        self.ended = True


@pytest.fixture
def bridge(qtbot) -> FakeBridge:
    return FakeBridge()


@pytest.fixture
def game(bridge, tmp_path) -> Game:
    return Game(bridge, tmp_path)


def opened(experiment: Experiment = SHORT, run: Path | None = None, step: int = 0) -> Opened:
    nothing = dict.fromkeys(Opened.__dataclass_fields__)
    return Opened(**nothing | {"experiment": experiment, "run": run, "step": step, "seconds": 2.0, "scalars": ()})


def group(*experiments: Experiment, band: bool = False, run: Path | None = None) -> GroupOpened:
    nothing = dict.fromkeys(GroupOpened.__dataclass_fields__)
    known = {"experiments": experiments, "band": band, "run": run, "step": 4, "seconds": 0.0, "plane": (0, 1, 0, 1)}
    return GroupOpened(**nothing | known)


def rows(*steps: int) -> np.ndarray:
    table = np.zeros((len(steps), 2 + len(SCALARS)))
    table[:, 0], table[:, 1] = steps, np.multiply(steps, 0.1)
    return table


# --- one reader, no fact twice ---


def test_the_bridge_has_one_reader_however_many_views_there_are(studio):
    studio.play(3)
    assert studio.bridge.receivers(SIGNAL("came(PyObject)")) == 1
    reads = {
        path.relative_to(GUI).as_posix() for path in GUI.rglob("*.py") if ".came.connect" in path.read_text("utf-8")
    }
    assert reads == {"game/model.py"}


def test_a_window_that_is_closed_is_let_go(qtbot, tmp_path):
    """Nothing that listens to its game holds it: whoever opens many would run out of memory."""

    def opened_and_closed() -> list[weakref.ref]:
        window = MainWindow(tmp_path / "runs", bridge=TrainingBridge(in_process=True))
        window.show()
        qtbot.waitUntil(lambda: window.game.state == "paused")
        parts = [weakref.ref(part) for part in (window, window.game, window.scene, window.settings)]
        window.leave()
        window.close()
        window.deleteLater()
        return parts

    parts = opened_and_closed()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [part() for part in parts] == [None] * 4


def test_every_event_has_its_signal():
    silent = {kind for kind, name in SIGNALS.items() if not isinstance(getattr(Game, name, None), Signal)}
    assert silent == {Pulse, Closed, Superseded}


def kept_again(source: str) -> list[str]:
    """Attributes that a class sets to a fact of the game, or of an event that tells it."""
    facts = {
        "experiment",
        "run",
        "state",
        "steps",
        "step",
        "single",
        "group",
        "opened",
        "modality",
        "unsaved",
        "started",
    }
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        places = [part for target in targets for part in getattr(target, "elts", [target])]
        own = [part.attr for part in places if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "self"]
        parts = list(ast.walk(node.value))
        later = [part for part in parts if isinstance(part, ast.Lambda)]
        keys = [part.slice for part in parts if isinstance(part, ast.Subscript)]  # by which something is only found
        other = {each for part in (*later, *keys) for each in ast.walk(part)}
        now = [part for part in parts if part not in other]
        read = {ast.unparse(each) for each in now if isinstance(each, ast.Attribute | ast.Name)}
        told = ("opened", "event", "game", "self._game", "self.game")
        if own and read & {"opened", "event", *(f"{owner}.{fact}" for owner in told for fact in facts)}:
            found += own
    return found


def test_no_part_of_the_window_keeps_what_the_game_knows():
    assert kept_again("self._experiment, self._run = opened.experiment, event.run") == ["_experiment", "_run"]
    assert kept_again("self._opened: Opened | None = opened") == ["_opened"]
    assert kept_again("self._images = opened.modality is not None") == ["_images"]
    assert kept_again("self._asks = lambda: self._game.single") == []
    assert kept_again("self._view = VIEWS[opened.modality.kind]") == []
    for folder in ("window", "settings", "rooms/measures"):
        paths = list((GUI / folder).glob("*.py"))
        assert paths, folder
        for path in paths:
            assert kept_again(path.read_text("utf-8")) == [], path


# --- what it knows ---


def test_a_fact_holds_before_its_signal_comes(game, bridge, tmp_path):
    seen = []

    def note(*_event: object) -> None:
        seen.append((game.experiment, game.run, game.step, game.state, len(game.history)))

    for signal in (game.opened, game.run_created, game.scalars, game.state_changed, game.adjusted):
        signal.connect(note)
    assert (game.experiment, game.started, game.on_plane) == (None, False, False)
    bridge.came.emit(opened(SHORT))
    bridge.came.emit(RunCreated(tmp_path / "a"))
    bridge.came.emit(Scalars(rows(1, 2, 3)))
    bridge.came.emit(StateChanged("paused", 3))
    bridge.came.emit(Adjusted(3, "schedule.steps", 90, LONG))
    assert seen == [
        (SHORT, None, 0, None, 0),
        (SHORT, tmp_path / "a", 0, None, 0),
        (SHORT, tmp_path / "a", 3, None, 3),
        (SHORT, tmp_path / "a", 3, "paused", 3),
        (LONG, tmp_path / "a", 3, "paused", 3),
    ]
    assert game.steps == 90
    bridge.came.emit(opened(SHORT, step=7))
    assert (game.run, game.step, game.kept_step, game.steps, len(game.history)) == (None, 7, 7, 10, 0)
    assert game.pace.seconds == 2.0


def test_of_games_side_by_side_the_longest_counts_and_those_of_a_duel_take_turns(game, bridge):
    bridge.came.emit(group(SHORT, LONG))
    assert (game.single, game.steps, game.step, game.on_plane) == (None, 90, 4, True)
    bridge.came.emit(GroupScalars(np.stack([rows(5, 6), rows(5, 6)])))
    assert game.step == 6
    assert game.pace.seconds == pytest.approx(1.2, abs=1e-9)
    bridge.came.emit(group(SHORT, LONG, band=True))
    bridge.came.emit(GroupScalars(np.stack([rows(5, 6), rows(5, 6)])))
    assert game.pace.seconds == pytest.approx(0.6, abs=1e-9)


def test_what_the_disk_refused_is_unsaved_until_a_checkpoint_or_another_try(game, bridge, tmp_path):
    tries = []
    game.retried.connect(lambda: tries.append(game.unsaved))
    bridge.came.emit(opened())
    bridge.came.emit(Notice("no room", unsaved=True))
    assert game.unsaved
    bridge.came.emit(Checkpointed(8, tmp_path))
    assert (game.unsaved, game.kept_step) == (False, 8)
    bridge.came.emit(StateChanged("paused", 9, "unwritable"))
    bridge.came.emit(StateChanged("paused", 9))
    assert game.unsaved
    assert tries == []
    bridge.came.emit(StateChanged("playing", 9))
    assert tries == [False]


def test_whoever_waits_for_a_checkpoint_hears_why_it_does_not_come_and_of_nothing_else(game, bridge):
    told = []
    game.not_saved.connect(told.append)
    bridge.came.emit(opened())
    for event in (Notice("a change was refused"), Notice("no room", unsaved=True, no_checkpoint=True), Failed("gone")):
        bridge.came.emit(event)
    assert told == ["no room", "gone"]


def test_only_a_checkpoint_that_was_asked_for_is_told_as_saved(game, bridge, tmp_path):
    told = []
    game.saved.connect(lambda event: told.append(event.step))
    bridge.came.emit(Checkpointed(1, tmp_path))
    game.save()
    assert bridge.sent == [Save()]
    for step in (2, 3):
        bridge.came.emit(Checkpointed(step, tmp_path))
    assert told == [2]
    game.save()
    bridge.came.emit(Failed("gone"))
    bridge.came.emit(Checkpointed(4, tmp_path))
    assert told == [2]


# --- ways back ---


@pytest.mark.parametrize(
    ("stood", "again"),
    [
        (opened(LONG), {"experiment": LONG}),
        (group(SHORT, LONG), {"experiments": (SHORT, LONG)}),
        (group(SHORT, SHORT, SHORT, band=True), {"experiments": (SHORT,), "seeds": 3}),
    ],
)
def test_a_game_of_which_nothing_is_kept_is_begun_again_as_it_was(game, bridge, tmp_path, stood, again):
    bridge.came.emit(Failed("before any game"))
    assert (game.state, game.way_back) == (None, None)
    bridge.came.emit(stood)
    bridge.came.emit(Failed("gone"))
    kind = Start if isinstance(stood, Opened) else StartGroup
    assert game.state == "failed"
    assert game.way_back.command == kind(**again, runs=tmp_path)
    assert (game.way_back.offer, game.ended) == ("Start Over", False)
    game.act(Save())
    assert bridge.sent == [game.way_back.command, Save()]
    assert game.awaits
    bridge.came.emit(Refused("no"))
    assert not game.awaits
    game.end()
    bridge.came.emit(Failed("ended"))
    assert bridge.ended
    assert game.ended


@pytest.mark.parametrize("recorded", [True, False])
def test_games_side_by_side_are_left_for_the_game_before_them(game, bridge, tmp_path, recorded):
    run = tmp_path / "run" if recorded else None
    bridge.came.emit(opened(LONG, run))
    game.start(StartGroup(experiments=(SHORT,), seeds=2))
    bridge.came.emit(group(SHORT, SHORT, band=True))
    game.start(StartGroup(experiments=(SHORT,), seeds=3))  # other games: the way leads to the single one still
    game.leave_group()
    assert bridge.sent[-1] == (Start(resume=run) if recorded else Start(experiment=LONG, runs=tmp_path))


def test_games_that_the_window_opened_with_are_left_for_the_first_of_them(game, bridge, tmp_path):
    game.leave_group()
    assert bridge.sent == []
    bridge.came.emit(group(LONG, SHORT))
    game.leave_group()
    assert bridge.sent == [Start(experiment=LONG, runs=tmp_path)]


def test_whoever_shows_the_game_hears_of_another_before_it_is_asked_for(game, bridge):
    heard = []
    game.asked.connect(lambda start: heard.append((start, len(bridge.sent))))
    game.start(Start(experiment=SHORT))
    game.reset()
    assert heard == [(Start(experiment=SHORT), 0), (Reset(), 1)]
    assert game.starts == 1


def test_closing_waits_for_no_word_where_there_is_nothing_to_write(game, bridge):
    bridge.quiet, bridge.drain = (lambda: None), (lambda: None)
    for told in (opened(), StateChanged("paused", 0), opened(run=Path("run"), step=5), StateChanged("paused", 5)):
        bridge.came.emit(told)
        game.settle()
    bridge.quiet = lambda: SimpleNamespace(doing="")
    bridge.came.emit(StateChanged("playing", 5))
    game.settle()
    assert bridge.sent == []
