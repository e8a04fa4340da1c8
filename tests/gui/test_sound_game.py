"""The games of sounds in the real window: pictures of sounds in gallery, sheet and preview, by pitch in columns."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.experiment import NotesSpec, SpectrumDiscriminatorSpec, SpectrumGeneratorSpec
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.library.runs_reader import picture_of
from ganstudio.modalities import Sound
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.messages import Save
from tests.data.sounds_on_disk import wav

HEIGHT, WIDTH = 80, 64


def small(name: str):
    return with_settings(
        load_preset(name),
        [
            ("dataset", NotesSpec(count=160, held_out=0)),
            ("generator", SpectrumGeneratorSpec(width=16, components=8)),
            ("discriminator", SpectrumDiscriminatorSpec(width=16, channels=4)),
            ("schedule.batch_size", 16),
            ("measures.samples_every", 3),
            ("device", {"kind": "cpu", "threads": 1}),
        ],
    )


def test_notes_are_trained_and_seen_in_columns_of_a_pitch(studio):
    studio.start(small("sound_notes"))
    opened, view = studio.game.single, studio.scene.samples
    assert isinstance(view, GalleryView)
    assert opened.modality == Sound()
    assert (opened.real.shape, opened.real.dtype) == ((40, 2, 128, 32), np.float16)
    frame = studio.frame_with("gallery", lambda: studio.play(6))
    made = frame.layers["gallery"]
    assert (made.shape, made.dtype) == ((40, 2, 128, 32), np.float16)
    studio.wait(lambda: view._generated.mosaic is not None)
    mosaic = view._generated.mosaic
    assert (mosaic.count, mosaic.height, mosaic.width) == (40, HEIGHT, WIDTH)
    assert view._generated.accessibleName() == "Generated sounds"
    studio.pause()
    # The same z sounds in every pitch of a row.
    latents = opened.latents
    assert (latents[:8, :16] == latents[0, :16]).all()
    assert latents[:8, 16:].argmax(1).tolist() == list(range(8))
    slider = studio.scene.latent.sliders[2]
    rendered = studio.rendered(lambda: slider.setValue(700))
    assert rendered.samples.shape[1:] == (2, 128, 32)
    assert studio.scene.latent.head.preview.image.size().toTuple() == (WIDTH, HEIGHT)
    assert studio.notice == ""
    checkpoint = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    kept = sorted((checkpoint.path.parent.parent / "samples").glob("*.npy"))[-1]
    assert np.load(kept).dtype == np.float16
    assert not picture_of(kept).isNull()


def test_the_sheet_of_codes_is_one_of_sounds(studio):
    studio.start(small("sound_codes"))
    view = studio.scene.samples
    studio.play(3)
    studio.pause()
    frame = studio.frame_with("sheet", lambda: view.set_mode("sheet"))
    assert frame.layers["sheet"].shape == (view.sheet.canvas.cells, 2, 128, 32)
    assert view.sheet.canvas.image is not None
    assert studio.notice == ""


@pytest.mark.parametrize("name", ["sound_notes", "sound_codes", "sound_raw", "sound_wavegan"])
def test_presets_of_sounds_have_a_picture_and_say_what_is_to_be_heard(name):
    from ganstudio.resources import resource

    assert resource("presets", "thumbnails", f"{name}.png").stat().st_size > 1000
    summary = load_preset(name).summary
    assert ("to be heard failing" in summary) == (name in ("sound_raw", "sound_wavegan"))


def test_a_sound_that_is_dropped_with_alt_is_looked_for(studio, tmp_path):
    studio.start(small("sound_notes"))
    turns = 2 * np.pi * np.arange(8_000) / 8_000
    (tmp_path / "tone.wav").write_bytes(wav(0.5 * np.sin(440 * turns), 8_000))
    with studio.qtbot.waitSignal(
        studio.game.found_latents, timeout=60_000, check_params_cb=lambda found: found.done > 0
    ) as blocker:
        studio.drop(tmp_path / "tone.wav", held=Qt.KeyboardModifier.AltModifier)
    assert 0 < blocker.args[0].distance <= blocker.args[0].of_random
    assert studio.notice.startswith("Looking for tone.wav in the latent space")
    studio.window.finding.cancel()
    (tmp_path / "text.wav").write_text("no sound")
    studio.drop(tmp_path / "text.wav", held=Qt.KeyboardModifier.AltModifier)
    studio.wait(lambda: studio.notice.startswith("text.wav can't be looked for: the run makes sounds"))
