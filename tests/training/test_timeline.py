"""The timeline of a training: moments of G, kept beside it and shown again."""

import queue

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    DigitsSpec,
    Experiment,
    LatentSpec,
    LevelSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    PyramidSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    ScheduleSpec,
)
from ganstudio.presets import with_setting
from ganstudio.run import Moments, RunError, moments_of
from ganstudio.training.arrangements import build_system
from ganstudio.training.checkpoints.moments import load_moment, packed_moment
from ganstudio.training.messages import (
    Closed,
    Frame,
    MomentsKept,
    Notice,
    Opened,
    Pause,
    Quit,
    Rendered,
    RenderLatent,
    Revisit,
    Scalars,
    Start,
    StateChanged,
    Step,
    Watch,
)
from ganstudio.training.pictures.plane import frozen_copy
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.session import timeline
from ganstudio.training.session.session import Session
from ganstudio.training.step.games import Solo
from tests.full_disk import full_disk

CPU = torch.device("cpu")


def events(start, *commands):
    """All that a session tells till it is finished, or has carried out the commands."""
    session, told = Session(start), []
    for command in commands:
        session.send(command)
    if commands:
        session.send(Quit())
    for event in session.run():
        told.append(event)
        if isinstance(event, StateChanged) and event.state == "finished":
            session.send(Quit())
    return session, told


def of(told, kind):
    return [event for event in told if isinstance(event, kind)]


@pytest.fixture
def often(monkeypatch):
    """A moment with every report of the session, however long each takes."""
    for name in ("LEAST_SECONDS", "SHARE"):
        monkeypatch.setattr(timeline, name, 0)
    monkeypatch.setattr("ganstudio.training.session.keeping.REPORT_SECONDS", 0)


def trained(experiment, steps=3):
    system = build_system(experiment, build_dataset(experiment.dataset), CPU)
    for _ in range(steps):
        system.step()
    return system


# --- one moment -------------------------------------------------------------------------------------------------------


def test_a_moment_makes_what_g_made_to_a_thousandth_and_takes_half_of_the_bytes(images, tmp_path):
    system = trained(images, 10)
    whole = system.average.module
    path = tmp_path / "moment"
    path.write_bytes(packed_moment(whole))
    other = frozen_copy(build_system(images, system.dataset, CPU).average.module)
    load_moment(path, other)
    with torch.inference_mode():
        there, back = whole(system.fixed_inputs), other(system.fixed_inputs)
    assert 0 < float((there - back).abs().max()) < 2e-3
    numbers = sum(tensor.nbytes for tensor in whole.state_dict().values() if tensor.is_floating_point())
    assert numbers / 2 < path.stat().st_size < numbers / 2 + 3_000


def test_numbers_too_large_for_half_precision_stay_as_they_are(images, tmp_path):
    whole = frozen_copy(trained(images, 0).average.module)
    state = whole.state_dict()
    name = next(name for name in state if "running_var" in name)
    state[name].fill_(1.234e6)
    (tmp_path / "moment").write_bytes(packed_moment(whole))
    other = frozen_copy(whole)
    other.state_dict()[name].zero_()
    load_moment(tmp_path / "moment", other)
    torch.testing.assert_close(other.state_dict()[name], state[name], rtol=0, atol=0)


def test_none_is_made_of_numbers_gone_wrong(plane):
    network = frozen_copy(trained(plane, 0).average.module)
    next(network.parameters())[0] = float("nan")
    assert packed_moment(network) is None


def test_damage_and_another_game_s_moment_are_told_and_change_nothing(plane, images, tmp_path):
    network = frozen_copy(trained(plane).average.module)
    before = [each.clone() for each in network.state_dict().values()]
    content = packed_moment(network)
    path, random = tmp_path / "moment", np.random.default_rng(0)
    for bit in random.integers(0, 8 * len(content), 200).tolist():
        data = bytearray(content)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        with pytest.raises(RunError, match=str(path)):
            load_moment(path, network)
    path.write_bytes(content[:100])
    with pytest.raises(RunError):
        load_moment(path, network)
    path.write_bytes(packed_moment(trained(images, 0).average.module))
    with pytest.raises(RunError, match=r"too large|not among the tensors|shape|missing"):
        load_moment(path, network)
    for tensor, other in zip(network.state_dict().values(), before, strict=True):
        torch.testing.assert_close(tensor, other, rtol=0, atol=0)


# --- beside the training ----------------------------------------------------------------------------------------------


def test_it_changes_no_number_of_the_run(often, images, tmp_path):
    weights, rows = [], []
    for room in (0, 200):
        experiment = with_setting(images, "measures.timeline", room)
        session, told = events(Start(experiment=experiment, run=tmp_path / str(room), play=True))
        weights.append(
            [each for network in session._trainer.networks().values() for each in network.state_dict().values()]
        )
        rows.append(np.concatenate([event.rows for event in of(told, Scalars)])[:, 2:])
        assert bool(of(told, MomentsKept)[1:]) is bool(room)
    assert len(moments_of(tmp_path / "200")) > 20
    assert not (tmp_path / "0/timeline").exists()
    for one, other in zip(*weights, strict=True):
        assert torch.equal(one, other)
    np.testing.assert_array_equal(*rows)


def test_the_first_and_the_last_step_are_there_and_the_last_is_what_g_is(plane, tmp_path):
    session, told = events(Start(experiment=plane, run=tmp_path / "run", play=True))
    assert of(told, MomentsKept)[-1].steps == moments_of(tmp_path / "run")
    assert (moments_of(tmp_path / "run")[0], moments_of(tmp_path / "run")[-1]) == (0, 40)
    network = frozen_copy(session._trainer.average.module)
    for parameter in network.parameters():
        parameter.zero_()
    load_moment(tmp_path / "run/timeline/step-00000040.safetensors", network)
    for one, other in zip(network.parameters(), session._trainer.average.module.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_a_run_that_is_opened_again_tells_its_moments_and_goes_on_keeping(often, plane, tmp_path):
    events(Start(experiment=plane, run=tmp_path / "run", play=True))
    _, told = events(Start(resume=tmp_path / "run"), Step(), Pause())
    first = of(told, MomentsKept)[0].steps
    assert first[-1] == 40
    kinds = [type(event) for event in told]
    assert kinds.index(Opened) < kinds.index(MomentsKept)
    assert moments_of(tmp_path / "run")[-1] == 41


def test_at_an_earlier_checkpoint_those_before_are_there_and_the_later_set_aside(often, plane, tmp_path):
    run = tmp_path / "run"
    events(Start(experiment=plane, run=run, play=True))
    events(Start(resume=run, play=False), Step(), Step())
    assert moments_of(run)[-1] == 42
    _, told = events(Start(resume=run, at=40), Pause())
    assert of(told, MomentsKept)[-1].steps[-1] == 40
    assert moments_of(run)[-1] == 42  # looking changes nothing
    _, told = events(Start(resume=run, at=40), Step())
    assert (run / "timeline-after-00000040/step-00000042.safetensors").is_file()
    assert any("timeline-after-00000040" in notice.message for notice in of(told, Notice))
    assert moments_of(run)[-1] == 41


def test_after_a_kill_those_that_are_trained_again_are_forgotten(often, plane, tmp_path):
    run = tmp_path / "run"
    events(Start(experiment=plane, run=run, play=True))
    Moments(run).keep(55, b"of a moment that was trained after the last checkpoint", 10**6)
    events(Start(resume=run), Step())
    assert moments_of(run)[-1] == 41
    assert not list(run.glob("timeline-after*"))


def test_a_full_disk_is_told_once_and_the_training_goes_on(often, images, tmp_path):
    session = Session(Start(experiment=images, run=tmp_path / "run"))
    session.send(Step())
    told = session.run()
    for event in told:
        if isinstance(event, StateChanged) and event.step == 1:
            break
    found = []
    with full_disk():
        for _ in range(3):
            session._trainer.step()
            found += session._archive.remember(session._games, force=True)
    (notice,) = found
    assert "The timeline can't be kept" in notice.message
    assert str(tmp_path / "run") in notice.message
    assert "File too large" in notice.message
    session._trainer.step()
    assert [type(event) for event in session._archive.remember(session._games, force=True)] == [MomentsKept]
    session.send(Quit())
    assert isinstance(list(told)[-1], Closed)


def test_a_g_that_has_no_room_is_told_once_and_a_larger_budget_helps(often, images, tmp_path, monkeypatch):
    monkeypatch.setattr(timeline, "MEGABYTE", 10)
    _, told = events(Start(experiment=images, run=tmp_path / "run", play=True))
    (notice,) = of(told, Notice)
    assert "measures.timeline" in notice.message
    assert moments_of(tmp_path / "run") == ()


def test_it_takes_no_more_than_its_share(plane, tmp_path, monkeypatch):
    """By its own clock: a moment that took t is followed by 100 t of training."""
    now = iter(np.arange(0, 1e6, 3.0))
    monkeypatch.setattr(timeline.time, "perf_counter", lambda: float(next(now)))
    keeper, system = timeline.TimelineKeeper(), trained(plane, 1)
    system.seconds, games = 10.0, Solo(system)
    assert list(keeper.keep(tmp_path, games))
    for seconds, kept in ((10.1, False), (309.9, False), (310.0, True)):
        system.step()
        system.seconds = seconds
        assert bool(list(keeper.keep(tmp_path, games))) is kept


# --- shown again ------------------------------------------------------------------------------------------------------


class Shown:
    """A renderer of a game at its last step, whose run has moments of earlier ones."""

    def __init__(self, experiment, run, watch, steps=(0, 4, 8)):
        self.system = trained(experiment, 0)
        self.made, moments, self.visits = {}, Moments(run), 0
        self.events = queue.Queue()
        for step in range(steps[-1] + 3):
            if step in steps:
                moments.keep(step, packed_moment(self.system.average.module), 10**9)
                self.made[step] = self.now()
            self.system.step()
        self.run, self.renderer = run, Renderer(self.events.put)
        self.renderer.watch(watch)
        self.renderer.open(self.system)

    def now(self):
        with torch.inference_mode():
            made = self.system.average.module(self.system.fixed_inputs)
        return self.system.dataset.modality.to_people(made.cpu().numpy())

    def frame(self, fits=lambda frame: True):
        while True:
            event = self.events.get(timeout=60)
            if isinstance(event, Frame) and fits(event):
                return event

    def go(self, step, beside=None):
        self.visits += 1
        self.renderer.ask(Revisit(request=self.visits, run=self.run, step=step, beside=beside))
        return self.frame(lambda frame: frame.asked and frame.visit == self.visits)

    def rest(self):
        while not self.events.empty():
            self.events.get()


@pytest.fixture
def shown(tmp_path):
    made = []

    def show(experiment, layers=("gallery", "generated"), **more):
        run = tmp_path / f"run-{len(made)}"
        run.mkdir()
        made.append(Shown(experiment, run, Watch(frozenset(layers), **more)))
        return made[-1]

    yield show
    for each in made:
        each.renderer.close()


def test_a_moment_is_shown_as_g_was_and_now_as_it_is(shown, images):
    game = shown(images)
    frame = game.go(4)
    assert (frame.step, frame.past) == (4, True)
    assert np.abs(frame.layers["gallery"].astype(int) - game.made[4]).max() <= 1
    assert np.abs(game.made[4].astype(int) - game.now()).max() > 1
    frame = game.go(None)
    assert (frame.step, frame.past) == (game.system.step_count, False)
    np.testing.assert_array_equal(frame.layers["gallery"], game.now())


def test_the_nearest_moment_answers_for_a_step_between(shown, images):
    assert shown(images).go(5).step == 4


def test_the_sliders_sample_is_of_the_moment(shown, images):
    game = shown(images)
    game.go(0)
    latents = game.system.fixed_inputs.latents[:3].numpy()
    game.renderer.ask(RenderLatent(request=1, latents=latents))
    while not isinstance(event := game.events.get(timeout=60), Rendered):
        pass
    assert event.step == 0
    assert np.abs(event.samples.astype(int) - game.made[0][:3]).max() <= 1
    game.renderer.ask(Revisit(request=1, run=game.run, step=8))
    while not isinstance(event := game.events.get(timeout=60), Rendered):  # the sliders' sample comes along
        pass
    assert event.step == 8


def test_the_training_goes_on_meanwhile_and_is_caught_up_with(shown, images):
    game = shown(images)
    game.go(4)
    for _ in range(3):
        game.system.step()
    game.renderer.publish(game.system, wait=True)
    game.renderer.watch(Watch(frozenset({"gallery"})))  # something else is looked at: still the moment
    frame = game.frame(lambda frame: frame.asked)
    assert (frame.step, frame.past) == (4, True)
    frame = game.go(None)
    assert frame.step == game.system.step_count
    np.testing.assert_array_equal(frame.layers["gallery"], game.now())


def test_two_moments_side_by_side(shown, images):
    game = shown(images)
    frame = game.go(8, beside=0)
    assert (frame.step, frame.beside.step) == (8, 0)
    assert np.abs(frame.beside.layers["gallery"].astype(int) - game.made[0]).max() <= 1
    frame = game.go(None, beside=4)
    assert (frame.past, frame.beside.step) == (False, 4)
    np.testing.assert_array_equal(frame.layers["gallery"], game.now())
    assert game.go(None).beside is None


def test_of_the_plane_only_what_g_makes_is_of_the_moment(shown, plane):
    game = shown(plane, ("generated", "manifold", "landscape", "arrows", "optimal"), bounds=(-2, 2, -2, 2))
    frame = game.go(0)
    assert set(frame.layers) == {"generated", "manifold", "manifold_density"}
    np.testing.assert_allclose(frame.layers["generated"], game.made[0], atol=0.02)
    assert np.abs(game.made[0] - game.now()).max() > 0.04
    frame = game.go(None)
    assert {"landscape", "arrows"} <= set(frame.layers)
    np.testing.assert_array_equal(frame.layers["generated"], game.now())


def test_a_sheet_is_of_the_moment(shown, images):
    latents = np.random.default_rng(0).normal(scale=2, size=(2, 4)).astype(np.float32)
    game = shown(images, (), sheet=latents)
    first, later, again = (game.go(step).layers["sheet"] for step in (0, 8, 0))
    assert not np.array_equal(first, later)
    np.testing.assert_array_equal(first, again)


def test_a_damaged_moment_is_told_and_now_is_shown(shown, images):
    game = shown(images)
    (game.run / "timeline/step-00000004.safetensors").write_bytes(b"no longer")
    game.rest()
    frame = game.go(4)
    assert not frame.past
    game.renderer.ask(Revisit(request=1, run=game.run, step=4))
    while not isinstance(event := game.events.get(timeout=60), Notice):
        pass
    assert "step-00000004.safetensors" in event.message


def test_a_game_that_was_opened_since_shows_itself(shown, images):
    game = shown(images)
    game.go(4)
    game.renderer.shut()
    game.renderer.open(game.system)
    assert not game.frame(lambda frame: not frame.past).past
    game.renderer.ask(Revisit(request=1, run=game.run, step=4, game=0))  # asked of the game before
    game.renderer.watch(Watch(frozenset({"gallery", "way"})))
    assert not game.frame().past


def test_a_pyramid_and_a_g_that_is_given_something_are_shown_as_they_were(shown):
    small = {"width": 16, "depth": 1}
    given = Experiment(
        name="given",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=3),
        given=LowResolutionSpec(factor=2),
        generator=MLPGeneratorSpec(**small),
        discriminator=MLPDiscriminatorSpec(**small),
        schedule=ScheduleSpec(batch_size=16),
    )
    pyramid = Experiment(
        name="pyramid",
        dataset=DigitsSpec(held_out=200),
        latent=LatentSpec(dimensions=3),
        given=LevelSpec(),
        generator=ResidualGeneratorSpec(width=8, blocks=1, noise=2),
        discriminator=ResidualDiscriminatorSpec(width=4),
        schedule=ScheduleSpec(batch_size=16),
        arrangement=PyramidSpec(
            levels=(1, 1),
            generator=MLPGeneratorSpec(**small),
            discriminator=MLPDiscriminatorSpec(**small),
            batch_size=8,
        ),
    )
    for experiment in (given, pyramid):
        game = shown(experiment, ("gallery", "way"))
        frame = game.go(0)
        assert np.abs(frame.layers["gallery"].astype(int) - game.made[0]).max() <= 1
        assert np.abs(game.made[0].astype(int) - game.now()).max() > 1
        assert ("way_0" in frame.layers) is (experiment is pyramid)
