"""Pictures as densities: exact masses, draws that stay on the ink, files in every shape."""

import io
import math

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from ganstudio.data import DatasetError, build_dataset, open_path
from ganstudio.data.points import picture_density
from ganstudio.data.points.picture_density import ink_of_rows, rows_of_ink
from ganstudio.experiment import DensitySpec, DrawingSpec, Experiment, ImagesSpec
from ganstudio.modalities import Points
from ganstudio.presets import dumps, experiment_for, loads

# Two columns and three rows: the longer side, 3 cells, spans 2, so that a cell's side is 2/3.
SMALL = DrawingSpec(rows=("z.", "..", "ai"))  # 35, 0; 0, 0; 10, 18
CELL = 2 / 3
MASSES = np.array([[35, 0], [0, 0], [10, 18]]) / 63


def saved(path, pixels, **options):
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, **options)
    return str(path)


def test_log_density_is_log_mass_less_log_area():
    log_density = build_dataset(SMALL).log_density
    points = np.array([[-0.3, 0.9], [-0.3, -0.9], [0.3, -0.9], [0.3, 0.9], [0, 0], [0.7, -0.9], [-0.3, 1.1], [9, 9]])
    with np.errstate(divide="ignore"):
        expected = np.log(np.array([35, 10, 18, 0, 0, 0, 0, 0]) / 63) - math.log(CELL**2)
    assert log_density(points) == pytest.approx(expected, abs=1e-12)
    assert log_density(np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize("spec", [SMALL, DrawingSpec()], ids=["small", "face"])
def test_mass_is_one_and_draws_follow_it(spec):
    dataset = build_dataset(spec)
    ink = ink_of_rows(spec.rows)
    height, width = ink.shape
    side = 2 / max(height, width)
    model = dataset.draw(200_000, np.random.default_rng(0))
    assert (model.dtype, model.shape) == (np.float32, (200_000, 2))
    assert model.mean(axis=0) == pytest.approx([0, 0], abs=0.01)
    assert model.var(axis=0).mean() == pytest.approx(1, abs=0.01)
    points = dataset.modality.to_people(model).astype(np.float64)
    columns = np.floor((points[:, 0] + width * side / 2) / side).astype(int)
    rows = np.floor((height * side / 2 - points[:, 1]) / side).astype(int)
    shares = np.bincount(rows * width + columns, minlength=height * width) / len(points)
    mass = ink.ravel() / ink.sum()
    assert np.abs(shares - mass).max() < 5 * math.sqrt(mass.max() / len(points))
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nansum(mass * np.log(mass / side**2))
    log_p = dataset.log_density(points)
    assert log_p.mean() == pytest.approx(-entropy, abs=5 * log_p.std() / math.sqrt(len(points)) + 1e-9)
    inside = (points[:, 0] + width * side / 2) / side % 1
    assert inside.mean() == pytest.approx(0.5, abs=0.005)
    assert inside.var() == pytest.approx(1 / 12, abs=0.001)


def test_no_draw_falls_beside_the_ink_by_rounding():
    # One inked pixel in a corner beside others far away: the largest numbers and the finest pixels there are.
    ink = np.zeros((1024, 1024))
    ink[::7, ::5] = 1
    dataset = picture_density.density_dataset("dots", ink, "")
    points = dataset.modality.to_people(dataset.draw(2_000_000, np.random.default_rng(3)))
    assert points.dtype == np.float32
    assert np.isfinite(dataset.log_density(points)).all()


def test_drawings_are_written_as_they_look_and_read_back():
    experiment = experiment_for(SMALL, Points(), Experiment())
    assert (experiment.name, experiment.dataset) == ("drawing", SMALL)
    text = dumps(experiment)
    assert 'rows = [\n    "z.",\n    "..",\n    "ai",\n]\n' in text
    assert loads(text).dataset == SMALL
    ink = np.random.default_rng(0).random((64, 64))
    spec = DrawingSpec(rows=rows_of_ink(ink))
    assert ink_of_rows(spec.rows) == pytest.approx(ink, abs=0.5 / 35 + 1e-9)
    assert len(dumps(Experiment(dataset=spec))) < 8000


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("..", "..."), "rows of 2 to 3 cells; all must be as long"),
        (("...", "..."), "no cell has ink"),
        (("0", "A"), "should match pattern"),
        ((), "at least 1 item"),
        (("",), "at least 1 character"),
    ],
)
def test_drawings_that_are_none(rows, message):
    with pytest.raises(ValidationError, match=message):
        DrawingSpec(rows=rows)


def test_ink_is_the_rarer_shade_unless_told(tmp_path):
    pixels = np.full((10, 20), 255)
    pixels[2, 3] = 0
    path = saved(tmp_path / "dot.png", pixels)
    dot = build_dataset(DensitySpec(path=path))
    at = np.array([[-1 + 3.5 / 10, 0.5 - 2.5 / 10]])
    assert dot.log_density(at) == pytest.approx([-2 * math.log(0.1)], abs=1e-9)
    assert "20 × 10 pixels, 1 of them with mass" in dot.source
    assert dot.name == "dot.png"
    inverted = build_dataset(DensitySpec(path=saved(tmp_path / "inverted.png", 255 - pixels)))
    assert inverted.log_density(at) == pytest.approx([-2 * math.log(0.1)], abs=1e-9)
    paper = build_dataset(DensitySpec(path=path, ink="bright"))
    assert paper.log_density(at) == pytest.approx([-math.inf])
    assert paper.log_density(-at) == pytest.approx([-math.log(199) - 2 * math.log(0.1)], abs=1e-9)


def test_threshold_and_contrast_shape_the_ink(tmp_path):
    path = saved(tmp_path / "grey.png", [[255, 255, 255, 255], [255, 0, 128, 240]])
    strong, half, faint = 1, 127 / 255, 15 / 255

    def masses(**options):
        dataset = build_dataset(DensitySpec(path=path, **options))
        return np.exp(dataset.log_density([[-0.25, -0.25], [0.25, -0.25], [0.75, -0.25]])) * 0.25

    total = strong + half
    assert masses() == pytest.approx([strong / total, half / total, 0], abs=1e-9)
    total = strong + half + faint
    assert masses(threshold=0) == pytest.approx([strong / total, half / total, faint / total], abs=1e-9)
    assert masses(contrast=2) == pytest.approx([1 / (1 + half**2), half**2 / (1 + half**2), 0], abs=1e-9)


def test_large_pictures_are_made_smaller_and_small_ones_stay(tmp_path):
    wide = np.full((200, 800), 255)
    wide[:, :80] = 0
    path = saved(tmp_path / "wide.png", wide)
    pixels = picture_density.read_picture(tmp_path / "wide.png", 100)
    assert pixels.shape == (25, 100)
    assert (pixels[:, :10] == 0).all()
    assert (pixels[:, 10:] == 255).all()
    assert "100 × 25 pixels, 250 of them" in build_dataset(DensitySpec(path=path, size=100)).source
    assert picture_density.read_picture(tmp_path / "wide.png", 1024).shape == (200, 800)


def test_photographs_are_taken_upright(tmp_path):
    pixels = np.full((20, 40), 255)
    pixels[:, :8] = 0  # left; turned by a quarter clockwise it is at the top
    orientation = Image.Exif()
    orientation[0x0112] = 6
    path = tmp_path / "turned.jpg"
    saved(path, pixels, exif=orientation, quality=95)
    upright = picture_density.read_picture(path, 256)
    assert upright.shape == (40, 20)
    assert upright[:7].max() < 40
    assert upright[9:].min() > 215


def test_clear_ground_is_paper(tmp_path):
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    image.putpixel((4, 4), (0, 0, 0, 255))
    image.save(tmp_path / "clear.png")
    assert "1 of them with mass" in build_dataset(DensitySpec(path=str(tmp_path / "clear.png"))).source


def test_pictures_that_are_no_density_say_why(tmp_path, monkeypatch):
    with pytest.raises(DatasetError, match=r'"blank.png" is one even shade; a density needs something drawn'):
        build_dataset(DensitySpec(path=saved(tmp_path / "blank.png", np.zeros((9, 9)))))
    (tmp_path / "words.png").write_text("only words")
    with pytest.raises(DatasetError, match=r'"words.png" is not an image'):
        build_dataset(DensitySpec(path=str(tmp_path / "words.png")))
    with pytest.raises(DatasetError, match="there is nothing at"):
        build_dataset(DensitySpec(path=str(tmp_path / "gone.png")))
    path = saved(tmp_path / "large.png", np.random.default_rng(0).integers(0, 256, (40, 40)))
    (tmp_path / "torn.png").write_bytes((tmp_path / "large.png").read_bytes()[:400])
    with pytest.raises(DatasetError, match=r'"torn.png" is damaged'):
        build_dataset(DensitySpec(path=str(tmp_path / "torn.png")))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(DatasetError, match=r'"large.png" has more than 0 million pixels'):
        build_dataset(DensitySpec(path=path))


def test_a_grey_picture_opens_as_a_density_and_a_colourful_one_as_an_image(tmp_path):
    random = np.random.default_rng(0)
    grey = np.repeat(random.integers(0, 256, (40, 60, 1)), 3, axis=2)
    saved(tmp_path / "grey.png", grey)
    saved(tmp_path / "photo.jpg", np.kron(grey, np.ones((4, 4, 1))), quality=60)
    saved(tmp_path / "red.png", np.concatenate([grey[..., :2], 255 - grey[..., 2:]], axis=2))
    for name in ("grey.png", "photo.jpg"):
        spec, dataset = open_path(tmp_path / name)
        assert spec == DensitySpec(path=str(tmp_path / name))
        assert dataset.shape == (2,)
    assert isinstance(open_path(tmp_path / "red.png")[0], ImagesSpec)
    # Whoever names a size wants images of it.
    assert open_path(tmp_path / "grey.png", size=16)[1].shape == (1, 16, 16)
    saved(tmp_path / "blank.png", np.zeros((9, 9)))
    with pytest.raises(DatasetError, match="one even shade"):
        open_path(tmp_path / "blank.png")


def test_formats_with_16_bits_and_palettes(tmp_path):
    Image.fromarray(np.array([[0, 65535], [0, 0]], np.uint16)).save(tmp_path / "deep.png")
    file = io.BytesIO()
    Image.fromarray(np.array([[0, 255], [0, 0]], np.uint8)).convert("P").save(file, "GIF")
    (tmp_path / "palette.gif").write_bytes(file.getvalue())
    for name in ("deep.png", "palette.gif"):
        assert "1 of them with mass" in build_dataset(DensitySpec(path=str(tmp_path / name))).source
