"""Several games on disk: they go on from a checkpoint exactly as if there had been none."""

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import HingeSpec, RMSpropSpec, WassersteinSpec
from ganstudio.presets import with_setting
from ganstudio.run import Lineup, RunError
from ganstudio.training.checkpoints.checkpoint import NotFinite
from ganstudio.training.group.band import Band
from ganstudio.training.group.checkpoint import load_group, save_group, sound_members
from ganstudio.training.group.duel import Duel
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import StartGroup


def experiments_of(kind, plane):
    noisy = with_setting(with_setting(plane, "schedule.instance_noise", 0.1), "discriminator.fourier", 3)
    if kind == "duel":
        # A gradient penalty draws from torch's global stream, which each member has to itself.
        return (noisy.model_copy(update={"objective": WassersteinSpec()}), with_setting(noisy, "generator.width", 4))
    return members_of(StartGroup(experiments=(noisy,), seeds=3))


def build(kind, experiments):
    family = Duel if kind == "duel" else Band
    return family(experiments, build_dataset(experiments[0].dataset), torch.device("cpu"))


def weights_of(group):
    found = []
    for index in range(len(group.experiments)):
        with group.member(index) as trainer:
            networks = (trainer.generator, trainer.average.module, trainer.discriminator)
            found.append([value.clone() for network in networks for value in network.state_dict().values()])
    return found


def lineup_of(group, kind):
    chosen = group.experiments if kind == "duel" else group.experiments[:1]
    seeds = len(group.experiments) if kind == "band" else 0
    names = tuple(f"game {index}" for index in range(len(group.experiments)))
    return Lineup(experiments=chosen, seeds=seeds, names=names)


@pytest.mark.parametrize("kind", ["duel", "band"])
def test_a_group_goes_on_to_the_bit(kind, plane, tmp_path):
    experiments = experiments_of(kind, plane)
    group = build(kind, experiments)
    for _ in range(5):
        group.step()
    # Another optimiser has a state of its own, and the one before keeps its.
    changed = [with_setting(each, "optimisers.generator", RMSpropSpec()) for each in experiments]
    group.adjust(changed)
    for phase in ("both", "discriminator", "both"):
        group.step(phase)
    path = save_group(tmp_path, group, lineup_of(group, kind))
    assert path == tmp_path / "step-00000008"
    group.drain()
    for _ in range(6):
        group.step()

    torch.manual_seed(99)
    again = build(kind, Lineup.load(path / "group.toml").experiments if kind == "duel" else group.experiments)
    load_group(path, again)
    assert again.step_count == 8
    for _ in range(6):
        again.step()
    for own, other in zip(weights_of(group), weights_of(again), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(own, other, strict=True))
    rows, others = group.drain(), again.drain()
    # Those of a band are computed of several steps at once, which torch rounds otherwise at the ends of its vectors.
    np.testing.assert_allclose(others[..., 2:], rows[..., 2:], rtol=0 if kind == "duel" else 1e-6)
    assert np.load(path / "samples.npy").shape == (len(experiments), 400, 2)


def test_a_group_of_another_shape_is_refused_in_words(plane, tmp_path):
    group = build("band", experiments_of("band", plane))
    path = save_group(tmp_path, group, lineup_of(group, "band"))
    other = build("band", experiments_of("band", with_setting(plane, "generator.width", 9)))
    with pytest.raises(RunError, match="the generator's weights do not fit"):
        load_group(path, other)


def test_a_member_whose_numbers_went_wrong_is_found(plane):
    group = build("duel", (plane, plane.model_copy(update={"objective": HingeSpec()})))
    assert sound_members(group) == [True, True]
    with torch.no_grad():
        next(group.trainers[1].generator.parameters()).fill_(torch.nan)
    assert sound_members(group) == [True, False]


@pytest.mark.parametrize("kind", ["duel", "band"])
def test_no_checkpoint_is_made_of_games_that_are_all_broken(kind, plane, tmp_path):
    group = build(kind, experiments_of(kind, plane))
    networks = [each.discriminator for each in group.trainers] if kind == "duel" else [group.discriminator]
    rows = [(network, row) for network in networks for row in range(3 if kind == "band" else 1)]
    for network, row in rows:
        assert save_group(tmp_path, group, lineup_of(group, kind)).is_dir()  # some are still good
        next(network.parameters()).data[row] = torch.nan
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(NotFinite, match="in none of these games"):
        save_group(tmp_path, group, lineup_of(group, kind))
    assert sorted(tmp_path.rglob("*")) == before
