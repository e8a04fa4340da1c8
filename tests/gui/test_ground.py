"""The ground carries: a system that the program has never heard of is trained through the real window.

What it takes is in ``tests/ground.py`` and ``tests/modalities/waves.py``: rows in unions and tables. A chain of two
generators, a reader in a stage of its own, an informative code; and nothing of the window knows any of it.
"""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.experiment import (
    CategoricalCodeSpec,
    ChainSpec,
    Experiment,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ReaderStageSpec,
)
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.library.runs_reader import picture_of
from ganstudio.gui.seam import worker
from ganstudio.modalities import unpacked
from ganstudio.presets import with_settings
from ganstudio.training.messages import Adjust, Save, SlowStep, Start, Step
from tests import ground
from tests.ground import SHORT, QuickenSpec, SlowSpec, TonesSpec, registered
from tests.modalities.waves import COUNT, HEIGHT, LENGTH, Waves

ALONE, READING = 3, 4
SMALL = {"width": 16, "depth": 1}


@pytest.fixture(autouse=True)
def known():
    with registered():
        yield


@pytest.fixture
def system(tiny) -> Experiment:
    return with_settings(
        tiny,
        [
            ("name", "tones"),
            ("dataset", TonesSpec()),
            ("latent", LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=3),))),
            ("given", SlowSpec()),
            ("generator", QuickenSpec()),
            ("discriminator.width", 16),
            ("stages", [ReaderStageSpec(steps=READING, width=8).model_dump()]),
            (
                "arrangement",
                ChainSpec(
                    steps=ALONE,
                    dimensions=4,
                    generator=MLPGeneratorSpec(**SMALL),
                    discriminator=MLPDiscriminatorSpec(**SMALL),
                ),
            ),
            ("measures.samples_every", 5),
        ],
    )


def walls(view: GalleryView) -> dict[str, Wall]:
    return {wall.accessibleName(): wall for wall in view.findChildren(Wall) if wall.isVisible()}


def check_gallery(studio) -> None:
    view = studio.scene.samples
    assert isinstance(view, GalleryView)
    opened = studio.game.single
    assert (opened.modality, opened.plane, opened.real.shape) == (Waves(), None, (12, LENGTH))
    assert opened.way == (Waves(rate=2000, length=SHORT),)
    view.set_mode("way")
    frame = studio.frame_with("way_0", lambda: studio.play(1))
    studio.pause()
    assert frame.layers["way_0"].shape == (12, SHORT)
    made = frame.layers["gallery"]
    assert made.shape == (12, LENGTH)
    assert -1 <= made.min() < 0 < made.max() <= 1
    shown = {name: (wall.mosaic.count, wall.mosaic.height, wall.mosaic.width) for name, wall in walls(view).items()}
    assert shown == {"Step 1": (12, HEIGHT, SHORT), "Generated waves": (12, HEIGHT, LENGTH)}


def check_latents(studio) -> None:
    scene = studio.scene
    assert len(scene.latent.sliders) == 6  # those of both generators
    rendered = studio.rendered(lambda: scene.latent.sliders[1].setValue(700))
    assert rendered.samples.shape in ((10, LENGTH), (13, LENGTH))  # the latter where it has come to rest by then
    assert scene.latent.head.preview.image.size().toTuple() == (LENGTH, HEIGHT)
    assert scene.latent.strip._packed.shape == (9, HEIGHT, LENGTH)
    # Once the slider has come to rest, a picture of each value of the code.
    studio.wait(lambda: [image.width() for image in scene.latent.codes.buttons[0].images] == [LENGTH] * 3)
    scene.samples._generated.choose(3)
    np.testing.assert_array_equal(scene.latent.latents, studio.game.single.latents[3])
    frame = studio.frame_with("sheet", lambda: scene.samples.set_mode("sheet"))
    assert frame.layers["sheet"].shape == (scene.samples.sheet.canvas.cells, LENGTH)


def check_curves(studio) -> None:
    curves = studio.scene.curves
    curves.refresh()
    drawn = {name: [scalar.name for scalar in plot.scalars] for name, plot in curves.plots.items()}
    assert drawn["Losses of the first game"] == ["first.d_loss", "first.g_loss"]
    assert drawn["Reading"] == ["agreement", "reading"]
    assert drawn["Information"] == ["information_0"]
    assert curves.plots["Reading"].isVisible()
    assert list(curves.controls.games) == ["*", "", "first"]
    # A mark stands where a stage begins.
    assert curves.plots["Losses"]._timeline.marks == (
        (float(ALONE), f"Step {ALONE}: Reader begins"),
        (float(ALONE + READING), f"Step {ALONE + READING}: the game begins"),
    )
    history = studio.game.history
    known = {name: np.isfinite(history.raw(name)) for name in ("first.d_loss", "reading", "information_0")}
    steps = history.step
    assert np.array_equal(known["first.d_loss"], (steps <= ALONE) | (steps > ALONE + READING))
    assert np.array_equal(known["reading"], (steps > ALONE) & (steps <= ALONE + READING))
    assert np.array_equal(known["information_0"], steps > ALONE + READING)


def check_slow_motion(studio) -> None:
    slow = studio.window._rooms.slow
    stages = studio.wait_for(studio.game.stages, lambda: studio.send(SlowStep()))
    slow.show_stages(stages)
    told = {}
    for index in range(len(stages.stages)):
        slow.go(index)
        slow.grab()
        told[slow._title.text()] = slow._sentence.text(), slow._equation.text()
    assert "16 latent codes" in told["First game: Draw z"][0]
    assert told["Last game: Draw z"][0].endswith("and with each a wave y.")
    assert "real waves" in told["Last game: D judges both"][0]
    assert "how to change" in told["Last game: G's gradient"][0]
    assert told["Last game: G's loss"][1].endswith("+ 1 E (F(G(z, y)) − y)²")


def test_it_is_trained_looked_at_kept_and_gone_on_with(studio, system, tmp_path, capsys) -> None:
    studio.start(system)
    assert "120 waves of 64 values at 8000 Hz" in studio.window.shell.transport._detail.toolTip()
    for _ in range(ALONE + READING + 1):
        studio.send(Step())
    studio.wait(lambda: studio.game.step == ALONE + READING + 1)
    check_gallery(studio)
    check_latents(studio)
    check_curves(studio)
    check_slow_motion(studio)
    studio.wait_for(
        studio.game.adjusted, lambda: studio.send(Adjust("arrangement.optimisers.generator.learning_rate", 0.0005))
    )
    assert studio.notice == ""

    checkpoint = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    run, step = studio.run_folder(), checkpoint.step
    assert unpacked(json.loads((run / "samples" / "modality.json").read_text())) == Waves()
    kept = {"kind": "waves", "rate": 8000, "length": LENGTH}
    assert json.loads((run / "data.json").read_text())["modality"] == kept
    assert not picture_of(sorted((run / "samples").glob("*.npy"))[-1]).isNull()
    studio.start(with_settings(system, [("seed", 5)]))
    opened = studio.wait_for(studio.game.opened, lambda: studio.send(Start(resume=run)))
    assert (opened.step, opened.modality, opened.latent.dimensions) == (step, Waves(), 6)
    assert opened.experiment.arrangement.optimisers.generator.learning_rate == 0.0005
    studio.wait(lambda: studio.state == "paused" and len(studio.game.history) == step)
    studio.play(2)
    studio.pause()
    studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    check_command_line(run, tmp_path, capsys)


def check_command_line(run, folder, capsys) -> None:
    assert main(["sample", str(run), "--count", "7", "--out", str(folder / "a.npy")]) == 0
    samples = np.load(folder / "a.npy")
    assert samples.shape == (7, LENGTH)
    assert -1 <= samples.min() < -0.01
    assert 0.01 < samples.max() <= 1
    assert main(["sample", str(run), "--count", "7", "--out", str(folder / "a.wav")]) == 0
    with wave.open(str(folder / "a.wav")) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 7 * LENGTH)
    assert main(["sample", str(run), "--count", "4", "--out", str(folder / "a.png")]) == 0
    assert (folder / "a.png").stat().st_size > 200
    assert main(["sample", str(run), "--count", "4", "--out", str(folder / "a.mid")]) != 0
    capsys.readouterr()
    assert main(["measure", str(run), "--estimator", "probe", "--json", "--quiet"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["loudness_floor"] == pytest.approx(0.5**0.5, abs=0.01)
    assert 0 < figures["loudness"] < 1
    assert figures["measures"]["loudness"]["title"] == "Loudness"
    assert 0 <= figures["jsd_low"] <= figures["jsd_high"] <= np.log(2) + 1e-6
    assert figures["estimate_samples"] == COUNT


def test_its_training_can_have_a_process_of_its_own(open_studio, system, monkeypatch) -> None:
    monkeypatch.setattr(worker, "_serve", ground.serve)
    studio = open_studio(in_process=False)
    studio.start(system)
    studio.scene.samples.set_mode("way")
    frame = studio.frame_with("way_0", lambda: studio.play(ALONE + READING + 2))
    studio.pause()
    assert (frame.layers["way_0"].shape, frame.layers["gallery"].shape) == ((12, SHORT), (12, LENGTH))
    stages = studio.wait_for(studio.game.stages, lambda: studio.send(SlowStep()))
    assert stages.kinds == {"first": (Waves(2000, SHORT), None), "": (Waves(), Waves(2000, SHORT))}
    assert studio.notice == ""
