"""By command: a pyramid's samples made of a coarse picture, and with the noise of its levels from another seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.cli import main
from ganstudio.data.images.halving import halved
from ganstudio.experiment import (
    DigitsSpec,
    Experiment,
    LatentSpec,
    LevelSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    PyramidSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    ScheduleSpec,
)
from ganstudio.modalities import Images
from ganstudio.networks import Inputs
from ganstudio.presets import dumps
from ganstudio.training.checkpoints.loaded import load_generator

KINDS = [Images((1, side, side)) for side in (5, 9, 18)]
"""An image of 18 pixels is halved to 9 and to 5."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of a few steps."""
    folder, small = tmp_path_factory.mktemp("levels"), {"width": 8, "depth": 1}
    experiment = Experiment(
        name="levels",
        dataset=DigitsSpec(size=18, held_out=200),
        latent=LatentSpec(dimensions=3),
        given=LevelSpec(),
        generator=ResidualGeneratorSpec(width=8, blocks=1, noise=2),
        discriminator=ResidualDiscriminatorSpec(width=4),
        schedule=ScheduleSpec(steps=6, batch_size=8),
        arrangement=PyramidSpec(
            levels=(1, 1, 1),
            generator=MLPGeneratorSpec(**small),
            discriminator=MLPDiscriminatorSpec(**small),
            batch_size=8,
        ),
    )
    (folder / "levels.toml").write_text(dumps(experiment))
    words = ["--out", str(folder / "run"), "--quiet", "--threads", "1"]
    assert main(["train", str(folder / "levels.toml"), *words]) == 0
    return folder / "run"


@pytest.fixture
def way(run, tmp_path):
    """The steps that ``sample --way`` writes with these options, coarse to fine."""

    def way(*options: object) -> list[np.ndarray]:
        out = tmp_path / "way.npz"
        assert main(["sample", str(run), "--way", *map(str, options), "--out", str(out)]) == 0
        with np.load(out) as found:
            return [found[name] for name in sorted(found)]

    return way


def picture(path, height: int, width: int, colour: str = "L") -> np.ndarray:
    """Write some picture; returns its pixels."""
    channels = () if colour == "L" else (3,)
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    Image.fromarray(pixels, colour).save(path)
    return pixels


def test_a_picture_as_large_as_a_level_is_what_the_finer_ones_begin_with(run, way, tmp_path) -> None:
    for place, side in enumerate((5, 9)):
        pixels = picture(tmp_path / "coarse.png", side, side)
        steps = way("--coarse", tmp_path / "coarse.png", "--noise-seed", 4, "--count", 3)
        assert [step.shape for step in steps] == [(3, *kind.shape[1:], 1) for kind in KINDS[place:]]
        assert (steps[0][..., 0] == pixels).all()
        network, latents = load_generator(run).network, load_generator(run).draw_latents(3, 4)
        parts, columns = list(network.parts)[place + 1], list(network.columns.values())[place + 1]
        given = torch.from_numpy(KINDS[place].to_model(steps[0]))
        with torch.no_grad():
            made = parts(Inputs(torch.from_numpy(latents[:, columns]), given)).numpy()
        np.testing.assert_array_equal(steps[1], KINDS[place + 1].to_people(made))


def test_any_other_picture_is_made_as_small_as_the_coarsest(way, tmp_path) -> None:
    pixels = picture(tmp_path / "own.png", 18, 18)
    small = KINDS[0].to_people(halved(KINDS[2].to_model(pixels[None, ..., None]), 2))
    assert (way("--coarse", tmp_path / "own.png")[0] == small).all()
    picture(tmp_path / "photograph.jpg", 40, 70, "RGB")
    assert [step.shape for step in way("--coarse", tmp_path / "photograph.jpg")] == [
        (1, *kind.shape[1:], 1) for kind in KINDS
    ]


def test_the_seed_of_the_noise_is_that_of_the_detail_alone(way, tmp_path) -> None:
    picture(tmp_path / "coarse.png", 5, 5)
    coarse = ("--coarse", tmp_path / "coarse.png")
    one, again, other = (way(*coarse, *words) for words in (("--noise-seed", 1), ("--seed", 1), ("--noise-seed", 2)))
    for step, same, changed in zip(one[1:], again[1:], other[1:], strict=True):
        assert (step == same).all()  # without it all noise is of --seed
        assert (step != changed).any()
    plain, detail = way("--seed", 1, "--count", 2), way("--seed", 1, "--noise-seed", 2, "--count", 2)
    assert (plain[0] == detail[0]).all()
    assert all((step != changed).any() for step, changed in zip(plain[1:], detail[1:], strict=True))
    for step, same in zip(plain, way("--seed", 1, "--noise-seed", 1, "--count", 2), strict=True):
        assert (step == same).all()


def test_the_samples_are_the_last_step_and_a_level_is_one_of_them(run, way, tmp_path) -> None:
    picture(tmp_path / "coarse.png", 5, 5)
    words = ["--coarse", str(tmp_path / "coarse.png"), "--noise-seed", "7", "--count", "2"]
    steps, out = way(*words), tmp_path / "one.npy"
    for level, step in enumerate(reversed(steps)):
        assert main(["sample", str(run), *words, "--level", str(level), "--out", str(out)]) == 0
        assert (np.load(out) == step).all()
    assert main(["sample", str(run), *words, "--out", str(tmp_path / "sheet.png")]) == 0


def test_what_can_not_be_begun_with_is_refused(run, tmp_path, capsys) -> None:
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 255)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "words.png").write_text("no picture")
    picture(tmp_path / "coarse.png", 9, 9)
    cases = {
        ("--coarse", str(tmp_path / "none.png")): "none.png: cannot be read: No such file",
        ("--coarse", str(tmp_path / "words.png")): "words.png: is not an image",
        ("--coarse", str(tmp_path / "film.gif")): "film.gif: holds 2 pictures, and one is wanted",
        ("--coarse", str(tmp_path / "coarse.png"), "--level", "2"): "there are 2 steps: 0, the sample itself, to 1",
        ("--way", "--level", "1"): "--way writes all steps, and --level one of them: leave one of the two out",
    }
    for options, told in cases.items():
        assert main(["sample", str(run), *options, "--out", str(tmp_path / "x.npz")]) == 2
        assert told in capsys.readouterr().err


def test_another_g_has_no_levels(tmp_path, capsys) -> None:
    words = ["--set", "schedule.steps=1", "--quiet", "--out", str(tmp_path / "ring")]
    assert main(["train", "ring", *words]) == 0
    picture(tmp_path / "coarse.png", 5, 5)
    for options in (["--coarse", str(tmp_path / "coarse.png")], ["--noise-seed", "3"]):
        assert main(["sample", str(tmp_path / "ring"), *options, "--out", str(tmp_path / "x.npy")]) == 2
        assert "are for a G that works from the coarse to the fine" in capsys.readouterr().err
