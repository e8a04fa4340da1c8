"""From a sample back to the latents of the nearest one that G makes."""

import itertools
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from ganstudio.cli import main
from ganstudio.experiment import (
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ScheduleSpec,
)
from ganstudio.latent import draw_latents
from ganstudio.measurements.projection import ProjectionError, check_projectable, compared_of, project
from ganstudio.modalities import Images, Points
from ganstudio.modalities.sound import Sound
from ganstudio.training.messages import Quit, Save, Start, Step
from ganstudio.training.session.session import Session

SPACE = LatentSpec(dimensions=3)


class Linear(nn.Module):
    """x = A z, of which the nearest point to any other is known."""

    differentiable = True

    def __init__(self, matrix):
        super().__init__()
        self.matrix = matrix

    def forward(self, inputs):
        return inputs.latents @ self.matrix.T


def search(generator, space, sample, count=1_000, **options):
    draws = draw_latents(space, count, torch.Generator().manual_seed(0))
    return list(project(generator, space, draws, sample, **options)), draws


def test_it_finds_the_nearest_point_of_a_plane_through_space():
    torch.manual_seed(0)
    matrix = torch.randn(8, 3)
    wanted = torch.tensor([0.5, -1.2, 0.3])
    off = torch.randn(8)
    off -= matrix @ torch.linalg.lstsq(matrix, off).solution  # at right angles to all that G makes
    found, _ = search(Linear(matrix), SPACE, matrix @ wanted + off)
    assert len(found) == 301
    np.testing.assert_allclose(found[-1].latents, wanted, atol=2e-3)
    assert found[-1].distance == pytest.approx(float(off.square().mean().sqrt()), rel=1e-3)


def test_it_begins_at_the_best_random_sample_and_never_gets_worse():
    matrix = torch.eye(3)
    sample = torch.tensor([0.2, 0.4, -2.0])
    found, draws = search(Linear(matrix), SPACE, sample, steps=40)
    distances = (draws - sample).square().mean(1).sqrt()
    assert found[0].distance == found[0].of_random == pytest.approx(float(distances.min()))
    np.testing.assert_array_equal(found[0].latents, draws[distances.argmin()])
    assert all(after.distance <= before.distance for before, after in itertools.pairwise(found))
    assert 0 < found[-1].ratio < 0.2
    assert found[-1].of_random == found[0].of_random


def test_a_search_that_is_wanted_no_more_ends_among_the_draws():
    asked = []

    def wanted():
        asked.append(True)
        return len(asked) < 4

    found, _ = search(Linear(torch.eye(3)), SPACE, torch.zeros(3), wanted=wanted)
    assert (found, len(asked)) == ([], 4)


def test_z_stays_where_g_was_trained_and_categories_stay_one_hot():
    code, turn = CategoricalCodeSpec(size=3), ContinuousCodeSpec()
    space = LatentSpec(dimensions=2, prior="uniform", codes=(code, turn))
    found, _ = search(Linear(torch.eye(6)), space, torch.tensor([5.0, 5.0, 0.4, 0.3, 0.3, 9.0]), steps=60)
    latents = found[-1].latents
    np.testing.assert_allclose(latents[:2], 1, atol=1e-6)
    np.testing.assert_array_equal(latents[2:5], [1, 0, 0])  # the nearest of the three
    assert 0.9 <= latents[5] <= 3.0


def test_what_can_t_be_projected_is_refused():
    with pytest.raises(ProjectionError, match="of what it is given"):
        check_projectable(Linear(torch.eye(3)), gives=True)
    dice = Linear(torch.eye(3))
    dice.differentiable = False
    with pytest.raises(ProjectionError, match="by throwing dice"):
        check_projectable(dice, gives=False)


# --- the command line -------------------------------------------------------------------------------------------------


def run_of(path, **changed):
    experiment = Experiment(
        name="digits",
        dataset=DigitsSpec(held_out=50),
        latent=LatentSpec(dimensions=4),
        generator=MLPGeneratorSpec(width=16, depth=1),
        discriminator=MLPDiscriminatorSpec(width=16, depth=1),
        schedule=ScheduleSpec(batch_size=16),
        **changed,
    )
    session = Session(Start(experiment=experiment, run=path))
    for command in (Step(), Step(), Save(), Quit()):
        session.send(command)
    list(session.run())
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("projection") / "run")


def test_a_picture_and_a_real_sample_are_projected(run, tmp_path, capsys):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)).save(tmp_path / "photo.png")
    out, latents = tmp_path / "found.png", tmp_path / "found.npy"
    words = ["project", str(run), "--steps", "20", "--json", "--quiet"]
    assert main([*words, str(tmp_path / "photo.png"), "--out", str(out), "--latents", str(latents)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert 0 < told["distance"] <= told["best_of_random"]
    np.testing.assert_allclose(np.load(latents), told["latents"], rtol=1e-6)
    with Image.open(out) as sheet:
        assert sheet.size == (3 * 192, 22 + 192)
        for caption in np.split(np.asarray(sheet)[:22], 3, axis=1):
            assert 30 < (caption < 200).any(axis=2).sum() < 1000  # words
            assert caption[:, [0, -1]].min() == 255  # with room on both sides
    assert main([*words, "real:5"]) == 0
    assert json.loads(capsys.readouterr().out)["ratio"] <= 1


def test_what_g_made_is_found_again(run, tmp_path, capsys):
    assert main(["sample", str(run), "--count", "1", "--out", str(tmp_path / "one.npy")]) == 0
    capsys.readouterr()
    assert main(["project", str(run), str(tmp_path / "one.npy"), "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["distance"] < 0.01


def test_bad_input_is_told(run, tmp_path, capsys):
    (tmp_path / "text.png").write_text("no picture")
    np.save(tmp_path / "other.npy", np.zeros((3, 3), np.uint8))
    given = run_of(tmp_path / "given", given=LowResolutionSpec(factor=2))
    for words, told in (
        ([str(run), "real:x"], "real:x: a real sample is named as real:N"),
        ([str(run), "real:1000000"], "has the samples 0 to"),
        ([str(run), str(tmp_path / "text.png")], "text.png"),
        ([str(run), str(tmp_path / "none.png")], "none.png"),
        ([str(run), str(tmp_path / "other.npy")], "not one sample of this run, which is 8 × 8 × 1 of uint8"),
        ([str(run), "real:3", "--out", "a.gif"], "is written as .png"),
        ([str(given), "real:3"], "of what it is given"),
        ([str(tmp_path), "real:3"], "holds no run"),
    ):
        assert main(["project", *words, "--quiet"]) == 2, words
        assert told in capsys.readouterr().err


def test_waves_are_compared_by_their_spectrograms_whatever_their_phase():
    compared, turns = compared_of(Sound(codec="wave")), 2 * np.pi * np.arange(4_096) / 8_000
    waves = np.stack([0.5 * np.sin(440 * turns), 0.5 * np.cos(440 * turns), 0.5 * np.sin(880 * turns)])
    seen = compared(torch.from_numpy(waves.astype(np.float32))[:, None, None])
    assert seen.shape == (3, 129, 33)
    same, other = ((seen[0] - seen[k]).square().mean().sqrt().item() for k in (1, 2))
    assert 0 < same < 0.5 * other
    assert (waves[0] - waves[1]).std() > 0.9 * (waves[0] - waves[2]).std()  # which as waves are as far apart
    for kind in (Sound(), Sound(codec="magnitude"), Points(), Images(shape=(1, 4, 4))):
        assert compared_of(kind) is None
    quiet = torch.zeros(1, 1, 1, 4_096, requires_grad=True)
    (slope,) = torch.autograd.grad(compared(quiet).sum(), quiet)
    assert torch.isfinite(slope).all()
