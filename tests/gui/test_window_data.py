"""What is dropped on the window, and what is seen of it: real files, the real importer, real training."""

import zipfile

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ganstudio.experiment import DCGANDiscriminatorSpec, DCGANGeneratorSpec, DigitsSpec, LatentSpec
from ganstudio.presets import dumps, with_setting


@pytest.fixture
def images(tmp_path):
    """A folder of 12 grey images of 16 x 16."""
    folder = tmp_path / "faces"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(draw.integers(0, 256, (16, 16), np.uint8)).save(folder / f"{number:02d}.png")
    return folder


@pytest.fixture
def tiny_digits(tiny):
    return tiny.model_copy(
        update={
            "name": "tiny-digits",
            "dataset": DigitsSpec(),
            "latent": LatentSpec(dimensions=4),
            "generator": DCGANGeneratorSpec(width=4),
            "discriminator": DCGANDiscriminatorSpec(width=4),
        }
    )


def points(count=40):
    return np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)


def zipped(folder):
    path = folder.with_name("packed.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def npy(folder):
    np.save(folder.with_name("cloud.npy"), points())
    return folder.with_name("cloud.npy")


def npz(folder):
    # A blob at another place in each: neighbouring pixels are alike along both sides, so that the reading is clear.
    y, x = np.mgrid[:8, :8]
    places = np.random.default_rng(0).uniform(2, 6, (20, 2))
    images = [255 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 6) for row, column in places]
    np.savez(folder.with_name("glyphs.npz"), images=np.array(images).astype(np.uint8))
    return folder.with_name("glyphs.npz")


def csv(folder):
    path = folder.with_name("walk.csv")
    path.write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in points()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "name", "kind", "shape", "count"),
    [
        (lambda folder: folder, "faces", "images", (1, 16, 16), 12),
        (zipped, "packed", "images", (1, 16, 16), 12),
        (npy, "cloud", "array", (2,), 40),
        (npz, "glyphs", "array", (1, 8, 8), 20),
        (csv, "walk", "table", (2,), 40),
    ],
)
def test_data_is_dropped_and_trained_on(studio, images, make, name, kind, shape, count):
    opened = studio.take(make(images))
    assert studio.window.shell.middle() is studio.scene
    assert opened.experiment.name == name
    assert opened.experiment.dataset.kind == kind
    assert (opened.modality.shape, opened.data_count) == (shape, count)
    assert studio.scene.samples.isVisible()
    assert studio.scene.samples.pictured == (shape != (2,))
    if kind == "array" and shape != (2,):
        assert "read as 20 images of 8 × 8, grey (n,h,w)" in studio.notice
    else:
        assert studio.notice == ""
    studio.wait(lambda: studio.state == "playing" and studio.game.step > 0)
    studio.pause()
    before = studio.game.step
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step > before)
    assert name in studio.run_folder().name


def test_an_experiment_is_dropped(studio, tiny, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(dumps(with_setting(tiny, "seed", 7)), encoding="utf-8")
    opened = studio.wait_for(studio.game.opened, lambda: studio.drop(path))
    assert opened.experiment.seed == 7


def test_a_run_is_dropped(studio, tiny):
    studio.play(10)
    studio.pause()
    run, step = studio.run_folder(), studio.game.step
    studio.start(tiny)
    opened = studio.wait_for(studio.game.opened, lambda: studio.drop(run))
    assert (opened.run, opened.step) == (run, step)
    studio.wait(lambda: len(studio.game.history) == step)


def test_the_networks_in_use_go_on_with_other_data(studio, images):
    opened = studio.take(csv(images))
    assert opened.experiment.generator.width == 8
    assert opened.experiment.schedule.batch_size == 16


# --- what can't be used ---


def broken_toml(folder):
    path = folder.with_name("wrong.toml")
    path.write_text("seed = -3\n", encoding="utf-8")
    return path


def nothing_but_text(folder):
    for file in folder.iterdir():
        file.unlink()
    (folder / "notes.txt").write_text("hello", encoding="utf-8")
    return folder


def empty(folder):
    path = folder.with_name("empty.npy")
    path.touch()
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (nothing_but_text, ["faces", "no image", "notes.txt"]),
        (empty, ["empty.npy", "empty file"]),
        (broken_toml, ["wrong.toml", "seed", "-3"]),
        (lambda folder: folder.with_name("gone"), ["gone"]),
    ],
)
def test_a_drop_that_holds_nothing_usable_says_why_and_the_run_goes_on(studio, images, make, words):
    path = make(images)
    studio.play(5)
    run = studio.run_folder()
    studio.drop(path)
    studio.wait(lambda: studio.notice and "Looking" not in studio.notice)
    for word in words:
        assert word in studio.notice
    step = studio.game.step
    studio.wait(lambda: studio.game.step > step)
    assert studio.state == "playing"
    assert studio.run_folder() == run


def test_what_is_skipped_is_counted_and_named(studio, images):
    (images / "torn.png").write_bytes((images / "00.png").read_bytes()[:40])
    (images / "notes.txt").write_text("hello", encoding="utf-8")
    opened = studio.take(images)
    assert opened.data_count == 12
    assert studio.notice == "Opened faces. 2 things that can't be used were skipped."
    names = [line.split()[0] for line in studio.window.shell.notices.details().splitlines()]
    assert sorted(names) == ["notes.txt", "torn.png"]
    studio.window.shell.notices._more.click()
    assert studio.window.shell.notices._details.isVisible()
    studio.window.shell.notices._close.click()
    assert studio.notice == ""


def test_the_newest_drop_wins(studio, images):
    first, second = zipped(images), csv(images)
    studio.drop(first)
    studio.drop(second)
    studio.wait(lambda: studio.desk.ready)
    assert studio.card.title.toolTip() == "walk.csv"
    opened = studio.wait_for(studio.game.opened, lambda: studio.qtbot.keyClick(studio.card, Qt.Key.Key_Return))
    assert opened.experiment.name == "walk"


def test_a_drop_anywhere_reaches_the_window(studio, images):
    """Also on a plot and on the notice's details, which by themselves take drops and do nothing with them."""
    path = csv(images)
    targets = [studio.scene.samples._plot.viewport(), studio.window.shell.notices.findChild(QPlainTextEdit).viewport()]
    parts = [studio.card.sheet.viewport(), studio.card.facts.skipped.viewport(), studio.card.facts.classes.list]
    for target in [*targets, studio.scene.curves.plots["Losses"], studio.window.shell.transport, *parts]:
        studio.look(path, on=target)
        assert studio.card.title.toolTip() == "walk.csv"
        studio.desk.leave()


def test_closing_while_a_drop_is_looked_at(studio, images):
    studio.drop(images)
    studio.window.close()
    assert studio.desk._reader._desk is None


# --- what is seen ---


def test_latents_are_answered_while_training_and_after_a_pause(studio):
    slider = studio.scene.latent.sliders[0]
    studio.play(5)
    first = studio.rendered(lambda: slider.setValue(500))
    assert first.samples.shape == (34, 2)
    studio.pause()
    last = studio.rendered(lambda: slider.setValue(-500))
    assert last.step == studio.game.step
    assert np.abs(last.samples[0] - first.samples[0]).max() > 0
    x, y = last.samples[0].tolist()
    told = studio.scene.latent.head.readout.text().replace("−", "-")
    assert told == f"G(z) = ({x:.3f}, {y:.3f})"


def test_a_click_in_the_gallery_puts_its_latent_on_the_sliders(studio, tiny_digits):
    studio.start(tiny_digits)
    gallery = studio.scene.samples
    assert gallery.isVisible()
    studio.wait(lambda: len(gallery._generated._packed) == 64)
    wall = gallery._generated
    rendered = studio.rendered(
        lambda: studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(9)),
    )
    np.testing.assert_array_equal(studio.scene.latent.z, studio.game.single.latents[9])
    assert rendered.samples.shape == (10, 8, 8, 1)


def test_frames_come_while_training(studio, tiny_digits):
    studio.start(tiny_digits)
    frame = studio.frame_with("gallery", lambda: studio.play(3))
    assert frame.layers["gallery"].shape == (64, 8, 8, 1)


def test_the_first_frame_of_another_game_is_its_own(studio, tiny, tiny_digits):
    frames = []
    studio.game.opened.connect(lambda _: frames.clear())  # what came before it was of the game before
    studio.game.frame.connect(frames.append)
    for experiment in (tiny_digits, tiny, tiny_digits, tiny):
        studio.start(experiment)
        studio.wait(lambda: frames)
        assert ("gallery" in frames[0].layers) == (experiment is tiny_digits)


def test_frames_are_for_the_view_that_shows_the_game(studio, tiny, tiny_digits):
    """A plane that was zoomed asks for its layers once that has settled: by then the game may be one of images."""
    studio.start(tiny)
    plane = studio.scene.samples
    plane.fit()
    plane._plot.getViewBox().scaleBy((0.5, 0.5))
    assert plane._settle.isActive()
    studio.start(tiny_digits)
    studio.wait(lambda: not plane._settle.isActive())
    frame = studio.frame_with("gallery", lambda: studio.play(3))
    assert frame.layers["gallery"].shape == (64, 8, 8, 1)


def test_no_field_of_the_settings_takes_drops_for_itself(studio):
    assert not [field for field in studio.window.settings.findChildren(QLineEdit) if field.acceptDrops()]
