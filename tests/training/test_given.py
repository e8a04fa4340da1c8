"""A game whose G is given more than latents: trained, shown, kept, sampled and measured."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch

from ganstudio.cli import main
from ganstudio.data import Drawn, Sampler, build_dataset
from ganstudio.experiment import (
    ConditioningSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    RingSpec,
    ScheduleSpec,
)
from ganstudio.latent import Prior
from ganstudio.modalities import Images
from ganstudio.networks import Inputs, build_discriminator, build_generator
from ganstudio.presets import ExperimentError, check_game, dumps, with_setting, with_settings
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import Frame, Opened, Quit, Rendered, RenderLatent, Start, StartGroup, Step
from ganstudio.training.pictures.real_samples import shown_given, shown_real
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.session.session import Session
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def digits():
    return build_dataset(DigitsSpec())


@pytest.fixture
def enlarging() -> Experiment:
    """Digits of 8 x 8 pixels, made of copies of 4 x 4."""
    return Experiment(
        name="enlarging",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=3),
        given=LowResolutionSpec(factor=2),
        generator=MLPGeneratorSpec(width=32, depth=2),
        discriminator=MLPDiscriminatorSpec(width=32, depth=2),
        schedule=ScheduleSpec(steps=20, batch_size=32),
    )


class Watcher(Observer):
    def __init__(self) -> None:
        self.seen = {}

    def judged(self, player, sight):
        self.seen[player] = sight


def trainer_of(experiment: Experiment, digits) -> Trainer:
    return Trainer(experiment, digits, CPU)


@pytest.mark.parametrize("objective", ["minimax", "relativistic", "wasserstein"])
def test_d_is_shown_with_both_what_the_real_sample_gave(enlarging, digits, objective) -> None:
    trainer, watcher = trainer_of(with_setting(enlarging, "objective", {"kind": objective}), digits), Watcher()
    trainer.step(observer=watcher)
    sight = watcher.seen["discriminator"]
    np.testing.assert_array_equal(sight.given, trainer.prior.sampler.shrunk(sight.x.numpy()))
    assert sight.inputs.given is sight.given
    judged = trainer_of(with_setting(enlarging, "objective", {"kind": objective}), digits).discriminator
    torch.testing.assert_close(sight.real, judged(sight.x, None, sight.given))
    torch.testing.assert_close(sight.fake, judged(sight.g, None, sight.given))
    assert watcher.seen["generator"].given is watcher.seen["generator"].inputs.given
    assert np.isfinite(trainer.drain()[:, 2:9]).all()


def test_a_d_that_is_not_shown_it_judges_samples_alone(enlarging, digits) -> None:
    trainer, watcher = trainer_of(with_setting(enlarging, "given.judged", False), digits), Watcher()
    trainer.step(observer=watcher)
    assert not trainer.discriminator.sees_given
    sight = watcher.seen["discriminator"]
    assert sight.given is None
    assert sight.inputs.given.shape == (32, 1, 4, 4)


def test_packs_are_shown_in_packs(enlarging, digits) -> None:
    trainer, watcher = trainer_of(with_setting(enlarging, "discriminator.packing", 2), digits), Watcher()
    trainer.step(observer=watcher)
    sight = watcher.seen["generator"]
    assert sight.given.shape == (16, 2, 1, 4, 4)
    assert torch.equal(sight.given.flatten(0, 1), sight.inputs.given)


def test_convolutions_see_it_as_channels(digits) -> None:
    d = build_discriminator(DCGANDiscriminatorSpec(width=4, normalisation="none"), (1, 8, 8), None, (1, 4, 4))
    x, small = torch.randn(3, 1, 8, 8), torch.randn(3, 1, 4, 4)
    assert d(x, None, small).shape == (3,)
    assert not torch.equal(d(x, None, small), d(x, None, -small))


def test_classes_and_what_is_given_are_of_one_sample(enlarging, digits) -> None:
    told = with_settings(
        enlarging,
        [("conditioning", ConditioningSpec(labels="projection")), ("objective", {"kind": "relativistic"})],
    )
    trainer, watcher = trainer_of(told, digits), Watcher()
    trainer.step(observer=watcher)
    for sight in watcher.seen.values():
        assert torch.equal(sight.inputs.latents[:, trainer.latent.label_columns], sight.labels)
        np.testing.assert_array_equal(sight.inputs.given, trainer.prior.sampler.shrunk(sight.x.numpy()))


class Labelled(Sampler):
    """Draws samples whose given tells the class."""

    shape = (1,)

    def draw(self, count, random, *, labelled=False):
        labels = random.integers(0, 10, count)
        return Drawn(np.zeros((count, 1, 8, 8), np.float32), labels[:, None].astype(np.float32), labels)


@pytest.mark.parametrize("fixed", [True, False])
def test_fixed_inputs_are_given_samples_of_their_class(enlarging, digits, fixed) -> None:
    space = Prior.of(with_setting(enlarging, "conditioning.labels", "projection"), digits).space
    prior, random = Prior(space, Labelled()), torch.Generator().manual_seed(0)
    inputs = prior.fixed(64, random) if fixed else prior.draw(64, random)
    classes = inputs.latents[:, space.label_columns].argmax(1)
    assert torch.equal(inputs.given.flatten(), classes.float())
    assert len(classes.unique()) == 10


def test_with_no_z_what_is_given_decides(enlarging, digits) -> None:
    trainer = trainer_of(with_setting(enlarging, "latent.dimensions", 0), digits)
    trainer.step()
    fixed = trainer.fixed_inputs
    assert fixed.latents.shape == (64, 0)
    made = trainer.generator(fixed)
    assert torch.equal(made, trainer.generator(fixed))
    assert not torch.equal(made[0], made[1])


def test_g_without_anything_is_refused(enlarging) -> None:
    with pytest.raises(ExperimentError, match=r"latent.dimensions: found 0, but G is given nothing"):
        check_game(with_settings(enlarging, [("latent.dimensions", 0), ("given", {"kind": "nothing"})]))


def test_families_that_can_not_take_it_say_so(enlarging) -> None:
    with pytest.raises(ValueError, match=r"generator.kind: 'dcgan' makes samples of latents alone .* choose 'mlp'"):
        build_generator(DCGANGeneratorSpec(), 3, (1, 8, 8), (1, 4, 4))
    autoencoder = with_setting(enlarging, "discriminator", {"kind": "autoencoder"}).discriminator
    with pytest.raises(ValueError, match=r"discriminator.kind: 'autoencoder' .* choose 'mlp' or 'dcgan'"):
        build_discriminator(autoencoder, (1, 8, 8), None, (1, 4, 4))


def test_codes_are_read_off_samples_alone(enlarging) -> None:
    with pytest.raises(ExperimentError, match=r"given.judged: found true, but Q reads the codes"):
        check_game(with_setting(enlarging, "latent.codes", [{"kind": "continuous"}]))


def test_several_games_are_given_nothing(enlarging) -> None:
    ring = with_settings(enlarging, [("dataset", RingSpec())])
    with pytest.raises(ValueError, match=r"given.kind: several games at once"):
        members_of(StartGroup(experiments=(ring,), seeds=2))


def test_it_goes_on_as_if_it_had_not_stopped(enlarging, digits, tmp_path) -> None:
    noisy = with_setting(enlarging, "given.noise", 8.0)
    whole = trainer_of(noisy, digits)
    for _ in range(4):
        whole.step()
    before = Session(Start(experiment=noisy, run=tmp_path / "run", threads=1))
    for command in (Step(), Step(), Quit()):
        before.send(command)
    list(before.run())
    after = Session(Start(resume=tmp_path / "run"))
    for command in (Step(), Step(), Quit()):
        after.send(command)
    list(after.run())
    generator = load_generator(tmp_path / "run")
    for mine, its in zip(whole.average.module.parameters(), generator.network.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-6)


@pytest.fixture
def run(enlarging, tmp_path):
    session = Session(Start(experiment=enlarging, run=tmp_path / "run"))
    for command in (*(Step() for _ in range(3)), Quit()):
        session.send(command)
    (opened,) = [event for event in session.run() if isinstance(event, Opened)]
    assert opened.latents.shape == (64, 3)
    return tmp_path / "run"


def test_it_is_sampled_and_measured(run, tmp_path, capsys) -> None:
    assert main(["sample", str(run), "--count", "5", "--out", str(tmp_path / "a.npy")]) == 0
    images = np.load(tmp_path / "a.npy")
    assert images.shape == (5, 8, 8, 1)
    generator = load_generator(run)
    np.testing.assert_array_equal(images, generator.generate(generator.draw_latents(5, 0)))
    capsys.readouterr()
    assert main(["measure", str(run), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "enlarging"


def test_an_older_file_says_nothing_of_it(enlarging) -> None:
    plain = with_setting(enlarging, "given", {"kind": "nothing"})
    assert '[given]\nkind = "nothing"' in dumps(plain)
    table = plain.model_dump()
    del table["given"]
    assert Experiment.model_validate(table) == plain


def test_sliders_turn_what_one_of_the_fixed_samples_is_given(enlarging, digits) -> None:
    trainer, events, answered = trainer_of(enlarging, digits), [], threading.Event()

    def hear(event):
        events.append(event)
        if isinstance(event, Rendered):
            answered.set()

    renderer = Renderer(hear)
    try:
        renderer.open(trainer)
        renderer.publish(trainer, wait=True)
        z = np.zeros((2, 3), np.float32)
        renderer.ask(RenderLatent(request=1, latents=z, like=7))
        assert answered.wait(20)
    finally:
        renderer.close()
    (rendered,) = [event for event in events if isinstance(event, Rendered)][:1]
    given = trainer.fixed_inputs.given[7].expand(2, 1, 4, 4)
    made = trainer.average.module(Inputs(torch.from_numpy(z), given)).numpy()
    np.testing.assert_allclose(rendered.samples[..., 0] / 127.5 - 1, made[:, 0], atol=0.005)
    frames = [event for event in events if isinstance(event, Frame)]
    assert all(frame.layers["gallery"].shape == (64, 8, 8, 1) for frame in frames)


@pytest.mark.parametrize("labels", ["off", "projection"])
def test_what_is_shown_as_given_was_made_of_the_real_samples_next_to_it(enlarging, digits, labels) -> None:
    trainer = trainer_of(with_setting(enlarging, "conditioning.labels", labels), digits)
    (real, columns), (given, kind) = shown_real(trainer), shown_given(trainer)
    assert kind == Images((1, 4, 4))
    assert given.shape == (len(trainer.fixed_inputs.latents), 4, 4, 1)
    expected = kind.to_people(trainer.prior.sampler.shrunk(digits.modality.to_model(real[: len(given)])))
    np.testing.assert_allclose(given.astype(float), expected.astype(float), atol=1)  # both were rounded to grey levels
    assert len(real) == len(given) + 64
    assert columns == (10 if labels == "projection" else 0)


def test_the_session_tells_what_is_given_and_nothing_where_nothing_is(enlarging) -> None:
    told = []
    for given in ({"kind": "low_resolution", "factor": 2}, {"kind": "nothing"}):
        session = Session(Start(experiment=with_setting(enlarging, "given", given), threads=1))
        session.send(Quit())
        told += [event for event in session.run() if isinstance(event, Opened)]
    assert (told[0].given.shape, told[0].given_kind, told[0].way) == ((64, 4, 4, 1), Images((1, 4, 4)), ())
    assert (told[1].given, told[1].given_kind, told[1].way) == (None, None, ())
