"""The window in its rooms on screens of every size: no control overlaps another or is cut, and all words are whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget

from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    DigitsSpec,
    EnergySpec,
    GridSpec,
    LatentSpec,
    NotesSpec,
)
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.plots import paint
from ganstudio.gui.plots.estimates import COLOURS
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.group.setup import DuelSetup
from ganstudio.gui.rooms.measures.words import KINDS
from ganstudio.gui.window.shell import FRAME, LEAST_SIZE, SIZE, fitting
from ganstudio.measurements.record import Record
from ganstudio.playing.devices import no_library
from ganstudio.presets import with_setting
from ganstudio.training.messages import StartGroup
from tests.gui.fitting import OVER, SCREENS, faults
from tests.gui.test_measures import POINTS, record

# --- what tells ---


@pytest.fixture
def page(qtbot):
    kept: list[QWidget] = []  # qtbot holds them weakly

    def show(*parts: tuple[QWidget, QRect], size: tuple[int, int] = (200, 100)) -> QWidget:
        page = QWidget()
        kept.append(page)
        for part, place in parts:
            part.setParent(page)
            part.setGeometry(place)
        page.resize(*size)
        qtbot.addWidget(page)
        with qtbot.waitExposed(page):
            page.show()
        return page

    return show


def test_what_overlaps_is_found_unless_it_lies_over_by_design(page):
    over = QWidget()
    assert faults(page((QWidget(), QRect(0, 0, 50, 20)), (QWidget(), QRect(50, 0, 50, 20)))) == []
    (told,) = faults(page((QWidget(), QRect(0, 0, 50, 20)), (over, QRect(49, 19, 50, 20))))
    assert "overlaps" in told
    over.setProperty(OVER, True)
    assert faults(over.parentWidget()) == []


def test_what_reaches_beyond_its_place_is_found_unless_it_can_be_scrolled_to(page):
    (told,) = faults(page((QWidget(), QRect(180, 0, 50, 20))))
    assert "reaches beyond" in told
    area, inside = QScrollArea(), QWidget()
    inside.resize(100, 500)
    area.setWidget(inside)
    assert faults(page((area, QRect(0, 0, 150, 100)))) == []
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inside.resize(190, 500)
    (told,) = faults(area.window())
    assert "190 wide" in told


@pytest.mark.parametrize("kind", [QLabel, QPushButton, lambda words: Chip(words, "")])
def test_words_without_room_are_found(page, kind):
    part = kind("Some words")
    assert faults(page((part, QRect(QPoint(), part.sizeHint())))) == []
    part.setFixedWidth(part.sizeHint().width() - 12)
    assert any("Some words" in told for told in faults(part.window()))
    wrapped = QLabel("Many words that take several lines", wordWrap=True)
    assert len(faults(page((wrapped, QRect(0, 0, 60, 20))))) == 1


# --- the window ---


def fit(studio, where: QWidget | None = None) -> None:
    """Hold the window, or a dialog, against all the screens."""
    window = studio.window
    for screen in SCREENS:
        wanted = (screen - FRAME).expandedTo(LEAST_SIZE)
        assert wanted == screen - FRAME
        window.resize(wanted)
        if where is not None:
            least = where.minimumSizeHint().expandedTo(where.minimumSize())
            assert least.boundedTo(wanted) == least
            where.resize(where.sizeHint().boundedTo(wanted))
        studio.qtbot.wait(20)  # until the layouts have come to it
        found: list[str] = []

        def all_fits(found=found, wanted=wanted) -> bool:
            least = window.centralWidget().minimumSizeHint() + QSize(0, window.menuBar().height())
            small = least.boundedTo(wanted) == least
            found[:] = faults(where or window) + ([] if small else [f"it needs {least.toTuple()}"])
            return not found

        try:
            studio.wait(all_fits)
        finally:
            assert found == [], f"on a screen of {screen.width()}x{screen.height()}:\n" + "\n".join(found)
        assert window.size() == wanted


@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def test_the_window_opens_no_larger_than_the_screen(screen):
    size = fitting(screen)
    assert size + FRAME == QSize(min(screen.width(), SIZE.width() + 8), min(screen.height(), SIZE.height() + 40))


@pytest.fixture
def mixture(tiny):
    """Points in modes that are known, so that the readout of coverage stands beside the alerts."""
    return with_setting(with_setting(tiny, "dataset", GridSpec()), "measures", {"samples": 500, "probe": False})


def test_points_on_the_plane(studio, mixture):
    studio.start(mixture)
    for name in ("saturating", "non_saturating", "combined"):
        studio.scene.samples.set_layer(name, True)
    studio.trigger("step_both")
    studio.wait(lambda: studio.scene.coverage.isVisible())
    fit(studio)


def test_in_the_window_as_it_opens_the_curves_controls_stand_in_two_rows_and_values_in_the_legends(studio):
    controls, drawn = studio.scene.curves.controls, []
    studio.window.resize(SIZE - FRAME)
    studio.wait(lambda: controls.bits.y() == controls.time.y())
    assert abs(controls.fit.y() - controls.shown["Value"].y()) <= 4
    panel = studio.scene.curves.plots["Value"]
    entries = [(theme.DISCRIMINATOR, "V", "-1.444", ""), (COLOURS["histogram"], "C(G) at 1,250", "-1.386", "")]
    entries.append((theme.MUTED, "slack of D there", "0.058", ""))
    image = QImage(panel.width(), paint.TOP, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(paint.small(panel.font()))
    painter.drawText = lambda *how: drawn.append(how[-1])
    paint.legend(painter, panel.width(), panel.title, panel.units(), entries, ("", False))
    painter.end()
    assert {"-1.444", "-1.386", "0.058"} <= set(drawn)


def test_with_settings_or_library_asked_for_in_a_small_window(studio):
    studio.window.resize(SCREENS[0] - FRAME)
    for name in ("saturating", "non_saturating", "combined"):
        studio.scene.samples.set_layer(name, True)  # with a gauge below the plane
    for name, other in (("toggle_settings", "toggle_library"), ("toggle_library", "toggle_settings")):
        assert not studio.window.actions_by_id[name].isChecked()
        studio.trigger(name)
        assert not studio.window.actions_by_id[other].isChecked()
        studio.wait(lambda: not faults(studio.window))


def test_images_in_a_gallery_and_on_a_sheet(studio, tiny):
    codes = (CategoricalCodeSpec(size=10, name="digit"), ContinuousCodeSpec(name="slant"), ContinuousCodeSpec())
    images = with_setting(with_setting(tiny, "dataset", DigitsSpec()), "latent", LatentSpec(dimensions=16, codes=codes))
    studio.start(images)
    fit(studio)
    for mode in ("both", "given"):
        studio.scene.samples._modes.chips[mode].click()
        fit(studio)


def test_sounds_that_can_not_be_played_here(studio, tiny):
    notes = with_setting(with_setting(tiny, "dataset", NotesSpec()), "latent.dimensions", 16)
    studio.start(with_setting(notes, "conditioning.labels", "projection"))
    studio.scene.latent.head.show_trouble(no_library())
    studio.wait(lambda: studio.scene.latent.codes.piano.images)
    fit(studio)
    wall = studio.scene.samples._real
    studio.scene.samples.set_mode("real")
    wall.choose(0)
    wall.enlarge(True)
    fit(studio)
    studio.frame_with("sheet", lambda: studio.scene.samples.set_mode("sheet"))
    fit(studio)


@pytest.mark.parametrize("kind", ["points", "images"])
def test_energies_with_a_sample_inspected(studio, tiny, kind):
    experiment = tiny.model_copy(
        update={
            "discriminator": AutoencoderDiscriminatorSpec(width=8, depth=1, code_size=4),
            "objective": EnergySpec(margin=0.1, pulling_away=0.1),
        }
        | ({} if kind == "points" else {"dataset": DigitsSpec()})
    )
    studio.start(experiment)
    view = studio.scene.samples
    sample = studio.game.single.real[0]
    studio.wait_for(studio.game.inspected, lambda: view.examined.emit(sample, "real"))
    fit(studio)


@pytest.mark.parametrize("band", [False, True], ids=["duel", "band"])
def test_games_side_by_side(studio, band):
    dialog = DuelSetup(studio.game.experiment, studio.window.shell)
    dialog.show()
    fit(studio, dialog)
    if band:
        dialog.tabs.setCurrentIndex(1)
        dialog.seed_box.setValue(9)
        fit(studio, dialog)
    start = StartGroup(experiments=dialog.experiments(), seeds=dialog.seeds(), runs=studio.runs)
    dialog.close()
    studio.wait_for(studio.game.group_opened, lambda: studio.game.start(start))
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    fit(studio)


@pytest.mark.parametrize("kind", ["table", "images"])
def test_the_dataset_card(studio, tmp_path, kind):
    random = np.random.default_rng(0)
    path = tmp_path / "data.npy"
    if kind == "table":
        path = tmp_path / "heights.csv"
        np.savetxt(path, random.normal(size=(300, 4)), delimiter=",", header="height,width,depth,weight", comments="")
    else:
        np.save(path, random.integers(0, 255, (60, 16, 16, 3), dtype=np.uint8))
    studio.look(path)
    fit(studio)


def test_measures(studio):
    studio.trigger("measures")
    fit(studio)


def test_slow_motion(studio):
    studio.trigger("slow_motion")
    slow = studio.window._rooms.slow
    studio.wait_for(studio.game.stages, slow.next)
    for _ in range(3):
        fit(studio)
        slow.next()
    studio.window.resize(SCREENS[0] - FRAME)
    studio.wait(lambda: slow._next.visibleRegion().boundingRect() == slow._next.rect())


def test_drawing(studio):
    dialog = DrawDialog(None, studio.window.shell)
    dialog.show()
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        fit(studio, dialog)
    dialog.close()


def test_a_notice_with_much_to_say(studio):
    studio.window.teller.tell(
        "There is much to say. " * 12, "file\n" * 20, wrong=True, offers={"Go Back": print, "Go On": print}
    )
    studio.window.shell.notices._more.click()
    fit(studio)
    notice = studio.window.shell.notices
    assert notice.parentWidget().rect().contains(notice.geometry())


def test_measures_that_are_filled(studio):
    view = studio.window._rooms.measures.view
    studio.trigger("measures")
    for kind, figures in (("images", record()), ("points", Record(POINTS))):
        view.open(KINDS[kind], started=True)
        view.show_record(figures)
        fit(studio)


def walk(folder, scale, *rooms):
    """What does not fit in rooms, or in all, at a scale, which Qt takes when it starts: in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.gui.fitting", str(folder), *rooms],
        env=os.environ | {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen", "GANSTUDIO_HOME": str(folder)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    for number, line in enumerate(lines):
        screen = SCREENS[number % len(SCREENS)]
        assert line.endswith(f", {screen.width()}x{screen.height()} at {float(scale)}: fits")
    return len(lines) // len(SCREENS)


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_the_plane_on_a_scaled_screen(scale, tmp_path):
    assert walk(tmp_path, scale, "plane") == 2  # with a notice over it too


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_every_room_on_a_scaled_screen(scale, tmp_path):
    assert walk(tmp_path, scale) >= 20
