"""The duel: ordinary trainers with one clock, none of which feels the others."""

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import AdamSpec, HingeSpec, RelativisticSpec, SGDSpec, WassersteinSpec
from ganstudio.presets import with_setting
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.group.duel import Duel
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


def duel_of(*experiments):
    return Duel(experiments, build_dataset(experiments[0].dataset), CPU)


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def weights(network):
    return torch.cat([p.detach().flatten() for p in network.parameters()])


@pytest.fixture
def two(plane):
    """Two games whose penalties both draw from torch's global stream, one of them with more moves of D."""
    first = plane.model_copy(update={"objective": WassersteinSpec()})
    return first, with_setting(first, "schedule.discriminator_steps", 3)


def test_each_member_is_the_single_run_bit_for_bit(two):
    duel = duel_of(*two)
    for _ in range(6):
        duel.step()
    rows = duel.drain()
    for index, experiment in enumerate(two):
        single = trainer_of(experiment)
        for _ in range(6):
            single.step()
        with duel.member(index) as member:
            for network in ("generator", "discriminator"):
                assert torch.equal(weights(getattr(member, network)), weights(getattr(single, network)))
            assert torch.equal(weights(member.average.module), weights(single.average.module))
        np.testing.assert_array_equal(rows[index, :, 2:], single.drain()[:, 2:])
    assert not np.array_equal(rows[0, :, 2:], rows[1, :, 2:])
    assert rows[:, :, 0].tolist() == [list(range(1, 7))] * 2


def test_a_member_goes_on_from_its_checkpoint_bit_for_bit(two, tmp_path):
    duel = duel_of(*two)
    for _ in range(3):
        duel.step()
    with duel.member(1) as member:
        path = save_checkpoint(tmp_path, member)
    resumed, single = trainer_of(two[1]), trainer_of(two[1])
    load_checkpoint(path, resumed)
    for _ in range(3):
        resumed.step()
    single = trainer_of(two[1])
    for _ in range(6):
        single.step()
    assert torch.equal(weights(resumed.generator), weights(single.generator))


def test_all_start_from_the_same_weights(plane):
    others = [
        with_setting(plane, "objective", RelativisticSpec()),
        with_setting(plane, "optimisers.generator", SGDSpec()),
        with_setting(plane, "schedule.batch_size", 64),
    ]
    assert duel_of(plane, *others).unequal_starts() == []


def test_where_networks_differ_it_is_known_who_starts_elsewhere(plane):
    """G is drawn first: it starts the same whatever D is; D comes after a G of another size from other numbers."""
    wide = with_setting(plane, "discriminator.width", 16)
    assert duel_of(plane, wide).unequal_starts() == ["discriminator"]
    assert duel_of(plane, with_setting(plane, "generator.depth", 2)).unequal_starts() == ["generator", "discriminator"]


def test_what_it_shows_is_what_its_members_make(plane):
    duel = duel_of(plane, with_setting(plane, "objective", HingeSpec()))
    duel.step()
    points = torch.randn(5, 2)
    generated, logits = duel.generate(duel.fixed_inputs, average=True), duel.judge(points)
    frozen = duel.freeze(average=False)
    duel.step("generator")
    assert duel.member_seconds[0] == duel.trainers[0].seconds > 0
    assert generated.shape == (2, 1000, 2)
    assert logits.shape == (2, 5)
    assert not torch.equal(generated[0], generated[1])
    with duel.member(1) as member, torch.no_grad():
        assert torch.equal(duel.generate(duel.fixed_inputs, average=True)[1], member.average.module(duel.fixed_inputs))
        assert torch.equal(logits[1], member.discriminator(points))
        playing = duel.generate(duel.fixed_inputs, average=False)[1]
        assert torch.equal(playing, member.generator(duel.fixed_inputs))
        assert not torch.equal(playing, frozen(1)(duel.fixed_inputs))


def test_adjusting_reaches_each_member_and_steps_by_hand_too(plane):
    duel = duel_of(plane, with_setting(plane, "schedule.discriminator_steps", 2))
    duel.step("generator")
    adjusted = [
        with_setting(experiment, "optimisers.generator", AdamSpec(learning_rate=1e-9))
        for experiment in duel.experiments
    ]
    duel.adjust(adjusted)
    with duel.member(1) as member:
        before = weights(member.generator)
    duel.step()
    with duel.member(1) as member:
        torch.testing.assert_close(weights(member.generator), before, rtol=0, atol=1e-6)
        assert member.experiment.schedule.discriminator_steps == 2
    assert duel.step_count == 2


def test_images_are_refused(images):
    with pytest.raises(ValueError, match="several games at once need points of the plane"):
        duel_of(images, images)
