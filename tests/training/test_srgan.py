"""SRGAN as a game: parts of images, a content stage with its own rate whose G is kept, and going on after a stop."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch

from ganstudio.data import DatasetError, build_dataset, build_sampler
from ganstudio.data.givens import shrinking
from ganstudio.experiment import (
    AdversarialStageSpec,
    ContentStageSpec,
    Experiment,
    GlyphsSpec,
    LatentSpec,
    LowResolutionSpec,
    PatchDiscriminatorSpec,
    ScheduleSpec,
    SuperResolutionGeneratorSpec,
    SuperResolutionSpec,
)
from ganstudio.latent import Prior, learnt_shape
from ganstudio.presets import with_setting, with_settings
from ganstudio.run import latest_checkpoint
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.messages import Adjust, Broken, Notice, Quit, Scalars, Start, Step
from ganstudio.training.session.needs import at_least, outline
from ganstudio.training.session.session import Session
from ganstudio.training.step.schedules import in_force
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def glyphs():
    return build_dataset(GlyphsSpec(size=24, count=100, held_out=10))


@pytest.fixture
def enlarging() -> Experiment:
    """Digits of 24 pixels, made of copies of 6; learnt from parts of 16."""
    return Experiment(
        name="enlarging",
        dataset=GlyphsSpec(size=24, count=100, held_out=10),
        latent=LatentSpec(dimensions=0),
        given=LowResolutionSpec(factor=4, noise=8, crop=16, judged=False),
        generator=SuperResolutionGeneratorSpec(width=8, blocks=1),
        discriminator=PatchDiscriminatorSpec(width=4),
        objective=SuperResolutionSpec(),
        schedule=ScheduleSpec(steps=12, batch_size=4, penalty_interval=2, average=0.9),
        stages=(ContentStageSpec(steps=4, rate=2.0, decay="cosine", keep=True),),
    )


def weights(network) -> list[torch.Tensor]:
    return [value.clone() for value in network.state_dict().values()]


def same(one, other) -> bool:
    return all(map(torch.equal, weights(one), weights(other)))


# --- parts of images --------------------------------------------------------------------------------------------------


def test_parts_are_cut_out_of_the_images_that_are_drawn(glyphs) -> None:
    sampler = build_sampler(LowResolutionSpec(factor=4, crop=8), glyphs)
    drawn = sampler.draw_parts(50, np.random.default_rng(0))
    whole = glyphs.draw(50, np.random.default_rng(0))
    assert (drawn.x.shape, drawn.given.shape) == ((50, 1, 8, 8), (50, 1, 2, 2))
    windows = np.lib.stride_tricks.sliding_window_view(whole, (8, 8), (2, 3))
    places = []
    for part, of_image in zip(drawn.x, windows, strict=True):
        found = np.argwhere((of_image[0] == part[0]).all((2, 3)))
        assert len(found)
        places.append(found[0])
    assert len({tuple(place) for place in places}) > 25  # of 289; a blank part is found at its first place
    np.testing.assert_allclose(drawn.given, shrinking(8, 4) @ drawn.x @ shrinking(8, 4).T, atol=1e-6)


def test_what_is_shown_and_measured_is_whole(enlarging, glyphs) -> None:
    prior = Prior.of(enlarging, glyphs)
    assert prior.draw(3, torch.Generator().manual_seed(0)).given.shape == (3, 1, 6, 6)
    assert learnt_shape(prior.sampler, glyphs.shape) == (1, 16, 16)
    trainer = Trainer(enlarging, glyphs, CPU)
    assert trainer.generator(trainer.fixed_inputs).shape == (64, 1, 24, 24)
    assert trainer.sights.draw_real().x.shape == (4, 1, 16, 16)


@pytest.mark.parametrize("crop", [0, 24, 32])
def test_images_that_are_not_larger_are_learnt_from_whole(glyphs, crop: int) -> None:
    sampler = build_sampler(LowResolutionSpec(factor=4, crop=crop), glyphs)
    assert sampler.parts is None
    parts, whole = (draw(5, np.random.default_rng(1)) for draw in (sampler.draw_parts, sampler.draw))
    np.testing.assert_array_equal(parts.x, whole.x)
    np.testing.assert_array_equal(parts.given, whole.given)


def test_parts_that_the_factor_does_not_divide_are_refused(glyphs) -> None:
    with pytest.raises(DatasetError, match=r"given.crop: found 14, which given.factor, 4, does not divide: choose 16"):
        build_sampler(LowResolutionSpec(factor=4, crop=14), glyphs)


def test_a_g_of_one_size_can_not_learn_from_parts(enlarging, glyphs) -> None:
    with pytest.raises(ValueError, match=r"given.crop: found 16, but a generator of kind 'mlp' .* set it to 0"):
        Trainer(with_setting(enlarging, "generator", {"kind": "mlp"}), glyphs, CPU)


# --- the content stage ------------------------------------------------------------------------------------------------


def test_the_content_stage_has_its_own_rate(enlarging, glyphs, monkeypatch) -> None:
    trainer, factors = Trainer(enlarging, glyphs, CPU), []
    optimiser = trainer.optimisers["generator"]
    step = optimiser.step
    monkeypatch.setattr(optimiser, "step", lambda gradients, factor: (factors.append(factor), step(gradients, factor)))
    rates = []
    for _ in range(6):
        rates.append(in_force(enlarging, trainer.step_count)["optimisers.generator.learning_rate"])
        trainer.step()
    expected = [2.0, 1 + np.sqrt(0.5), 1.0, 1 - np.sqrt(0.5), 1.0, 1.0]
    assert factors == pytest.approx(expected)
    assert rates == pytest.approx([enlarging.optimisers.generator.learning_rate * factor for factor in expected])


def test_the_rate_stays_where_nothing_else_is_said() -> None:
    plain = ContentStageSpec()
    assert [plain.factor(gone) for gone in (0.0, 0.5, 1.0)] == [1.0, 1.0, 1.0]


def test_g_is_kept_as_the_content_stage_leaves_it(enlarging, glyphs) -> None:
    trainer = Trainer(enlarging, glyphs, CPU)
    for _ in range(4):
        trainer.step()
        assert same(trainer.kept, trainer.average.module)
    after = deepcopy(trainer.kept)
    for _ in range(3):
        trainer.step()
    assert same(trainer.kept, after)
    assert not same(trainer.kept, trainer.average.module)
    assert not any(parameter.requires_grad for parameter in trainer.kept.parameters())


def test_g_is_kept_only_where_it_is_asked_for(enlarging, glyphs) -> None:
    stages = [ContentStageSpec(steps=2).model_dump(), AdversarialStageSpec(steps=2).model_dump()]
    trainer = Trainer(with_setting(enlarging, "stages", stages), glyphs, CPU)
    assert trainer.kept is None
    assert "content" not in trainer.networks()
    keeping, plain = (at_least(one, outline(one, glyphs)).held for one in (enlarging, trainer.experiment))
    assert keeping - plain == 4 * sum(parameter.numel() for parameter in trainer.generator.parameters())


# --- the game ---------------------------------------------------------------------------------------------------------


def test_a_step_has_the_parts_of_gs_loss_and_they_add_up(enlarging, glyphs) -> None:
    trainer = Trainer(enlarging, glyphs, CPU)
    for _ in range(8):
        trainer.step()
    rows = dict(zip(trainer.names, trainer.drain()[:, 2:].T, strict=True))
    parts = rows["part_pixels"] + rows["part_small_image"] + rows["part_adversarial"]
    assert np.isnan(parts[:4]).all()
    np.testing.assert_allclose(parts[4:], rows["g_loss"][4:], rtol=1e-5)
    assert np.isfinite(rows["content"][:4]).all()


def test_lambda_is_turned_while_it_trains(enlarging, tmp_path) -> None:
    """With as much weight, D's part of G's loss is as many times larger at that very step."""
    found = []
    for weight in (None, 0.2):
        session = Session(Start(experiment=enlarging, run=tmp_path / str(weight), threads=1))
        adjust = [] if weight is None else [Adjust("objective.adversarial", weight)]
        for command in (*[Step()] * 4, *adjust, Step(), Quit()):
            session.send(command)
        events = list(session.run())
        assert not [event for event in events if isinstance(event, Notice | Broken)]
        (names,) = [event.names for event in events if isinstance(event, Scalars)][:1]
        rows = np.concatenate([event.rows for event in events if isinstance(event, Scalars)])
        found.append(rows[4, 2 + names.index("part_adversarial")])
    assert found[1] == pytest.approx(10 * found[0], rel=1e-4)


@pytest.mark.parametrize("stop", [2, 6])
def test_stopping_and_going_on_changes_no_bit(enlarging, tmp_path, stop: int) -> None:
    """In the content stage and in the game: all networks, the kept one and the optimisers among them."""

    def train(start: Start, steps: int) -> None:
        session = Session(start)
        for command in (*[Step()] * steps, Quit()):
            session.send(command)
        assert not [event for event in session.run() if isinstance(event, Notice | Broken)]

    train(Start(experiment=enlarging, run=tmp_path / "part", threads=1), stop)
    train(Start(resume=tmp_path / "part", threads=1), 8 - stop)
    train(Start(experiment=enlarging, run=tmp_path / "whole", threads=1), 8)
    one, other = (latest_checkpoint(tmp_path / name) for name in ("part", "whole"))
    files = sorted(path.name for path in one.glob("*.safetensors"))
    assert "content.safetensors" in files
    for name in files:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    loaded = load_generator(tmp_path / "whole")
    assert loaded.generate(loaded.draw_latents(3, 0)).shape == (3, 24, 24, 1)


def test_a_d_that_is_shown_the_small_image_plays_as_well(enlarging, glyphs) -> None:
    told = with_settings(enlarging, [("given.judged", True), ("stages", [])])
    trainer = Trainer(told, glyphs, CPU)
    trainer.step()
    assert np.isfinite(trainer.drain()).all()
