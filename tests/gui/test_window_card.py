"""The dataset card through the real window: it fills while data are read, shows choices, and is left or trained on."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import shutil
import struct
import threading
from functools import partial

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMessageBox

from ganstudio.data.known import known
from ganstudio.data.reading import reading
from ganstudio.experiment import GlyphsSpec, NotesSpec, StripedSpec
from ganstudio.experiment.data import made_here
from ganstudio.gui.card import desk as desks
from ganstudio.training.messages import Refused, Start
from tests.local_server import serving


def draw_images(folder, count, side=16, colour=False):
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(0)
    for number in range(count):
        shape = (side, side + 8, 3) if colour else (side, side)
        Image.fromarray(draw.integers(0, 256, shape, np.uint8)).save(folder / f"{number:03d}.png")
    return folder


@pytest.fixture
def faces(tmp_path):
    """Two classes of colour images that are not square, 24 x 16: 20 of one, 5 of the other."""
    draw_images(tmp_path / "faces" / "cats", 20, colour=True)
    draw_images(tmp_path / "faces" / "dogs", 5, colour=True)
    return tmp_path / "faces"


@pytest.fixture
def walk(tmp_path):
    path = tmp_path / "walk.csv"
    rows = np.random.default_rng(0).normal(size=(50, 3))
    path.write_text("".join(f"{a},{b},{c}\n" for a, b, c in rows), encoding="utf-8")
    return path


@pytest.fixture
def at_once(monkeypatch):
    """Choices are read again with no wait for further ones."""
    monkeypatch.setattr(desks, "REREAD_MS", 0)


def test_the_card_says_what_was_dropped(studio, faces):
    (faces / "notes.txt").write_text("hello", encoding="utf-8")
    card = studio.look(faces)
    assert studio.window.shell.middle() is card
    assert card.title.toolTip() == "faces"
    assert card.verdict.text() == "A folder of images: its files begin as PNG does"
    classes = card.facts.classes
    assert [classes.list.item(row).text() for row in range(2)] == ["cats", "dogs"]
    assert classes.list.item(1).toolTip() == "dogs: 5"
    assert card.facts.skipped.toPlainText().startswith("notes.txt is not an image")
    assert card.facts.stats.isVisible()
    assert card.sheet.count == 25
    studio.wait(lambda: card.sheet.shown == 25)
    studio.wait(lambda: card.choices.strip.images.shape == (12, 16, 16, 3))
    assert not studio.window.actions_by_id["toggle_settings"].isChecked()


def test_sentences_are_read_on_the_card_and_not_looked_at(studio, tmp_path, at_once, monkeypatch):
    previews = []
    monkeypatch.setattr(studio.window._rooms.data.reader, "preview", lambda *asked: previews.append(asked))
    path = tmp_path / "own.txt"
    written = [
        f"The {one} of {other} birds sees a robot" for one in "abcdefghijklmnopqrstuvwxyz" for other in range(24)
    ]
    path.write_text("\n".join(written), encoding="utf-8")
    card = studio.look(path)
    assert card.sheet.isHidden()
    studio.wait(lambda: card.lines.count() == 500)
    assert not card.lines.isHidden()
    assert set(card.lines.lines()) < set(written)
    assert len(set(card.lines.lines())) == 500
    assert card.lines.toolTip() == "The first 500 of 624"
    assert card.choices.strip.isHidden()  # its pictures of words say nothing
    studio.wait(lambda: studio.desk.ready)
    card.choices.form.row_at("lower_case").editor.changed.emit(True)
    studio.wait(lambda: card.lines.count() == 500 and card.lines.lines()[0].startswith("the "))
    assert set(card.lines.lines()) < {line.lower() for line in written}
    assert previews == []  # which would have read all of it a second time


def test_pictures_come_before_the_end(studio, faces, monkeypatch):
    """The reader is held up after its first pictures, and they are on the card by then."""
    gate = threading.Event()
    whole = reading.read

    def slowly(path, spec=None, *, watch):
        class Held(reading.Watch):
            def thumbnails(self, first, images, names):
                watch.thumbnails(first, images[:8], names[:8])
                watch.progress(8, 25)
                assert gate.wait(20)
                watch.thumbnails(first + 8, images[8:], names[8:])

        return whole(path, spec, watch=Held())

    monkeypatch.setattr(reading, "read", slowly)
    studio.drop(faces)
    studio.wait(lambda: studio.desk.visible and studio.card.sheet.shown == 8)
    assert not studio.desk.ready
    studio.wait(lambda: studio.card.progress.words.text().startswith("8 of 25 files"))
    gate.set()
    studio.wait(lambda: studio.card.sheet.shown == 25)
    studio.wait(lambda: studio.desk.ready)


def test_escape_leaves_the_game_as_it_was(studio, faces, qtbot):
    studio.play(5)
    run, step = studio.run_folder(), studio.game.step
    card = studio.look(faces)
    studio.wait(lambda: studio.game.step > step + 5)  # training goes on meanwhile
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert studio.window.shell.middle() is studio.scene
    assert studio.window.actions_by_id["toggle_settings"].isChecked()
    assert studio.state == "playing"
    assert studio.run_folder() == run
    assert studio.desk.source is None
    assert not studio.desk._reader._reading


def test_leaving_ends_the_reading(studio, faces, monkeypatch):
    ended = threading.Event()

    def forever(path, spec=None, *, watch):
        try:
            while True:
                watch.progress(1, 1_000_000)
        finally:
            ended.set()

    monkeypatch.setattr(reading, "read", forever)
    studio.drop(faces)
    studio.wait(lambda: studio.desk.visible)
    studio.card.cancel_button.click()
    assert ended.wait(10)
    assert studio.window.shell.middle() is studio.scene


def test_a_choice_is_previewed_and_trained_on(studio, faces, at_once, qtbot):
    card = studio.look(faces)
    assert "Proposed: 16" in card.choices.form.row_at("size")._help.text()
    card.choices.form.row_at("size").editor.setValue(8)
    studio.wait(lambda: card.choices.strip.images.shape == (12, 8, 8, 3))
    fit = card.choices.form.row_at("fit").editor
    before = card.choices.strip.images
    fit.setCurrentIndex(fit.findData("pad"))
    studio.wait(lambda: card.choices.strip.images is not before)
    assert (card.choices.strip.images[0, 0] == 0).all()  # a black margin above
    studio.wait(lambda: studio.desk.ready)
    opened = studio.wait_for(studio.game.opened, lambda: qtbot.keyClick(card, Qt.Key.Key_Return))
    assert (opened.experiment.dataset.size, opened.experiment.dataset.fit) == (8, "pad")
    assert opened.modality.shape == (3, 8, 8)


def test_what_was_asked_for_before_and_can_t_be_opened_does_not_keep_the_card(studio, faces, tmp_path):
    card = studio.look(faces)
    refused = Refused("The run is not there.", expected=True, command=Start(resume=tmp_path / "none"))

    def train() -> None:
        card.train_button.click()
        studio.game.take(refused)

    studio.wait_for(studio.game.opened, train)
    assert not studio.desk.visible
    studio.wait(lambda: studio.game.step > 0)


def test_enter_before_the_end_trains_as_soon_as_it_is_read(studio, faces, monkeypatch, qtbot):
    gate = threading.Event()
    whole = reading.read

    def held(path, spec=None, *, watch):
        watch.progress(0, 25)
        assert gate.wait(20)
        return whole(path, spec, watch=watch)

    monkeypatch.setattr(reading, "read", held)
    studio.drop(faces)
    studio.wait(lambda: studio.desk.visible)
    qtbot.keyClick(studio.card, Qt.Key.Key_Enter)
    assert not studio.card.train_button.isEnabled()
    assert "once it is read" in studio.card.train_button.text()
    opened = studio.wait_for(studio.game.opened, gate.set)
    assert opened.experiment.name == "faces"


def test_classes_are_ticked(studio, faces, at_once):
    card = studio.look(faces)
    bars = card.facts.classes
    bars.list.setCurrentRow(0)
    studio.qtbot.keyClick(bars.list, Qt.Key.Key_Space)
    assert studio.state == "paused"  # Space was the list's
    assert card.choices.spec.classes == ("dogs",)
    bars._toggle(bars.list.item(1))
    assert not card.train_button.isEnabled()
    assert "class" in card.train_button.toolTip()
    bars._all.click()
    assert card.choices.spec.classes == ()
    assert card.train_button.isEnabled()


def choose(box, value):
    box.setCurrentIndex(box.findData(value))


def test_points_are_scattered_and_their_columns_chosen(studio, walk):
    walk.write_text("time,x,y\n" + walk.read_text(encoding="utf-8"), encoding="utf-8")
    card = studio.look(walk)
    assert card._middle.currentWidget() is card.scatter
    assert not card.choices.strip.isVisible()
    columns = card.choices.columns
    assert [columns.up.itemText(index) for index in range(4)] == ["Automatic", "time", "x", "y"]
    # They stand in line with the other choices.
    across, header = columns.across, card.choices.form.rows["header"].editor
    studio.wait(lambda: header.isVisible() and header.width() > 0)
    assert across.mapTo(card, across.rect().topLeft()).x() == header.mapTo(card, header.rect().topLeft()).x()
    assert across.width() == header.width()
    before = card.scatter.points
    assert any('across is column 1 "x", up is column 2 "y"' in note for note in studio.desk._card.notes)
    choose(columns.across, 0)
    studio.wait(lambda: studio.desk.ready and studio.desk._card.spec.columns == (0, 1))
    assert columns.up.current() == 1
    assert card.scatter.points.shape == before.shape
    assert (card.scatter.points != before).any()
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert opened.experiment.dataset.columns == (0, 1)


def test_an_array_of_two_readings_is_trained_on_once_one_is_chosen(studio, tmp_path, at_once):
    noise = np.random.default_rng(0).integers(0, 256, (64, 100), np.uint8)
    np.save(tmp_path / "pixels.npy", noise)
    studio.drop(tmp_path / "pixels.npy")
    card = studio.card
    studio.wait(lambda: "can be read as" in card.verdict.text())
    assert "64 images of 10 × 10" in card.verdict.text()
    assert "100 images of 8 × 8" in card.verdict.text()
    assert not card.train_button.isEnabled()
    box = card.choices.reading.box
    assert box.current() is None
    choose(box, "hw,n")
    studio.wait(lambda: studio.desk.ready and card.train_button.isEnabled())
    assert "100 images" in card.verdict.text()
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert (opened.experiment.dataset.layout, opened.experiment.dataset.size) == ("hw,n", None)
    assert opened.modality.shape == (1, 8, 8)


def test_images_are_sorted_otherwise_once_somebody_says_so(studio, tmp_path, at_once):
    for index, name in enumerate(("train/cat", "train/dog", "test/cat", "test/dog")):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(3):
            pixels = np.random.default_rng(10 * index + number).integers(0, 256, (8, 8), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number}.png")
    card = studio.look(tmp_path / "pets")
    box = card.choices.reading.box
    assert box.isVisible()
    assert (card.choices.reading.heading.text(), box.current()) == ("How it is sorted", "folders")
    assert "2 classes by folder: cat (6) and dog (6); 6 in test are for tests" in box.currentText()
    assert "Taken for a test split: test; its 6 images are kept aside for measures." in card.facts.notes.text()
    choose(box, "all_folders")
    studio.wait(lambda: studio.desk.ready and studio.desk._card.held_out == 0)
    assert [one.name for one in studio.desk._card.classes] == ["test", "train"]
    choose(box, "folders")
    studio.wait(lambda: studio.desk.ready and studio.desk._card.held_out == 6)
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert (opened.experiment.dataset.labels, opened.experiment.dataset.test_split) == ("folders", "keep_aside")


def test_choices_that_leave_nothing_are_said_and_taken_back(studio, walk):
    rows = [line + ",word" for line in walk.read_text(encoding="utf-8").splitlines()]
    walk.write_text("\n".join(rows), encoding="utf-8")
    card = studio.look(walk)
    choose(card.choices.columns.up, 3)
    studio.wait(lambda: card._middle.currentWidget() is card.message)
    assert "column 3" in card.message.text()
    assert not card.train_button.isEnabled()
    choose(card.choices.columns.up, None)
    studio.wait(lambda: studio.desk.ready and card.train_button.isEnabled())
    assert card._middle.currentWidget() is card.scatter


def test_several_files_are_one_dataset(studio, faces):
    files = sorted((faces / "cats").iterdir())[:3]
    card = studio.look(*files)
    assert card.title.toolTip() == "000.png and 2 more"
    assert card.sheet.count == 3
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert opened.data_count == 3
    studio.wait(lambda: studio.window.shell.datasets.rows()[1][0] == "000.png and 2 more")


def test_data_at_the_start_have_a_game_behind_them(open_studio, faces):
    studio = open_studio(faces)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    assert studio.game.single.experiment.name == "ring"
    assert studio.window.shell.middle() is studio.card
    studio.wait_for(studio.game.opened, lambda: studio.window.shell.presets.chosen.emit("ring"))
    assert studio.window.shell.middle() is studio.scene  # whoever chooses a preset wants to see it


def test_processes_of_their_own_read_and_train(open_studio, faces, tmp_path):
    """The one that reads may die; both may have helpers, which read foreign files for them."""
    io = pytest.importorskip("scipy.io")
    io.savemat(tmp_path / "cells.mat", {"X": np.random.default_rng(0).integers(0, 256, (20, 8, 8)).astype(np.uint8)})
    studio = open_studio(in_process=False)
    card = studio.look(faces)
    studio.wait(lambda: card.sheet.shown == 25)
    process = studio.desk._reader._desk._process
    process.kill()
    studio.wait(lambda: "ended unexpectedly" in card.message.text())
    studio.desk.leave()
    opened = studio.take(tmp_path / "cells.mat")
    assert opened.modality.shape == (1, 8, 8)
    assert studio.desk._reader._desk._process.pid != process.pid


# --- the ways that lead there -----------------------------------------------------------------------------------------


def test_pictures_files_and_tables_are_pasted(studio, faces):
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    studio.trigger("paste")
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    assert studio.card.title.toolTip().startswith("picture_")
    assert studio.card.sheet.count == 1
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(faces))])
    QGuiApplication.clipboard().setMimeData(mime)
    studio.trigger("paste")
    studio.wait(lambda: studio.desk.ready and studio.card.sheet.count == 25)
    QGuiApplication.clipboard().setText("x\ty\n0,5\t1\n2\t3\n4\t1,5\n")
    studio.trigger("paste")
    studio.wait(lambda: studio.desk.ready and studio.card.title.toolTip().startswith("points_"))
    points = np.unique(studio.card.scatter.points, axis=0)
    np.testing.assert_allclose(points, [(0.5, 1), (2, 3), (4, 1.5)], atol=1e-5)


def test_what_can_not_be_opened_is_said(studio, tmp_path):
    studio.drop(tmp_path / "a.toml", tmp_path / "b.toml")
    assert "at a time" in studio.notice
    QGuiApplication.clipboard().setText("hello")
    studio.trigger("paste")
    assert "clipboard" in studio.notice
    assert studio.window.shell.middle() is studio.scene


def test_what_was_used_is_listed_and_opened_again_with_its_choices(studio, faces, at_once):
    assert [row.kind for *_, row in studio.window.shell.datasets.rows()][:2] == ["heading", "words"]
    card = studio.look(faces)
    card.choices.form.row_at("size").editor.setValue(8)
    studio.wait(lambda: studio.desk.ready)
    studio.wait_for(studio.game.opened, card.train_button.click)
    studio.wait(lambda: studio.state == "playing")
    studio.pause()  # a training in this process takes its turns from what reads
    datasets = studio.window.shell.datasets
    studio.wait(lambda: datasets.rows()[1][2].kind == "used")
    name, detail, row = datasets.rows()[1]
    assert name == "faces"
    assert detail == "25 · just now"
    assert "25 images of 8 × 8" in datasets.list.item(1).toolTip()
    assert not datasets.list.item(1).data(Qt.ItemDataRole.DecorationRole).isNull()
    datasets.chosen.emit(row)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    assert card.choices.spec.size == 8


def test_the_list_of_data_says_what_they_may_take(studio, monkeypatch):
    datasets = studio.window.shell.datasets
    datasets.seen.emit()
    studio.wait(lambda: "4 GB of memory" in datasets.limits.text())
    assert "0.0 of 20 GB of the disk" in datasets.limits.text()
    assert "GANSTUDIO_MEMORY_GB" in datasets.limits.toolTip()
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "plenty")
    datasets.seen.emit()
    studio.wait(lambda: "plenty" in datasets.limits.text())


def test_a_source_that_is_gone_is_said(studio, faces, walk):
    datasets = studio.window.shell.datasets
    studio.take(walk)
    studio.take(faces)
    studio.wait(lambda: studio.state == "playing")
    studio.pause()  # a training in this process takes its turns from what reads
    studio.wait(lambda: [row.kind for *_, row in datasets.rows()][1:3] == ["used", "used"])
    images, points = (row for *_, row in datasets.rows()[1:3])
    shutil.rmtree(faces)
    walk.unlink()
    studio.window.shell.library.setCurrentWidget(datasets)
    studio.wait(lambda: [detail for _, detail, _ in datasets.rows()[1:3]] == ["not where it was"] * 2)
    datasets.chosen.emit(images)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    assert studio.card.sheet.count == 25  # as it was prepared
    assert "can't be read any more" in studio.card.facts.notes.text()
    datasets.chosen.emit(points)
    studio.wait(lambda: "walk.csv" in studio.notice)
    assert studio.window.shell.middle() is studio.scene
    for left in (["used", "heading"], ["words", "heading"]):
        datasets.list.setCurrentRow(1)
        studio.qtbot.keyClick(datasets.list, Qt.Key.Key_Delete)
        studio.wait(lambda left=left: [row.kind for *_, row in datasets.rows()[1:3]] == left)


def test_glyphs_are_drawn_from_chosen_factors(studio, at_once):
    glyphs = next(row for *_, row in studio.window.shell.datasets.rows() if row.key is GlyphsSpec)
    studio.window.shell.datasets.chosen.emit(glyphs)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    card = studio.card
    studio.wait(lambda: card.choices.strip.images.shape == (12, 16, 16, 1))
    studio.wait(lambda: card.sheet.shown > 0)
    before = card.choices.strip.images
    card.choices.form.row_at("rotation").editor.setValue(0)
    studio.wait(lambda: card.choices.strip.images is not before)
    assert (card.choices.strip.images != before).any()
    card.choices.form.row_at("count").editor.setValue(100)
    studio.wait(lambda: studio.desk.ready and studio.desk._card.count == 1_100)
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert opened.experiment.dataset == GlyphsSpec(rotation=0, count=100)


def test_notes_are_made_with_chosen_options_and_heard(studio, at_once):
    rows = [(name, row) for name, _, row in studio.window.shell.datasets.rows() if row.kind == "drawn"]
    assert [row.key for _, row in rows] == [*made_here(), None]
    (notes,) = [row for _, row in rows if row.key is NotesSpec]
    studio.window.shell.datasets.chosen.emit(notes)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    card = studio.card
    card.choices.form.row_at("family").editor.setChecked(True)
    card.choices.form.row_at("count").editor.setValue(100)
    studio.wait(lambda: studio.desk.ready and studio.desk._card.count == 612)
    heard = []
    studio.window.sounds.moved.connect(heard.append)
    card.sheet.struck.emit(3)
    studio.wait(lambda: any(("card", 3) in [tag for tag, _ in playing] for playing in heard))
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert opened.experiment.dataset == NotesSpec(family=True, count=100)
    assert opened.experiment.generator.kind == "spectrum"


def test_striped_digits_are_drawn_from_a_chosen_contrast(studio, at_once):
    striped = next(row for *_, row in studio.window.shell.datasets.rows() if row.key is StripedSpec)
    studio.window.shell.datasets.chosen.emit(striped)
    studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    card = studio.card
    studio.wait(lambda: card.choices.strip.images.shape == (12, 32, 32, 3))
    card.choices.form.row_at("contrast").editor.setValue(0.2)
    card.choices.form.row_at("count").editor.setValue(100)
    studio.wait(lambda: studio.desk.ready and studio.desk._card.count == 2_100)
    opened = studio.wait_for(studio.game.opened, card.train_button.click)
    assert opened.experiment.dataset == StripedSpec(contrast=0.2, count=100)


def test_a_known_dataset_is_fetched_and_looked_at(studio, monkeypatch):
    images = partial(np.random.default_rng(0).integers, 0, 256)
    files = {
        file.name: gzip.compress(idx_bytes(images(shape) if len(shape) == 3 else np.arange(*shape) % 10))
        for file, shape in zip(known.MNIST.files, [(30, 28, 28), (30,), (10, 28, 28), (10,)], strict=True)
    }
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    fetch = (
        "clickedButton",
        lambda box: next(button for button in box.buttons() if button.text().replace("&", "").startswith("Fetch")),
    )
    monkeypatch.setattr(QMessageBox, *fetch)
    datasets = studio.window.shell.datasets
    with serving(files) as server:
        published = tuple(
            known.KnownFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in files.items()
        )
        small = dataclasses.replace(known.MNIST, files=published, mirrors=(server.address + "/",))
        monkeypatch.setitem(known.KNOWN, "mnist", small)
        part = known.folder_of(small) / (published[0].name + ".part")
        part.parent.mkdir(parents=True)
        part.write_bytes(files[published[0].name][:20_000])
        studio.window._rooms.data.shelf.refresh()
        name, detail, row = next(one for one in datasets.rows() if one[2].kind == "known")
        assert (name, detail) == ("MNIST", "0.0 of 0.0 MB are here")
        datasets.chosen.emit(row)
        studio.wait(lambda: studio.desk.visible and studio.desk.ready)
    assert server.asked[0][1] == "bytes=20000-"  # it went on where it had been broken off
    assert studio.card.sheet.count == 40
    assert next(detail for _, detail, row in datasets.rows() if row.kind == "known") == "on this computer"


def idx_bytes(values):
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.astype(np.uint8).tobytes()


@pytest.mark.parametrize(("game", "arrangement", "given"), [("lapgan", "pyramid", "level"), ("srgan", "single", "low")])
def test_the_game_for_dropped_images_is_chosen_on_the_card(studio, faces, qtbot, game, arrangement, given):
    card = studio.look(faces)
    choice = card.choices.game
    assert choice.isVisible()
    assert [choice.box.itemText(place) for place in range(3)] == ["The open game's, if it fits", "DCGAN", "LAPGAN"]
    choice.box.setCurrentIndex(choice.box.findData(game))
    opened = studio.wait_for(studio.game.opened, lambda: qtbot.keyClick(card, Qt.Key.Key_Return))
    experiment = opened.experiment
    assert experiment.arrangement.kind == arrangement
    assert experiment.given.kind.startswith(given)
    assert (experiment.dataset.kind, experiment.dataset.path) == ("images", str(faces))
    assert experiment.device.threads == 1  # as in the game that was open
    studio.wait(lambda: studio.state == "playing")
    studio.pause()


def test_points_have_no_choice_of_games_and_other_data_begin_without_one(studio, faces, walk):
    card = studio.look(faces)
    card.choices.game.box.setCurrentIndex(2)
    card = studio.look(walk)
    assert card.choices.game.isHidden()
    assert card.choices.game.preset == ""
    assert studio.look(faces).choices.game.preset == ""


@pytest.mark.parametrize("values", ["bytes", "floats"])
def test_points_are_taken_as_images_once_somebody_says_so(studio, tmp_path, at_once, values):
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 256, (2, 500), np.uint8) if values == "bytes" else draw.normal(size=(2, 500))
    np.save(tmp_path / "rows.npy", rows)
    card = studio.look(tmp_path / "rows.npy")
    assert "500 points" in card.verdict.text()
    choose(card.choices.reading.box, "n,h20w25")
    if values == "floats":  # they are no images, and the card says so
        studio.wait(lambda: "bring them to 0 to 1" in card.message.text())
        return
    studio.wait(lambda: studio.desk.ready and "2 images" in card.verdict.text())
    assert card.train_button.isEnabled()
    studio.wait(lambda: card.choices.strip.images.shape == (2, 16, 16, 1))
