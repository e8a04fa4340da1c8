"""Words on the pictures of samples: the pitch that is heard in them, or the class that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from ganstudio.gui.gallery.marks import paint_mark
from ganstudio.modalities import Mark
from ganstudio.presets import load_preset, with_settings

SMALL = [("dataset.count", 200), ("dataset.held_out", 0), ("generator.width", 16), ("discriminator.width", 16)]
NOTES = ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5")


@pytest.fixture
def notes():
    return with_settings(load_preset("sound_notes"), [*SMALL, ("schedule.batch_size", 16)])


def test_tiles_of_notes_bear_the_pitch_that_is_found(studio, notes):
    studio.start(notes)
    studio.frame_with("gallery", lambda: studio.play(2))
    studio.pause()
    view = studio.scene.samples
    real = [mark.word for mark in view._real.marks if mark is not None]
    assert set(real) == set(NOTES)
    assert len(real) == len(view._real.samples)
    # Each column is of one class, and that is what is heard in it.
    columns = studio.game.single.columns
    assert [mark.word for mark in view._real.marks[:columns]] == real[columns : 2 * columns]
    # What G makes has a word as well: where no pitch is found, the one that was asked for, in question.
    which = studio.game.single.latents[:, studio.game.single.latent.label_columns].argmax(1)
    view._generated.set_samples(np.zeros_like(view._generated.samples))
    assert list(view._generated.marks) == [Mark(f"{NOTES[one]}?", None) for one in which]
    view._generated.set_samples(view._real.samples)
    assert list(view._generated.marks) == list(view._real.marks)
    view.set_mode("real")
    plain = view._real.grab().toImage()
    view._real.set_marking(lambda samples: (None,) * len(samples))
    view._real.set_samples(view._real.samples)
    assert view._real.grab().toImage() != plain


def test_waves_bear_the_class_that_was_asked_for(studio, notes):
    wave = with_settings(
        notes,
        [
            ("dataset.representation", "wave"),
            ("generator", {"kind": "mlp", "width": 16, "depth": 1}),
            ("discriminator", {"kind": "mlp", "width": 16, "depth": 1}),
        ],
    )
    opened = studio.start(wave) or studio.game.single
    studio.frame_with("gallery", lambda: studio.play(2))
    studio.pause()
    opened = studio.game.single
    which = opened.latents[:, opened.latent.label_columns].argmax(1)
    assert [mark.word for mark in studio.scene.samples._generated.marks] == [NOTES[one] for one in which]
    columns = opened.columns
    assert [mark.word for mark in studio.scene.samples._real.marks] == [
        NOTES[which[index % columns]] for index in range(len(studio.scene.samples._real.samples))
    ]


def test_images_bear_nothing(studio, tiny):
    studio.start(with_settings(tiny, [("dataset", {"kind": "digits"}), ("latent.dimensions", 4)]))
    studio.frame_with("gallery", lambda: studio.play(2))
    studio.pause()
    assert not any(studio.scene.samples._generated.marks)


@pytest.mark.parametrize("width", [20, 39, 40, 200])
def test_a_mark_stays_within_its_picture(qapp, width):
    image = QImage(240, 120, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_mark(painter, QRectF(10, 10, width, 80), Mark("a class with a long name", 0.3))
    painter.end()
    seen = np.frombuffer(image.constBits(), np.uint32).reshape(120, 240) & 0xFFFFFF
    rows, columns = np.nonzero(seen)
    assert len(rows) > 0
    assert columns.min() >= 10
    assert columns.max() < 10 + width
    assert rows.min() >= 10
    assert rows.max() < 10 + (3 if width < 40 else 20)
