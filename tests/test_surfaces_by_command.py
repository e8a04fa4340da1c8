"""By command: structures by styles, maps of one's own painted, surfaces lit anew."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.cli import main
from ganstudio.experiment import ScenesSpec
from ganstudio.modalities import Images, Normals
from ganstudio.modalities.light import Light, lit
from ganstudio.origins import read_origin
from ganstudio.presets import dumps, load_preset, with_settings
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.walks import drawn as drawn_latents

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


@pytest.mark.parametrize(("kind", "option"), [("depth", "--green"), ("normals", "--near"), ("normals", "--relief")])
def test_how_another_map_is_read_is_no_use(run, tmp_path, capsys, kind: str, option: str) -> None:
    np.save(tmp_path / "map.npy", drawn()[0] if kind == "normals" else np.tile(np.linspace(0, 1, SIDE), (SIDE, 1)))
    value = {"--green": "down", "--near": "dark", "--relief": "2"}[option]
    words = ["sample", str(run), "--normals", str(tmp_path / "map.npy"), option, value]
    assert main([*words, "--out", str(tmp_path / "x.npy")]) == 2
    assert f"{option}: {tmp_path / 'map.npy'} is a map of {kind}" in capsys.readouterr().err


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
        (["--style-seed", "3", "--temperature", "2"], "--temperature does not go together"),
        (["--style-seed", "3", "--prefix", "a"], "--prefix does not go together"),
        (["--style-seed", "3", "--coarse", "a.png"], "--coarse does not go together"),
        (["--style-seed", "3", "--noise-seed", "0"], "--noise-seed does not go together"),
        (["--green", "up"], "--green: says how the map of --normals is read: add --normals FILE, or leave it out"),
        (["--style-seed", "3", "--near", "dark"], "--near: says how the map of --normals is read"),
        (["--relief", "2"], "--relief: says how the map of --normals is read"),
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


# --- exported ---


def exported(run, out, *options: str) -> None:
    assert main(["export", str(run), *options, "--out", str(out), "--quiet"]) == 0


def test_a_walk_may_turn_the_style_alone(run, tmp_path) -> None:
    exported(run, tmp_path / "held.npz", "--what", "samples", "--count", "3", "--hold", "structure")
    origin = read_origin(tmp_path / "held.npz")
    points = origin.latents
    assert (points[:, :FIRST] == points[0, :FIRST]).all()
    assert len(np.unique(points[:, FIRST:], axis=0)) == 3
    assert origin.words[-2:] == ("--hold", "structure")
    exported(run, tmp_path / "style.npz", "--what", "samples", "--count", "3", "--hold", "style")
    other = read_origin(tmp_path / "style.npz").latents
    assert (other[:, FIRST:] == other[0, FIRST:]).all()
    np.testing.assert_array_equal(other[0], points[0])
    words = ["--what", "walk", "--count", "2", "--seconds", "0.2", "--fps", "10", "--size", "32"]
    exported(run, tmp_path / "walk.gif", *words, "--hold", "structure")
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 4


def test_each_of_several_files_tells_its_own_point(run, tmp_path) -> None:
    exported(run, tmp_path / "files", "--what", "samples", "--count", "2", "--hold", "structure")
    second = sorted((tmp_path / "files").iterdir())[1]
    words = read_origin(second).words
    assert words[:2] == ("--what", "samples")
    exported(run, tmp_path / "again.npz", *words)
    np.testing.assert_allclose(read_origin(tmp_path / "again.npz").latents, read_origin(second).latents, atol=1e-6)


def test_a_film_of_the_light_going_round(run, tmp_path) -> None:
    exported(run, tmp_path / "light.gif", "--what", "light", "--seconds", "1", "--fps", "8", "--size", "16")
    with Image.open(tmp_path / "light.gif") as film:
        assert film.n_frames == 8
        shown = []
        for place in range(8):
            film.seek(place)
            shown.append(np.asarray(film.convert("L"), float)[2:-2:2, 2:-2:2])  # twice as large, in a frame
    normals = read_normals(run)
    turns = 2 * np.pi * np.arange(8) / 8
    wanted = [lit(normals, Light.over(0.75 * np.cos(turn), 0.75 * np.sin(turn))).mean(-1) for turn in turns]
    alike = np.corrcoef([one.ravel() for one in (*shown, *wanted)])[:8, 8:]
    assert (alike.argmax(1) == np.arange(8)).all()  # a film has 256 colours, and no more
    assert alike.diagonal().min() > 0.85


def read_normals(run) -> np.ndarray:
    loaded = load_generator(run, with_data=False)
    return loaded.way(drawn_latents(loaded.latent, 0)[None])[0][0]


@pytest.mark.parametrize("ending", [".pt2", ".py", ".onnx"])
def test_both_generators_are_one_program(run, tmp_path, ending: str) -> None:
    if ending == ".onnx":
        pytest.importorskip("onnxscript")
        pytest.importorskip("onnxruntime")
    exported(run, tmp_path / f"g{ending}", "--what", "model")  # which compares it with torch by itself
    if ending == ".py":
        module: dict = {"__name__": "checked"}
        exec(compile((tmp_path / "g.py").read_text(), "g.py", "exec"), module)
        latents = torch.from_numpy(drawn_latents(load_generator(run, with_data=False).latent, 3)[None])
        made = module["generate"](latents).numpy()
        wanted = load_generator(run, with_data=False).generate(latents.numpy())
        same(Images((3, SIDE, SIDE)).to_people(made), wanted)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--what", "samples", "--hold", "look"], "this run's two games are called structure and style"),
        (["--what", "light", "--seconds", "300"], "would have 9,000 frames"),
        (["--what", "light", "--seconds", "1e308"], "6,000 are the most"),
    ],
    ids=["hold", "light", "endless light"],
)
def test_what_can_t_be_exported_is_told(run, tmp_path, capsys, options, told) -> None:
    out = tmp_path / ("x.gif" if "light" in options else "x.npy")
    assert main(["export", str(run), *options, "--out", str(out), "--quiet"]) == 2
    assert told in capsys.readouterr().err


def test_no_more_is_lit_than_there_is_room_for(run, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("ganstudio.cli._surfaces._MOST", 3)
    out = tmp_path / "x.npy"
    words = ["sample", str(run), "--structure-seeds", "3,4", "--relight", "0,0;10,10", "--out", str(out)]
    assert main(words) == 2
    assert "--relight: 2 surfaces under 2 lights are 4; 3 fit" in capsys.readouterr().err
    assert not out.exists()


def test_one_game_holds_no_other_and_lights_nothing(tmp_path, capsys) -> None:
    ring = tmp_path / "ring"
    assert main(["train", "ring", "--set", "schedule.steps=1", "--quiet", "--out", str(ring)]) == 0
    for words in (["--what", "samples", "--hold", "style"], ["--what", "light"]):
        out = tmp_path / ("x.gif" if "light" in words else "x.npy")
        assert main(["export", str(ring), *words, "--out", str(out), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "is for two games in a chain, which this run has not" in told
    assert "--what light is for a G that makes normals first" in told
