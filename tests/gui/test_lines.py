"""Samples that can be read are shown as a list where somebody asks for it: a kind of sample of text is entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.data import BUILDERS
from ganstudio.data.dataset import Dataset
from ganstudio.experiment import SAMPLES, Spec
from ganstudio.modalities import MODALITIES, Modality, Words
from ganstudio.presets import with_settings
from tests.entering import entered
from tests.ground import TonesSpec, registered

LETTERS, COUNT = "abcdefghijklmnopqrstuvwxyz", 40


@dataclass(frozen=True)
class Spelled(Modality):
    """Words of five letters: whole numbers to people, one value for each letter to networks."""

    kind: ClassVar[str] = "spelled"
    words: ClassVar[Words] = Words("word", "words", "a word")
    shape: ClassVar[tuple[int, ...]] = (5,)
    fixed: ClassVar[int] = 12
    shown: ClassVar[int] = 12
    described: ClassVar[str] = "words of five letters"

    def to_people(self, model):
        return np.clip(np.rint((model + 1) * 12.5), 0, 25).astype(np.int64)

    def to_model(self, samples):
        return (samples / 12.5 - 1).astype(np.float32)

    def pictures(self, samples):
        return np.repeat((samples * 10).astype(np.uint8)[:, None, :, None], 4, axis=1)

    def text(self, samples):
        return tuple("".join(LETTERS[letter] for letter in sample) for sample in samples)


def words(_spec=None) -> Dataset:
    kind = Spelled()
    rows = kind.to_model(np.random.default_rng(0).integers(0, 26, (COUNT, 5)))
    return Dataset(
        name="Words",
        modality=kind,
        draw=lambda count, rng: rows[rng.integers(0, COUNT, count)],
        at=lambda indices: rows[indices],
        count=COUNT,
        source="five letters each",
    )


class WordsSpec(Spec):
    """Words drawn at random."""

    kind: Literal["random_words"] = "random_words"


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(MODALITIES, Spelled.kind, Spelled)
    monkeypatch.setitem(SAMPLES, WordsSpec, Spelled.kind)
    with entered("dataset", WordsSpec, BUILDERS, words):
        yield


def test_words_are_read_in_a_list(studio, tiny) -> None:
    view = studio.scene.samples
    studio.start(with_settings(tiny, [("name", "words"), ("dataset", WordsSpec()), ("latent.dimensions", 4)]))
    view = studio.scene.samples
    chip, made = view._listed, view._made
    assert chip.isVisible()
    assert made.wall.isVisible()
    studio.frame_with("gallery", lambda: studio.play(5))
    studio.pause()
    studio.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert made.lines.isVisible()
    assert not made.wall.isVisible()
    assert made.lines.accessibleName() == "Generated words"
    assert made.lines.lines() == list(Spelled().text(made.wall.samples))
    assert view.home is made.lines
    # A line is chosen as a picture is, by mouse and by keyboard; there is nothing to be heard.
    place = made.lines.visualItemRect(made.lines.item(3)).center()
    studio.qtbot.mouseClick(made.lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    np.testing.assert_array_equal(studio.scene.latent.latents, studio.game.single.latents[3])
    studio.qtbot.keyClick(made.lines, Qt.Key.Key_Down)
    assert made.wall.chosen == 4
    np.testing.assert_array_equal(studio.scene.latent.latents, studio.game.single.latents[4])
    # It follows G, and the data have a list as well.
    before = made.lines.lines()
    studio.play(200)
    studio.pause()
    studio.wait(lambda: made.lines.lines() != before)
    assert made.lines.lines() == list(Spelled().text(made.wall.samples))
    assert made.lines.currentRow() == 4
    view.set_mode("real")
    assert view._data.lines.lines() == list(Spelled().text(studio.game.single.real))
    assert view.state() == {"mode": "real", "list": True}
    # Back to the pictures, with the same one chosen; and kept for the next time.
    view.set_mode("generated")
    chip.click()
    assert made.wall.isVisible()
    assert made.wall.chosen == 4
    view.restore({"mode": "generated", "list": True})
    assert made.lines.isVisible()


def test_pictures_have_no_list(studio, tiny) -> None:
    with registered():
        studio.start(with_settings(tiny, [("name", "tones"), ("dataset", TonesSpec()), ("latent.dimensions", 4)]))
        view = studio.scene.samples
        view.restore({"list": True})
        assert not view._listed.isVisible()
        assert view._made.wall.isVisible()
