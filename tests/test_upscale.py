"""``ganstudio upscale``: which pictures, how they are made, and that no picture of anybody's is written over."""

from __future__ import annotations

import re
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio import cli
from ganstudio.experiment import SuperResolutionGeneratorSpec
from ganstudio.networks import Inputs, build_generator, enlarging
from ganstudio.networks.enlarging import enlarged_picture, mixed, shrunk_picture
from ganstudio.training.checkpoints.loaded import load_enlarger

if TYPE_CHECKING:
    from pathlib import Path

NONE = torch.zeros(1, 0)
TINY = ["dataset.count=20", "dataset.held_out=0", "generator.width=6", "generator.blocks=1", "discriminator.width=4"]
TINY += ["schedule.batch_size=2", "stages.0.steps=3", "device.threads=1", "optimisers.generator.learning_rate=0.01"]


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("upscale") / "run"
    options = [part for setting in TINY for part in ("--set", setting)]
    assert cli.main(["train", "srgan", "--out", str(folder), "--steps", "6", "--quiet", *options]) == 0
    return folder


@pytest.fixture
def pictures(tmp_path) -> Path:
    """A folder with pictures of several kinds, one of them further in, and a note."""
    folder, random = tmp_path / "in", np.random.default_rng(0)
    (folder / "more").mkdir(parents=True)

    def noise(*shape: int) -> np.ndarray:
        return random.integers(0, 256, shape, np.uint8)

    Image.fromarray(noise(13, 21, 3)).save(folder / "colour.png")
    Image.fromarray(noise(9, 10)).save(folder / "grey.png")
    Image.fromarray(noise(8, 9, 4)).save(folder / "clear.png")
    Image.fromarray(noise(12, 8, 3)).save(folder / "more" / "photo.jpg", quality=95)
    (folder / "note.txt").write_text("no picture")
    return folder


def upscale(run: Path, *arguments: object) -> int:
    return cli.main(["upscale", *map(str, arguments), "--run", str(run), "--quiet"])


def look(path: Path) -> Image.Image:
    """A picture, its file closed."""
    with Image.open(path) as image:
        image.load()
        return image.copy()


def generator(channels: int = 3):
    torch.manual_seed(0)
    spec = SuperResolutionGeneratorSpec(width=16, blocks=1)
    network = build_generator(spec, 0, (channels, 32, 32), (channels, 8, 8)).eval().requires_grad_(False)
    for parameter in network.parameters():
        parameter.add_(0.05 * torch.randn_like(parameter))
    return network


# --- in tiles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sides", [(8, 8), (40, 64), (41, 97), (70, 33), (130, 48)])
def test_tiles_are_the_whole_bit_by_bit(monkeypatch, sides: tuple[int, int]) -> None:
    monkeypatch.setattr(enlarging, "TILE", 16)
    network, small = generator(), np.random.default_rng(0).normal(0, 0.5, (1, 3, *sides)).astype(np.float32)
    seen: list[tuple[int, ...]] = []
    network.enter.register_forward_pre_hook(lambda _module, given: seen.append(tuple(given[0].shape[2:])))
    in_tiles = enlarging._made(network, small, 4, NONE)
    assert max(side for shape in seen for side in shape) <= 16 + 2 * 16
    assert (len(seen) > 1) == (max(sides) > 48)
    whole = network(Inputs(NONE, torch.from_numpy(small))).numpy()
    np.testing.assert_array_equal(in_tiles, whole)


def test_tiles_of_narrow_networks_are_the_whole_up_to_rounding(monkeypatch) -> None:
    """With channels that fill no register a convolution adds up as the image's sides have it."""
    monkeypatch.setattr(enlarging, "TILE", 16)
    torch.manual_seed(0)
    network = build_generator(SuperResolutionGeneratorSpec(width=6, blocks=2), 0, (3, 32, 32), (3, 8, 8)).eval()
    small = np.random.default_rng(0).normal(0, 0.5, (1, 3, 41, 97)).astype(np.float32)
    whole = network(Inputs(NONE, torch.from_numpy(small))).detach().numpy()
    np.testing.assert_allclose(enlarging._made(network, small, 4, NONE), whole, rtol=0, atol=2e-6)


def test_with_too_little_overlap_there_are_seams(monkeypatch) -> None:
    """So that the test of the tiles is one that can fail."""
    monkeypatch.setattr(enlarging, "TILE", 16)
    monkeypatch.setattr(enlarging, "OVERLAP", 2)
    network, small = generator(), np.random.default_rng(0).normal(0, 0.5, (1, 3, 60, 20)).astype(np.float32)
    network.reach = 2
    whole = network(Inputs(NONE, torch.from_numpy(small))).numpy()
    assert np.abs(enlarging._made(network, small, 4, NONE) - whole).max() > 1e-3


def test_deep_networks_overlap_by_more() -> None:
    spec = SuperResolutionGeneratorSpec(width=4, blocks=12)
    assert build_generator(spec, 0, (3, 32, 32), (3, 8, 8)).reach > enlarging.OVERLAP


# --- kinds of pictures ------------------------------------------------------------------------------------------------


def test_transparency_is_interpolated_and_colours_are_made() -> None:
    network, random = generator(), np.random.default_rng(0)
    pixels = random.integers(0, 256, (9, 11, 4), np.uint8)
    made = enlarged_picture(network, pixels, 4, NONE)
    assert made.shape == (36, 44, 4)
    np.testing.assert_array_equal(made[..., :3], enlarged_picture(network, pixels[..., :3], 4, NONE))
    np.testing.assert_array_equal(made[..., 3:], enlarged_picture(None, pixels[..., 3:], 4, NONE))


def test_there_is_no_copy_of_a_large_picture_but_its_pixels() -> None:
    pixels, floats = np.zeros((128, 128, 3), np.uint8), 4 * 3 * (4 * 128) ** 2
    enlarged_picture(None, pixels[:8, :8], 4, NONE)
    tracemalloc.start()
    try:
        enlarged_picture(None, pixels, 4, NONE)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert floats < most < 1.75 * floats


def test_a_grey_picture_stays_grey_with_a_network_for_colour() -> None:
    network, grey = generator(), np.random.default_rng(0).integers(0, 256, (7, 9, 1), np.uint8)
    made = enlarged_picture(network, grey, 4, NONE)
    thrice = network(Inputs(NONE, torch.from_numpy(grey.transpose(2, 0, 1)[None].repeat(3, 1) / np.float32(127.5) - 1)))
    expected = (thrice.mean(1).numpy()[0] + 1) * 127.5
    np.testing.assert_allclose(made[..., 0], expected.clip(0, 255), atol=0.51)


def test_a_picture_in_colour_keeps_its_colours_with_a_grey_network() -> None:
    network, random = generator(1), np.random.default_rng(0)
    pixels = (64 + random.integers(0, 128, (8, 8, 3))).astype(np.uint8)
    made, smooth = (enlarged_picture(way, pixels, 4, NONE).astype(float) for way in (network, None))
    added = made - smooth
    assert added.std() > 1
    np.testing.assert_allclose(added, added.mean(2, keepdims=True).repeat(3, 2), atol=1.01)  # the same in all, rounded


def test_shrinking_cuts_to_whole_squares() -> None:
    pixels = np.full((11, 14, 3), 200, np.uint8)
    small = shrunk_picture(pixels, 4)
    assert small.shape == (2, 3, 3)
    assert (small == 200).all()


def test_what_lies_between_two_networks() -> None:
    content, made = generator(), generator()
    for parameter in made.parameters():
        parameter.add_(0.5)
    half = mixed(content, made, 0.5)
    for one, between in zip(content.parameters(), half.parameters(), strict=True):
        torch.testing.assert_close(between, one + 0.25)
    assert mixed(content, made, 1.0) is made
    for one, between in zip(content.parameters(), mixed(content, made, 0.0).parameters(), strict=True):
        assert torch.equal(one, between)


# --- the verb ---------------------------------------------------------------------------------------------------------


def test_a_picture_goes_to_a_file(run, pictures, tmp_path, capsys) -> None:
    target = tmp_path / "out" / "large.png"
    assert upscale(run, pictures / "colour.png", "--out", target) == 0
    assert capsys.readouterr().out.strip() == str(target)
    source, made = (np.asarray(look(path)) for path in (pictures / "colour.png", target))
    enlarger = load_enlarger(run)
    np.testing.assert_array_equal(made, enlarged_picture(enlarger.network, source, 4, enlarger.latents))
    assert made.shape == (52, 84, 3)


def test_all_of_a_folder_goes_to_a_folder(run, pictures, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    assert upscale(run, pictures, "--out", out) == 0
    said = capsys.readouterr()
    found = {path.relative_to(out).as_posix(): look(path) for path in out.rglob("*.png")}
    assert {name: (image.size, image.mode) for name, image in found.items()} == {
        "colour.png": ((84, 52), "RGB"),
        "grey.png": ((40, 36), "L"),
        "clear.png": ((36, 32), "RGBA"),
        "more/photo.png": ((32, 48), "RGB"),
    }
    assert "note.txt: is not an image" in said.err
    assert len(said.out.splitlines()) == 4


def test_invention_is_a_dial_from_the_content_stage_to_the_game(run, pictures, tmp_path) -> None:
    found = []
    for alpha in (0, 0.5, 1):
        assert upscale(run, pictures / "colour.png", "--out", tmp_path / "a.png", "--alpha", alpha) == 0
        found.append(np.asarray(look(tmp_path / "a.png")).astype(int))
    enlarger, source = load_enlarger(run), np.asarray(look(pictures / "colour.png"))
    np.testing.assert_array_equal(found[0], enlarged_picture(enlarger.content, source, 4, NONE))
    np.testing.assert_array_equal(found[2], enlarged_picture(enlarger.network, source, 4, NONE))
    assert (found[0] != found[1]).any()
    assert (found[1] != found[2]).any()


def test_ways_are_compared_on_one_sheet(run, pictures, tmp_path) -> None:
    assert upscale(run, pictures / "colour.png", "--out", tmp_path / "sheet.png", "--compare") == 0
    sheet = np.asarray(look(tmp_path / "sheet.png"))
    source, enlarger = np.asarray(look(pictures / "colour.png")), load_enlarger(run)
    for place, way in enumerate((None, enlarger.content, enlarger.network)):
        part = sheet[16:, place * 94 : place * 94 + 84]
        np.testing.assert_array_equal(part, enlarged_picture(way, source, 4, NONE))


@pytest.mark.parametrize(("ending", "kind"), [(".jpg", "JPEG"), (".webp", "WEBP"), (".bmp", "BMP"), (".tiff", "TIFF")])
def test_files_are_written_by_their_ending(run, pictures, tmp_path, ending, kind, capsys) -> None:
    assert upscale(run, pictures / "clear.png", "--out", tmp_path / f"a{ending}") == 0
    with Image.open(tmp_path / f"a{ending}") as image:
        assert (image.format, image.size) == (kind, (36, 32))
        assert (image.mode == "RGBA") == (kind in ("WEBP", "TIFF"))
    assert ("can't be transparent" in capsys.readouterr().err) == (kind in ("JPEG", "BMP"))


def test_pictures_are_turned_upright(run, tmp_path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (12, 8), "red").save(tmp_path / "turned.jpg", exif=exif)
    assert upscale(run, tmp_path / "turned.jpg", "--out", tmp_path / "out.png") == 0
    assert look(tmp_path / "out.png").size == (32, 48)


def test_a_checkpoint_may_be_named(run, pictures, tmp_path) -> None:
    (checkpoint,) = (run / "checkpoints").glob("step-*6")
    assert upscale(checkpoint, pictures / "grey.png", "--out", tmp_path / "a.png") == 0
    assert upscale(run, pictures / "grey.png", "--out", tmp_path / "a.png", "--at", 5) == 2


# --- what can't be ----------------------------------------------------------------------------------------------------


def test_what_is_no_picture_is_told_and_the_others_are_made(run, pictures, tmp_path, capsys) -> None:
    assert upscale(run, pictures / "note.txt", pictures / "grey.png", "--out", tmp_path / "out") == 2
    said = capsys.readouterr()
    assert f"{pictures / 'note.txt'}: is not an image" in said.err
    assert said.out.splitlines() == [str(tmp_path / "out" / "grey.png")]


@pytest.mark.parametrize(
    ("name", "length", "status"),
    [("cut.png", 200, 2), ("cut", 200, 2), ("empty.png", 0, 2), ("wrong.jpg", None, 2), ("list.txt", None, 0)],
)
def test_a_picture_of_a_folder_that_can_t_be_enlarged_is_a_failure_and_other_files_are_none(
    run, pictures, tmp_path, capsys, name, length, status
) -> None:
    whole = (pictures / "colour.png").read_bytes()
    (pictures / name).write_bytes(b"no picture" if length is None else whole[:length])
    assert upscale(run, pictures, "--out", tmp_path / "out") == status
    said = capsys.readouterr()
    assert f"{pictures / name}: is " in said.err
    assert len(said.out.splitlines()) == 4


@pytest.mark.parametrize(("name", "status"), [("film.mkv", 0), ("scan.tif", 2)])
def test_of_what_is_too_large_to_be_read_the_ending_says_whether_it_is_a_picture(
    run, pictures, tmp_path, capsys, monkeypatch, name, status
) -> None:
    monkeypatch.setattr("ganstudio.cli._upscale._MOST_BYTES", 100_000)
    (pictures / name).write_bytes(bytes(100_001))
    assert upscale(run, pictures, "--out", tmp_path / "out") == status
    said = capsys.readouterr()
    assert f"{pictures / name}: " in said.err
    assert len(said.out.splitlines()) == 4


def test_a_damaged_picture_is_told(run, pictures, tmp_path, capsys) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes((pictures / "colour.png").read_bytes()[:200])
    assert upscale(run, cut, "--out", tmp_path / "out.png") == 2
    assert "cut.png: is damaged" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_pictures_that_become_too_large_are_told(run, pictures, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("ganstudio.cli._upscale._MOST_PIXELS", 1_000_000)
    Image.new("L", (400, 300)).save(tmp_path / "large.png")
    assert upscale(run, tmp_path / "large.png", "--out", tmp_path / "out.png") == 2
    assert "would become 1600 × 1200 pixels; up to 1 million" in capsys.readouterr().err


def test_no_source_is_written_over(run, pictures, tmp_path, capsys) -> None:
    before = (pictures / "colour.png").read_bytes()
    (tmp_path / "link.png").symlink_to(pictures / "colour.png")
    (tmp_path / "hard.png").hardlink_to(pictures / "colour.png")
    for out in (pictures / "colour.png", pictures, tmp_path / "link.png", tmp_path / "hard.png"):
        assert upscale(run, pictures / "colour.png", "--out", out) == 2
        assert "never written over" in capsys.readouterr().err
    assert upscale(run, pictures, "--out", pictures) == 2
    assert (pictures / "colour.png").read_bytes() == before
    assert not list(pictures.glob("*.new"))


def test_what_was_made_in_a_folder_is_not_enlarged_again(run, pictures) -> None:
    for _ in range(2):
        assert upscale(run, pictures, "--out", pictures / "large") == 0
    assert len(list((pictures / "large").rglob("*.png"))) == 4


def test_two_of_one_name_are_both_made(run, pictures, tmp_path) -> None:
    Image.new("RGB", (8, 8)).save(pictures / "colour.jpg")
    assert upscale(run, pictures, "--out", tmp_path / "out") == 0
    sizes = {path.name: look(path).size for path in (tmp_path / "out").glob("colour*")}
    assert sizes == {"colour.png": (32, 32), "colour.png.png": (84, 52)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.png", "--out", "o.png"], r"nothing.png: no such file or folder"),
        (["in", "--out", "o.png"], r"--out .*o.png: is a file, but several pictures"),
        (["in/grey.png", "--out", "o.xyz"], r"o.xyz: pictures are written as .png, .jpg"),
        (["in/more/none", "--out", "o"], r"no such file or folder"),
    ],
)
def test_what_can_not_be_asked_for_is_told(run, pictures, tmp_path, monkeypatch, capsys, arguments, words) -> None:
    monkeypatch.chdir(tmp_path)
    assert upscale(run, *arguments) == 2
    said = capsys.readouterr().err
    assert re.search(words, said), said


def test_a_folder_without_pictures_is_told(run, tmp_path, capsys) -> None:
    (tmp_path / "empty").mkdir()
    assert upscale(run, tmp_path / "empty", "--out", tmp_path / "out") == 2
    assert "there are no pictures in there" in capsys.readouterr().err


@pytest.mark.parametrize("alpha", ["1.5", "-0.1", "nan", "much"])
def test_invention_is_from_0_to_1(run, pictures, tmp_path, alpha, capsys) -> None:
    with pytest.raises(SystemExit):
        upscale(run, pictures / "grey.png", "--out", tmp_path / "a.png", f"--alpha={alpha}")
    assert "expected a number from 0 to 1" in capsys.readouterr().err


def test_other_runs_are_refused_in_words(pictures, tmp_path, capsys) -> None:
    options = ["--steps", "2", "--quiet", "--set", "device.threads=1", "--set", "generator.width=8"]
    assert cli.main(["train", "digits", "--out", str(tmp_path / "other"), *options]) == 0
    assert upscale(tmp_path / "other", pictures / "grey.png", "--out", tmp_path / "a.png") == 2
    assert "makes no pictures of smaller ones of any size" in capsys.readouterr().err


def test_without_a_kept_g_there_is_no_dial(pictures, tmp_path, capsys) -> None:
    options = [part for setting in [*TINY, "stages.0.keep=false"] for part in ("--set", setting)]
    run = tmp_path / "unkept"
    assert cli.main(["train", "srgan", "--out", str(run), "--steps", "4", "--quiet", *options]) == 0
    assert upscale(run, pictures / "grey.png", "--out", tmp_path / "a.png") == 0
    assert upscale(run, pictures / "grey.png", "--out", tmp_path / "a.png", "--alpha", 0.5) == 2
    assert "keeps no G of its content stage" in capsys.readouterr().err
