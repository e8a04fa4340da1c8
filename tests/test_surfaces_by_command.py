"""By command: structures by styles, maps of one's own painted, surfaces lit anew."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganstudio.cli import main
from ganstudio.experiment import ScenesSpec
from ganstudio.modalities import Normals
from ganstudio.modalities.light import Light, lit
from ganstudio.presets import dumps, load_preset, with_settings

SIDE, FIRST, STYLE = 16, 5, 3
KIND = Normals((3, SIDE, SIDE))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of a few steps, of both games."""
    small = [(f"{player}.width", 8) for player in ("generator", "discriminator", "stages.0")]
    small += [(f"arrangement.{player}.width", 8) for player in ("generator", "discriminator")]
    settings = [
        *small,
        ("dataset", ScenesSpec(size=SIDE, count=60, held_out=20)),
        ("arrangement.steps", 2),
        ("arrangement.apart", 2),
        ("arrangement.dimensions", FIRST),
        ("latent.dimensions", STYLE),
        ("stages.0.steps", 2),
        ("device.threads", 1),
        ("schedule.steps", 8),
        ("schedule.batch_size", 8),
    ]
    folder = tmp_path_factory.mktemp("surfaces")
    (folder / "style.toml").write_text(dumps(with_settings(load_preset("style_structure"), settings)))
    assert main(["train", str(folder / "style.toml"), "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


@pytest.fixture
def sampled(run, tmp_path):
    """What ``sample`` writes with these options, an array."""

    def sampled(*options: str) -> np.ndarray:
        out = tmp_path / "out.npy"
        assert main(["sample", str(run), *options, "--out", str(out)]) == 0
        return np.load(out)

    return sampled


def drawn(count: int = 1) -> np.ndarray:
    """Maps of one's own (count, side, side, 3), towards the viewer."""
    random = np.random.default_rng(0).standard_normal((count, 3, SIDE, SIDE)).astype(np.float32)
    random[:, 2] = np.abs(random[:, 2]) + 0.5
    return KIND.to_people(random)


def same(one: np.ndarray, other: np.ndarray) -> None:
    """Pictures are the same, but for the rounding of minibatches of other sizes."""
    assert np.abs(one.astype(int) - other).max() <= 1


def test_rows_keep_the_structure_and_columns_the_style(sampled) -> None:
    seeds = ["--structure-seeds", "3,4", "--style-seeds", "0:3"]
    normals = sampled(*seeds, "--way", "normals").reshape(2, 3, SIDE, SIDE, 3)
    assert (normals == normals[:, :1]).all()
    assert np.abs(normals[0] - normals[1]).max() > 1e-3
    pictures = sampled(*seeds).reshape(2, 3, SIDE, SIDE, 3)
    assert len(np.unique(pictures.reshape(6, -1), axis=0)) == 6
    alone = sampled("--structure-seed", "4", "--style-seed", "2")
    same(alone[0], pictures[1, 2])
    same(sampled("--structure-seed", "7", "--style-seed", "7"), sampled("--seed", "7"))
    same(sampled("--structure-seed", "4", "--seed", "1", "--count", "2")[1], pictures[1, 2])


def test_own_maps_are_painted_in_each_style(sampled, tmp_path) -> None:
    maps = drawn(2)
    np.save(tmp_path / "maps.npy", maps)
    taken = sampled("--normals", str(tmp_path / "maps.npy"), "--style-seeds", "0:3", "--way", "normals")
    np.testing.assert_allclose(taken.reshape(2, 3, SIDE, SIDE, 3)[:, 1], maps, atol=1e-5)
    pictures = sampled("--normals", str(tmp_path / "maps.npy"), "--style-seeds", "0:3").reshape(2, 3, SIDE, SIDE, 3)
    Image.fromarray(KIND.pictures(maps)[1]).save(tmp_path / "one.png")
    alone = sampled("--normals", str(tmp_path / "one.png"), "--style-seed", "2")
    assert np.abs(alone[0].astype(int) - pictures[1, 2]).mean() < 2  # 256 levels
    down = sampled("--normals", str(tmp_path / "one.png"), "--green", "down", "--way", "normals")
    np.testing.assert_allclose(down[0, ..., 1], -maps[1, ..., 1], atol=0.02)


def test_depth_is_painted_with_as_much_relief_as_is_asked_for(sampled, tmp_path) -> None:
    np.save(tmp_path / "depth.npy", np.tile(np.linspace(0, 1, SIDE), (SIDE, 1)))
    map_of = ["--normals", str(tmp_path / "depth.npy"), "--way", "normals"]
    gentle, steep = (sampled(*map_of, "--relief", relief)[0, 8, 8] for relief in ("0.5", "2"))
    assert gentle[0] / gentle[2] == pytest.approx(-0.5 * SIDE / (SIDE - 1), abs=0.01)
    assert steep[0] / steep[2] == pytest.approx(-2 * SIDE / (SIDE - 1), abs=0.02)
    away = sampled(*map_of, "--near", "dark")[0, 8, 8]
    assert away[0] == pytest.approx(-gentle[0], abs=1e-5)


def test_surfaces_are_lit_anew(sampled) -> None:
    normals = sampled("--structure-seeds", "3,4", "--way", "normals")
    clay = sampled("--structure-seeds", "3,4", "--relight", "40,30;0,0").reshape(2, 2, SIDE, SIDE, 3)
    np.testing.assert_array_equal(clay[1, 0], lit(normals[1], Light(40, 30)))
    np.testing.assert_array_equal(clay[0, 1], lit(normals[0], Light(0, 0)))


def size(path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_sheets_are_pictures_with_a_row_for_each_structure(run, tmp_path) -> None:
    out = tmp_path / "sheet.png"
    words = ["sample", str(run), "--structure-seeds", "0:2", "--style-seeds", "0:5", "--out", str(out)]
    assert main(words) == 0
    width, height = size(out)
    assert width > 2 * height  # five across, two down
    assert main([*words, "--way"]) == 0
    assert size(out)[1] > 10 * SIDE  # a row for each of the ten: normals and picture


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--normals", "map.npy", "--structure-seeds", "3"], "leave --structure-seeds out"),
        (["--relight", "0,0", "--style-seeds", "3"], "leave --style-seeds out"),
        (["--relight", "0,0", "--way"], "leave --way out"),
        (["--style-seed", "3", "--way", "depth"], "--way depth: is no step on this G's way; name normals or picture"),
        (["--style-seed", "3", "--level", "1"], "--level does not go together"),
        (["--normals", "nothing.npy"], "nothing.npy"),
        (["--structure-seeds", "0:1000", "--style-seeds", "0:1000"], "more than 10,000 pictures"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_does_not_go_together_is_refused(run, tmp_path, capsys, options, told) -> None:
    assert main(["sample", str(run), *options, "--out", str(tmp_path / "x.npy")]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("seeds", ["", "3:3", "5:2", "a", "-1", "0:2000", "1,,2", "4294967296"])
def test_seeds_are_numbers_or_a_range(run, tmp_path, capsys, seeds: str) -> None:
    with pytest.raises(SystemExit):
        main(["sample", str(run), f"--style-seeds={seeds}", "--out", str(tmp_path / "x.npy")])
    assert "expected a seed (3), a range without its end (0:8) or several" in capsys.readouterr().err


@pytest.mark.parametrize("light", ["", "40", "40,30,20", "a,b", "100,0", "nan,0", "0,0;"])
def test_a_light_is_two_angles(run, tmp_path, capsys, light: str) -> None:
    with pytest.raises(SystemExit):
        main(["sample", str(run), f"--relight={light}", "--out", str(tmp_path / "x.npy")])
    assert "expected degrees to the right and degrees up, each from -90 to 90" in capsys.readouterr().err


def test_another_g_paints_no_surfaces(tmp_path, capsys) -> None:
    words = ["--set", "schedule.steps=1", "--quiet", "--out", str(tmp_path / "ring")]
    assert main(["train", "ring", *words]) == 0
    assert main(["sample", str(tmp_path / "ring"), "--style-seed", "3", "--out", str(tmp_path / "x.npy")]) == 2
    assert "are for a G that makes normals first" in capsys.readouterr().err
