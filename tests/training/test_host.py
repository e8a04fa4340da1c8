"""The host and its renderer: pictures beside the training, sessions one after another."""

import multiprocessing
import queue
import threading
import time

import numpy as np
import pytest

from ganstudio.data.files import records
from ganstudio.data.watching import still_wanted
from ganstudio.presets import with_setting
from ganstudio.run import RunError, list_runs, take_abandoned
from ganstudio.training.host import Host, serve
from ganstudio.training.messages import (
    Checkpointed,
    Closed,
    Failed,
    Frame,
    GroupOpened,
    Notice,
    Opened,
    Pause,
    Play,
    Quit,
    Refused,
    Rendered,
    RenderLatent,
    Save,
    Scalars,
    Start,
    StartGroup,
    StateChanged,
    Step,
    Watch,
)
from ganstudio.training.pictures import renderer as rendering
from ganstudio.training.pictures.optimal import CELLS
from ganstudio.training.session import announcing, session
from ganstudio.training.session.archive import Archive


class Hosted:
    """A host in a thread, its events in a queue."""

    def __init__(self):
        self.events = queue.Queue()
        self.host = Host(self.events.put)
        self.thread = threading.Thread(target=self.host.run)
        self.thread.start()

    def until(self, kind, check=lambda event: True):
        last = time.monotonic() + 120  # that it is alive is told for ever
        while True:
            event = self.events.get(timeout=60)
            assert time.monotonic() < last, f"no {kind}"
            assert not isinstance(event, Failed), event
            if isinstance(event, kind) and check(event):
                return event

    def close(self):
        self.host.send(Quit())
        self.until(Closed)
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def hosted():
    hosted = Hosted()
    yield hosted
    hosted.close()


def layers(*names):
    return Watch(frozenset(names))


def test_frames_show_what_is_watched(hosted, plane):
    hosted.host.send(Start(experiment=plane))
    opened = hosted.until(Opened)
    hosted.host.send(layers("generated", "landscape", "manifold"))
    frame = hosted.until(Frame, lambda frame: {"generated", "landscape", "manifold"} <= frame.layers.keys())
    assert frame.layers["generated"].shape == (1000, 2)
    assert frame.layers["manifold"].shape == (25, 25, 2)
    landscape = frame.layers["landscape"]
    assert landscape.shape == (CELLS, CELLS)
    assert (landscape >= 0).all()
    assert (landscape <= 1).all()
    assert frame.bounds == opened.plane
    hosted.host.send(Watch(frozenset({"landscape"}), (0, 1, 2, 3)))
    frame = hosted.until(Frame, lambda frame: frame.bounds == (0, 1, 2, 3))
    assert set(frame.layers) == {"landscape"}


def test_frames_follow_the_training_to_its_last_step(hosted, plane):
    hosted.host.send(Start(experiment=plane, play=True))
    # Before or after it is told that the training has finished: a checkpoint is written in between.
    frame = hosted.until(Frame, lambda frame: frame.step == 40)
    assert np.isfinite(frame.layers["generated"]).all()


def test_the_gallery_shows_fixed_latents(hosted, images):
    hosted.host.send(Start(experiment=images))
    opened = hosted.until(Opened)
    hosted.host.send(layers("gallery"))  # as the window does: a frame may have come before Opened
    gallery = hosted.until(Frame).layers["gallery"]
    assert (gallery.shape, gallery.dtype) == ((64, 8, 8, 1), np.uint8)
    hosted.host.send(RenderLatent(request=1, latents=opened.latents))
    np.testing.assert_array_equal(hosted.until(Rendered).samples, gallery)
    assert set(np.unique(opened.real)) - {0, 255}  # real images are grey, not black and white


def test_latents_are_rendered_while_training_and_after_a_pause(hosted, plane):
    hosted.host.send(Start(experiment=with_setting(plane, "schedule.steps", 1_000_000), play=True))
    hosted.until(Scalars)
    hosted.host.send(RenderLatent(request=7, latents=np.zeros((3, 2), np.float32)))
    answer = hosted.until(Rendered)
    assert (answer.request, answer.samples.shape) == (7, (3, 2))
    hosted.host.send(Pause())
    paused = hosted.until(StateChanged, lambda event: event.state == "paused")
    hosted.host.send(RenderLatent(request=8, latents=np.zeros((1, 2), np.float32)))
    answer = hosted.until(Rendered)
    assert answer.step == paused.step  # the weights of the very last step, not of the last frame


def test_of_many_requests_the_newest_is_answered(hosted, plane):
    hosted.host.send(Start(experiment=plane))
    hosted.until(Frame)
    for request in range(200):
        hosted.host.send(RenderLatent(request=request, latents=np.zeros((1, 2), np.float32)))
    answers = [hosted.until(Rendered).request]
    while answers[-1] != 199:
        answers.append(hosted.until(Rendered).request)
    assert answers == sorted(answers)


def test_a_request_for_another_game_is_dropped(hosted, plane):
    hosted.host.send(Start(experiment=plane))
    hosted.until(Opened)
    hosted.host.send(RenderLatent(request=1, latents=np.zeros((1, 5), np.float32)))
    hosted.host.send(RenderLatent(request=2, latents=np.zeros((1, 2), np.float32)))
    assert hosted.until(Rendered).request == 2


def test_what_can_not_be_opened_at_first_fails_and_does_not_end_the_host(plane):
    hosted = Hosted()
    hosted.host.send(Start(experiment=with_setting(plane, "dataset", {"kind": "table", "path": "/no/such.csv"})))
    while not isinstance(event := hosted.events.get(timeout=60), Failed):
        pass
    assert "such.csv" in event.message
    hosted.host.send(Start(experiment=plane))
    hosted.until(Opened)
    hosted.close()


def test_sessions_follow_one_another_and_a_refused_one_does_not_end_the_host(plane, images):
    hosted = Hosted()
    hosted.host.send(Start(experiment=plane))
    hosted.host.send(Start(experiment=images))
    assert hosted.until(Opened).modality.shape == (2,)
    assert hosted.until(Opened).modality.shape == (1, 8, 8)
    hosted.host.send(Start(experiment=with_setting(plane, "dataset", {"kind": "table", "path": "/no/such.csv"})))
    assert "such.csv" in hosted.until(Refused).message
    hosted.host.send(Start(experiment=plane))
    hosted.until(Opened)
    hosted.host.send(Step())
    hosted.host.send(Play())
    hosted.until(StateChanged, lambda event: event.state == "finished")
    hosted.close()


def test_a_game_is_announced_before_its_first_picture(hosted, plane, monkeypatch):
    # A window drops pictures that come before the word of their game, and a game at rest makes no second one.
    def slowly(trainer, bounds=announcing.home):
        time.sleep(0.3)
        return bounds(trainer)

    monkeypatch.setattr(announcing, "home", slowly)
    hosted.host.send(layers("generated"))
    for _ in range(2):
        hosted.host.send(Start(experiment=plane))
        assert isinstance(hosted.until((Opened, Frame)), Opened)
        hosted.until(Frame)


def test_answers_name_their_game_and_no_other_game_answers(hosted, plane, images):
    hosted.host.send(Start(experiment=images))
    first = hosted.until(Opened)
    hosted.host.send(Start(experiment=plane))
    second = hosted.until(Opened)
    assert first.game != second.game
    hosted.until(StateChanged)
    latents = np.zeros((1, second.latent.width), np.float32)  # which the game before could be asked for as well
    for request, game in ((1, first.game), (2, second.game)):
        hosted.host.send(RenderLatent(request=request, game=game, latents=latents))
    answer = hosted.until(Rendered)
    assert (answer.request, answer.game, answer.samples.shape) == (2, second.game, (1, 2))


def test_a_game_that_can_not_be_announced_leaves_the_one_before_its_pictures(hosted, plane, images, monkeypatch):
    hosted.host.send(Start(experiment=images))
    latents = hosted.until(Opened).latents[:2]

    def wrong(_trainer):
        raise ValueError("no bounds")

    monkeypatch.setattr(announcing, "home", wrong)
    hosted.host.send(Start(experiment=plane))
    assert hosted.until(Refused).message == "no bounds"
    hosted.host.send(RenderLatent(request=9, latents=latents))
    assert hosted.until(Rendered).samples.shape == (2, 8, 8, 1)


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ("recorded", "The run's curves so far can't be shown"),
        ("estimates", "What was measured before can't be shown"),
    ],
)
@pytest.mark.parametrize("error", [RunError("it is locked"), OSError(5, "Input/output error")])
def test_a_past_that_can_not_be_read_does_not_end_the_game(hosted, plane, tmp_path, monkeypatch, damaged, told, error):
    short = with_setting(plane, "schedule.steps", 3)
    hosted.host.send(Start(experiment=short, run=tmp_path / "run", play=True, measure=False))
    hosted.until(StateChanged, lambda event: event.state == "finished")

    def wrong(*_):
        raise error

    monkeypatch.setattr(Archive, damaged, wrong)
    hosted.host.send(Start(resume=tmp_path / "run", measure=False))
    assert hosted.until(Opened).step == 3
    notice = hosted.until(Notice).message
    assert notice.startswith(told)
    assert (error.strerror if isinstance(error, OSError) else str(error)) in notice
    hosted.host.send(Step())
    assert hosted.until(StateChanged, lambda event: event.step == 4).state == "paused"


def test_the_picture_in_the_making_goes_with_its_game(hosted, plane, images, monkeypatch):
    begun = threading.Event()

    def slowly(scene, latents, generate=rendering.Scene.generate):
        begun.set()
        if scene.modality.side_by_side:
            time.sleep(0.2)
        return generate(scene, latents)

    monkeypatch.setattr(rendering.Scene, "generate", slowly)
    hosted.host.send(layers("gallery", "generated"))
    hosted.host.send(Start(experiment=images))
    hosted.until(Opened)
    assert begun.wait(30)
    hosted.host.send(Start(experiment=plane))
    hosted.until(Opened)
    assert set(hosted.until(Frame).layers) == {"generated"}  # by the thread that was busy with the other


@pytest.mark.parametrize("orderly", [True, False])
def test_a_window_that_is_gone_leaves_a_run_that_is_saved_and_told_of(plane, tmp_path, orderly):
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    theirs.close()
    for command in (Start(experiment=with_setting(plane, "schedule.steps", 1_000_000), runs=tmp_path), Play()):
        ours.send(command)
    while not isinstance(ours.recv(), Scalars):
        pass
    if orderly:
        ours.send(Quit())
        while not isinstance(ours.recv(), Closed):
            pass
    ours.close()
    process.join(30)
    assert process.exitcode == 0
    (kept,) = list_runs(tmp_path)
    assert kept.step > 0
    assert take_abandoned(tmp_path) == ([] if orderly else [kept])


# --- a game whose data take long to be read ---------------------------------------------------------------------------


@pytest.fixture
def long_read(plane, tmp_path, monkeypatch):
    """A game of points in a file, and what is set when its reading has begun, and when it is to go on."""
    path = tmp_path / "points.csv"
    path.write_text("".join(f"{x % 7},{x % 5}\n" for x in range(100)))
    begun, go_on = threading.Event(), threading.Event()

    def slowly():
        begun.set()
        assert go_on.wait(30)
        still_wanted()

    monkeypatch.setattr(records, "still_wanted", slowly)
    return with_setting(plane, "dataset", {"kind": "table", "path": str(path)}), begun, go_on


def overtaken(hosted, experiment, begun, go_on, *commands):
    """Have these commands come in while the experiment's data are read."""
    hosted.host.send(Start(experiment=experiment))
    assert begun.wait(30)
    for command in commands:
        hosted.host.send(command)
    go_on.set()


@pytest.mark.parametrize("before", [False, True])
def test_a_newer_game_takes_the_place_of_one_whose_data_are_read(hosted, plane, images, long_read, before):
    if before:
        hosted.host.send(Start(experiment=plane))
        assert hosted.until(Opened).data_name == "Ring"
    overtaken(hosted, *long_read, Play(), Start(experiment=images))
    assert hosted.until(Opened).modality.shape == (1, 8, 8)  # of the one before, no word
    assert hosted.until(StateChanged).state == "paused"
    hosted.host.send(Step())
    assert hosted.until(StateChanged).step == 1  # what was meant for the other did not happen to this one


def test_the_game_before_goes_on_in_its_run_where_the_newer_one_can_not_be_opened(hosted, plane, long_read, tmp_path):
    hosted.host.send(Start(experiment=plane, run=tmp_path / "run", measure=False))
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 1)
    overtaken(hosted, *long_read, Start(resume=tmp_path / "none"), Start(resume=tmp_path / "run", at=7))
    assert "none" in hosted.until(Refused).message
    assert "no checkpoint of step 7" in hosted.until(Refused).message
    hosted.host.send(Step())
    assert hosted.until(StateChanged, lambda event: event.step == 2).state == "paused"
    hosted.host.send(Save())
    assert hosted.until(Checkpointed).path.parent.parent == tmp_path / "run"


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("abandoned", [False, True])
def test_an_end_is_not_kept_waiting_by_data_that_are_read(plane, long_read, tmp_path, before, abandoned):
    hosted = Hosted()
    if before:
        hosted.host.send(Start(experiment=plane, run=tmp_path / "runs" / "run", measure=False))
        hosted.host.send(Step())
        hosted.until(StateChanged, lambda event: event.step == 1)
    overtaken(hosted, *long_read, Quit(abandoned=abandoned))
    hosted.until(Closed)
    hosted.thread.join(10)
    assert not hosted.thread.is_alive()
    if before:
        (kept,) = list_runs(tmp_path / "runs")
        assert kept.step == 1
        assert take_abandoned(tmp_path / "runs") == ([kept] if abandoned else [])


def test_a_group_s_data_are_not_read_on_either(hosted, plane, long_read):
    experiment, begun, go_on = long_read
    hosted.host.send(StartGroup(experiments=(experiment,), seeds=2))
    assert begun.wait(30)
    hosted.host.send(Start(experiment=plane))
    go_on.set()
    assert hosted.until((Opened, GroupOpened)).data_name == "Ring"


def test_what_is_sent_beforehand_happens_in_its_turn(long_read):
    experiment, _, go_on = long_read
    go_on.set()
    session_ = session.Session(Start(experiment=experiment))
    session_.send(Quit())
    assert [type(event) for event in session_.run()] == [Opened, StateChanged, Closed]
