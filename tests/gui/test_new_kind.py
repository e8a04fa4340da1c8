"""A kind of sample that the window has never heard of goes through all of it, entered by tables alone."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.experiment import Experiment, LineSpec
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.library.runs_reader import picture_of
from ganstudio.modalities import unpacked
from ganstudio.presets import with_settings
from ganstudio.training.messages import Save, SlowStep, Start
from tests.modalities import waves
from tests.modalities.waves import COUNT, HEIGHT, LENGTH, Waves


@pytest.fixture(autouse=True)
def entered(monkeypatch) -> None:
    waves.enter(monkeypatch)


@pytest.fixture
def tones(tiny) -> Experiment:
    return with_settings(
        tiny,
        [
            ("name", "tones"),
            ("dataset", LineSpec()),
            ("latent.dimensions", 6),
            ("generator.width", 64),
            ("discriminator.width", 64),
            ("measures.samples_every", 5),
        ],
    )


def test_it_is_trained_and_looked_at(studio, tones) -> None:
    studio.start(tones)
    opened, view = studio.game.single, studio.scene.samples
    assert isinstance(view, GalleryView)
    assert (opened.modality, opened.plane, opened.real.shape) == (Waves(), None, (12, LENGTH))
    assert "120 waves of 64 values at 8000 Hz" in studio.window.shell.transport._detail.toolTip()
    frame = studio.frame_with("gallery", lambda: studio.play(20))
    made = frame.layers["gallery"]
    assert made.shape == (12, LENGTH)
    assert -1 <= made.min() < 0 < made.max() <= 1
    studio.wait(lambda: view._generated.mosaic is not None)
    assert (view._generated.mosaic.count, view._generated.mosaic.height, view._generated.mosaic.width) == (
        12,
        HEIGHT,
        LENGTH,
    )
    assert view._generated.accessibleName() == "Generated waves"
    assert studio.scene.curves.isVisible()
    studio.pause()
    # The sliders' wave, large and in the strip, and a click that puts another on them.
    slider = studio.scene.latent.sliders[2]
    rendered = studio.rendered(lambda: slider.setValue(700))
    assert rendered.samples.shape == (10, LENGTH)
    assert studio.scene.latent._head.preview.image.size().toTuple() == (LENGTH, HEIGHT)
    assert studio.scene.latent._strip._packed.shape == (9, HEIGHT, LENGTH)
    view._generated.choose(3)
    np.testing.assert_array_equal(studio.scene.latent.latents, opened.latents[3])
    # The traversal sheet.
    frame = studio.frame_with("sheet", lambda: view.set_mode("sheet"))
    assert frame.layers["sheet"].shape == (view.sheet.canvas.cells, LENGTH)
    assert view.sheet.canvas.image is not None
    assert studio.notice == ""


def test_a_step_of_it_is_told_in_slow_motion(studio, tones) -> None:
    studio.start(tones)
    stages = studio.wait_for(studio.game.stages, lambda: studio.send(SlowStep()))
    wanted = next(stage for stage in stages.stages if stage.name == "generator_gradient").layers["wanted"]
    assert wanted.shape == (16, LENGTH)
    slow = studio.window._rooms.slow
    told = []
    for index in range(len(stages.stages)):
        slow.go(index)
        slow.grab()
        told.append(slow._sentence.text())
    assert any("real waves" in sentence for sentence in told)
    assert any("how to change" in sentence for sentence in told)


def test_its_run_says_what_it_is_and_goes_on(studio, tones, tmp_path, capsys) -> None:
    studio.start(tones)
    studio.play(15)
    studio.pause()
    checkpoint = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    run, step = checkpoint.path.parent.parent, checkpoint.step
    assert unpacked(json.loads((run / "samples" / "modality.json").read_text())) == Waves()
    assert json.loads((run / "data.json").read_text())["modality"] == {"kind": "waves", "rate": 8000}
    kept = sorted((run / "samples").glob("*.npy"))[-1]
    assert np.abs(np.load(kept)).max() <= 1
    assert not picture_of(kept).isNull()
    # Another game, and back to this one.
    studio.start(with_settings(tones, [("seed", 5)]))
    studio.wait_for(studio.game.opened, lambda: studio.send(Start(resume=run)))
    assert (studio.game.single.step, studio.game.single.modality) == (step, Waves())
    studio.play(5)
    studio.pause()
    assert studio.notice == "" or "kept" in studio.notice

    assert main(["sample", str(run), "--count", "7", "--out", str(tmp_path / "a.npy")]) == 0
    samples = np.load(tmp_path / "a.npy")
    assert samples.shape == (7, LENGTH)
    assert -1 <= samples.min() < -0.01
    assert 0.01 < samples.max() <= 1
    assert main(["sample", str(run), "--count", "7", "--out", str(tmp_path / "a.wav")]) == 0
    with wave.open(str(tmp_path / "a.wav")) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 7 * LENGTH)
    assert main(["sample", str(run), "--count", "4", "--out", str(tmp_path / "a.png")]) == 0
    assert (tmp_path / "a.png").stat().st_size > 200
    assert main(["sample", str(run), "--count", "4", "--out", str(tmp_path / "a.mid")]) != 0
    capsys.readouterr()
    assert main(["measure", str(run), "--estimator", "probe", "--json", "--quiet"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["loudness_floor"] == pytest.approx(0.5**0.5, abs=0.01)
    assert 0 < figures["loudness"] < 1
    assert figures["measures"]["loudness"]["title"] == "Loudness"
    assert 0 <= figures["jsd_low"] <= figures["jsd_high"] <= np.log(2) + 1e-6
    assert figures["estimate_samples"] == COUNT
