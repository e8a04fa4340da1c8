"""InfoGAN's codes on real images: that Q reads one category off two views of an image."""

import math

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, LatentSpec
from ganstudio.objectives.information import Consistency, Gain, Information, agreement, pairs
from ganstudio.presets import is_live, with_setting
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.step.augmentation import turn
from ganstudio.training.step.trainer import Trainer


@pytest.fixture
def coded(images):
    codes = [CategoricalCodeSpec(size=10, weight=1.0).model_dump(), ContinuousCodeSpec().model_dump()]
    return with_setting(with_setting(images, "latent.codes", codes), "schedule.batch_size", 64)


def trained(experiment, steps=6):
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    for _ in range(steps):
        trainer.step()
    return trainer


def of_views(one, other):
    return agreement(pairs(one, other)).item()


def test_agreement_is_the_information_of_a_table():
    sure = 50 * torch.eye(4).repeat(5, 1)
    assert of_views(sure, sure) == pytest.approx(math.log(4), abs=1e-5)
    assert of_views(sure, sure.roll(1, 0)) < math.log(4)
    even = torch.zeros(20, 4)
    assert of_views(sure, even) == pytest.approx(0, abs=1e-6)
    always = 50 * torch.eye(4)[:1].repeat(20, 1)
    assert of_views(always, always) == pytest.approx(0, abs=1e-6)  # one category for all tells nothing
    # Half of the images are read as the neighbour in the other view: by hand H(c) + H(c') - H(c, c').
    seen = 50 * torch.eye(2)[[0, 0, 1, 1]], 50 * torch.eye(2)[[0, 1, 1, 0]]
    assert of_views(*seen) == pytest.approx(0, abs=1e-6)
    seen = 50 * torch.eye(2)[[0, 0, 0, 1]], 50 * torch.eye(2)[[0, 0, 1, 1]]
    table = np.array([[4, 1], [1, 2]]) / 8
    by_hand = (table * np.log(table / np.outer(table.sum(0), table.sum(1)))).sum()
    assert of_views(*seen) == pytest.approx(by_hand, abs=1e-5)


def consistency_of(one, other, table, memory):
    latent = LatentSpec(codes=(CategoricalCodeSpec(size=4, weight=2.0),))
    return Information(latent).consistency(one, other, (slice(0, 4),), lambda _index: table, memory)


def test_without_memory_it_is_that_of_the_minibatch():
    one, other = (torch.randn(30, 4, generator=torch.Generator().manual_seed(n)).requires_grad_() for n in range(2))
    table = torch.full((4, 4), 1 / 16)
    gain = consistency_of(one, other, table, 0.0)
    alone = 2 * agreement(pairs(one, other))
    assert gain.item() == pytest.approx(alone.item(), rel=1e-5)
    for asked, expected in zip(
        torch.autograd.grad(gain, [one, other]), torch.autograd.grad(alone, [one, other]), strict=True
    ):
        torch.testing.assert_close(asked, expected)


def test_with_a_memory_the_gradients_of_parts_are_together_that_of_the_whole():
    """A table that knows all images gives each minibatch its share of the gradient that all of them would give."""
    generator = torch.Generator().manual_seed(0)
    one, other = (torch.randn(40, 4, generator=generator).requires_grad_() for _ in range(2))
    (whole,) = torch.autograd.grad(2 * agreement(pairs(one, other)), [one])
    parts = torch.zeros_like(one)
    for part in torch.arange(40).split(8):
        table = pairs(one, other).detach()
        gain = consistency_of(one[part], other[part], table, 1 - 1e-9)
        parts += torch.autograd.grad(gain, [one])[0] / 5
    torch.testing.assert_close(parts, whole, rtol=1e-4, atol=1e-6)


def test_unevenness_is_the_variance_of_the_shifts_in_reaches():
    codes = (CategoricalCodeSpec(size=4), ContinuousCodeSpec(weight=0.5, reach=2.0))
    information = Information(LatentSpec(codes=codes))
    columns = (slice(0, 4), slice(4, 6))
    one = torch.randn(3, 6)
    alike, torn = one.clone(), one.clone()
    alike[:, 4] += 1.5
    alike[:, 5] += torch.tensor([1.0, 2.0, 3.0])  # of the variance that Q tells nothing is asked
    torn[:, 4] += torch.tensor([1.0, -1.0, 0.0])
    assert information.unevenness(one, alike, columns).item() == pytest.approx(0, abs=1e-6)
    assert information.unevenness(one, torn, columns).item() == pytest.approx(0.5 * 1.0 / 2.0**2, rel=1e-5)


def test_what_a_turn_does_to_a_code_it_is_led_to_do_in_all_images(coded):
    def unevenness(experiment):
        trainer = trained(experiment, 100)
        drawn = trainer.sights.draw_real().x
        with torch.no_grad():
            turned = turn(drawn, experiment.recogniser.view_rotation, torch.Generator().manual_seed(0))
            said = [trainer.recogniser(trainer.discriminator.judge(images)[1]) for images in (drawn, turned)]
            return Information(experiment.latent).unevenness(*said, trainer.recogniser.columns).item()

    coded = with_setting(coded, "optimisers.discriminator.learning_rate", 2e-3)
    # Five seeds: .10 to .34 of what it is without.
    assert unevenness(with_setting(coded, "recogniser.equivariance", 10)) < 0.5 * unevenness(coded)


def test_the_table_is_kept_with_the_run_and_one_from_before_goes_on(coded, tmp_path):
    coded = with_setting(coded, "recogniser.consistency", 1)
    trainer = trained(coded, 5)
    table = trainer.recogniser.together(0)
    assert table.sum().item() == pytest.approx(1, abs=1e-5)
    assert not torch.allclose(table, torch.full((10, 10), 0.01), atol=1e-6)
    resumed = trained(coded, 0)
    load_checkpoint(save_checkpoint(tmp_path, trainer), resumed)
    assert torch.equal(resumed.recogniser.together(0), table)
    for _ in range(3):
        trainer.step()
        resumed.step()
    assert torch.equal(resumed.recogniser.together(0), trainer.recogniser.together(0))
    older = {name: value for name, value in trainer.recogniser.state_dict().items() if "together" not in name}
    fresh = trained(coded, 0)
    fresh.recogniser.load_state_dict(older)
    assert torch.equal(fresh.recogniser.together(0), torch.full((10, 10), 0.01))


def test_q_is_led_to_read_two_views_alike(coded):
    def agreed(experiment):
        trainer = trained(experiment, 100)
        x = trainer.sights.draw_real().x
        with torch.no_grad():
            one, other = (
                trainer.recogniser(trainer.discriminator.judge(trainer.sights.seen(x, experiment.recogniser.views))[1])
                for _ in range(2)
            )
            return (
                Information(experiment.latent)
                .consistency(one, other, trainer.recogniser.columns, trainer.recogniser.together, 0.0)
                .item()
            )

    # Five seeds: .03 to .06 without, .14 to .31 with it.
    coded = with_setting(coded, "optimisers.discriminator.learning_rate", 2e-3)
    coded = with_setting(with_setting(coded, "discriminator.width", 16), "schedule.steps", 1000)
    assert agreed(coded) < 0.1 < agreed(with_setting(coded, "recogniser.consistency", 1))


def test_views_are_compared_in_every_so_many_steps(coded):
    coded = with_setting(with_setting(coded, "recogniser.consistency", 1), "recogniser.interval", 3)
    seen = []

    trainer = Trainer(coded, build_dataset(coded.dataset), torch.device("cpu"))
    anew = trainer.sights.features_of
    trainer.sights.features_of = lambda *asked: seen.append(trainer.step_count) or anew(*asked)
    for _ in range(7):
        trainer.step()
    assert seen == [0, 3, 6]


def test_without_weight_or_codes_it_changes_nothing_but_the_draws(coded, images):
    off = with_setting(coded, "latent.codes.0.weight", 0)
    trainer = trained(with_setting(off, "recogniser.consistency", 1), 1)
    (weighted,) = (each for each in trainer.moves[0].terms if isinstance(each.term, Consistency))
    assert weighted.term(trainer.sights.judging()).item() == 0
    plain = trained(images)
    assert (
        trained(with_setting(images, "recogniser.consistency", 1))
        .state()["latent_random"]
        .equal(plain.state()["latent_random"])
    )


def test_no_view_is_made_for_codes_that_there_are_none_of(coded):
    alone = with_setting(coded, "latent.codes", [CategoricalCodeSpec(size=10).model_dump()])
    asked = with_setting(alone, "recogniser.equivariance", 10)
    states = [trained(game, 2).state()["latent_random"] for game in (alone, asked)]
    assert states[0].equal(states[1])


def test_a_minibatch_of_two_has_two_views(coded):
    trained(with_setting(with_setting(coded, "recogniser.consistency", 1), "schedule.batch_size", 2), 2)


def test_it_changes_live_and_is_refused_for_points(plane):
    assert is_live("recogniser.consistency")
    assert is_live("recogniser.view_rotation")
    trainer = Trainer(plane, build_dataset(plane.dataset), torch.device("cpu"))
    for name in ("consistency", "equivariance"):
        with pytest.raises(ValueError, match=rf"recogniser\.{name}: is of views of images"):
            trainer.adjust(with_setting(plane, f"recogniser.{name}", 1))


def test_categories_count_a_twentieth_during_q_s_head_start(coded):
    coded = with_setting(with_setting(coded, "recogniser.consistency", 1.0), "schedule.steps", 10)
    late = with_setting(coded, "recogniser.head_start", 0.4)
    little = with_setting(coded, "latent.codes.0.weight", 0.05)
    trainers = [Trainer(game, build_dataset(game.dataset), torch.device("cpu")) for game in (late, little, coded)]
    for trainer in trainers:
        trainer.step("generator")  # in which views are not compared
    moved = [torch.cat([p.detach().flatten() for p in trainer.generator.parameters()]) for trainer in trainers]
    assert torch.equal(moved[0], moved[1])  # the continuous code counts from the first step on
    assert not torch.equal(moved[0], moved[2])
    bounds = torch.ones(2)
    gains = []
    for trainer.step_count in (3, 4):
        trainer.adjust(late)
        terms = (each.term for each in trainer.moves[1].terms if each.at(trainer.step_count))
        gains += [term.weighed(bounds).item() for term in terms if isinstance(term, Gain)]
    assert gains == pytest.approx([0.15, 1.1])
    assert is_live("recogniser.head_start")


def test_views_lead_q_during_its_head_start(coded):
    late = with_setting(with_setting(coded, "recogniser.head_start", 0.9), "recogniser.interval", 1)
    alone, comparing = (trained(with_setting(late, "recogniser.consistency", weight), 1) for weight in (0.0, 1.0))
    weights = [
        torch.cat([p.detach().flatten() for p in trainer.recogniser.parameters()]) for trainer in (alone, comparing)
    ]
    assert not torch.equal(*weights)
