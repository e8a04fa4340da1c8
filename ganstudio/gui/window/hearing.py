"""What samples sound like: pictures, keys, buttons and the prior's plane play them, where their kind has a sound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject

from ganstudio.gui.parts.host import tell
from ganstudio.gui.sound.keyboard import LETTERS, Keyboard
from ganstudio.gui.sound.sounds import has_sound, waves_of
from ganstudio.playing import crossfaded

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy.typing as npt
    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.gui.window.scene import Scene
    from ganstudio.modalities import Modality, Samples, Wave
    from ganstudio.playing import Voice
    from ganstudio.training.messages import Rendered

    Latents = npt.NDArray[np.float32]

SLIDERS = "sliders"
"""Tag of what the sliders make."""
DRONE, PAD = "drone", "pad"


@dataclass
class _Held:
    """Something that is held and plays what the sliders make: at first it may wait for its sample."""

    latents: Latents
    looped: bool
    voice: Voice | None = None


class Hearing(QObject):
    """Asks the open game's modality for sounds and gives them to the window's player.

    What the sliders make is asked of G by the latent panel as ever: a key that is pressed plays the answer, at once
    where G has just been asked for it, as it is for the picture of each value. Answers also change what sounds on: at
    the next turn of its loop. whole: as in ``Keyboard``.
    """

    def __init__(self, scene: Scene, game: Game, sounds: Sounds, whole: QWidget) -> None:
        super().__init__(scene)
        self._scene, self._game, self.sounds = scene, game, sounds
        self._held: dict[Hashable, _Held] = {}
        self._following: Voice | None = None
        self._answers: list[tuple[Latents, Samples]] = []
        self.keyboard = Keyboard(*scene.played_in, whole=whole)
        self.keyboard.pressed.connect(self._press)
        self.keyboard.released.connect(self._let_go)
        self._wire(scene)
        scene.installEventFilter(self)
        sounds.moved.connect(self._show_playing)
        sounds.told.connect(self._tell)
        game.opened.connect(self._open)
        game.rendered.connect(self._on_rendered)

    def _wire(self, scene: Scene) -> None:
        scene.meet(self._hear_out)
        latent, prior = scene.latent, scene.prior
        latent.struck.connect(self._strike)
        latent.let_go.connect(self._let_go)
        latent.head.droned.connect(self._drone)
        latent.head.stopped.connect(self.stop)
        latent.head.volume_moved.connect(self.sounds.set_volume)
        latent.head.show_volume(self.sounds.player.volume)
        latent.head.preview.ways.sounds = self._sample_saved
        latent.strip.ways.sounds = self._walk_saved
        prior.taken.connect(partial(self._strike, PAD))
        prior.let_go.connect(partial(self._let_go, PAD))

    def _hear_out(self, view: SampleView) -> None:
        view.played.connect(partial(self._play, view))
        view.let_go.connect(partial(self._let_go, view))
        view.renewed.connect(partial(self._renew, view))
        view.hushed.connect(self.stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In another room nothing sounds on, as the buttons that would stop it are not there."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.stop()
        return super().eventFilter(watched, event)

    @property
    def heard(self) -> bool:
        """Whether the open game's samples have a sound."""
        return self._modality is not None

    @property
    def _modality(self) -> Modality | None:
        """What the open game's samples are, where they have a sound."""
        opened = self._game.single
        return opened.modality if opened is not None and has_sound(opened.modality) else None

    def _open(self) -> None:
        self.stop()
        self._answers = []
        self._scene.latent.head.set_heard(self.heard)
        piano = self._scene.latent.codes.piano
        self.keyboard.count = piano.size_of_code if self.heard and piano is not None else 0
        if piano is not None:
            piano.set_letters(LETTERS if self.heard else "")

    def stop(self) -> None:
        """Let everything fade away."""
        self._held.clear()
        self._following = None
        self._scene.latent.head.drone.setChecked(False)
        self.sounds.stop()

    # --- what is clicked in a view ---

    def _play(
        self, view: SampleView, samples: Samples, modality: Modality, tag: tuple[str, tuple[int, ...]], held: bool
    ) -> None:
        """Play samples together. While it drones, one that has come onto the sliders is heard as it is."""
        if DRONE in self._held:
            if tag[0] in view.on_sliders and len(samples) == 1:
                return
            self.stop()
        voice = self.sounds.play(partial(waves_of, modality, samples), tag, looped=held, parts=modality.parts)
        if held:
            self._held[view] = _Held(np.empty(0, np.float32), True, voice)

    def _renew(self, view: SampleView, samples: Samples, modality: Modality) -> None:
        """Let other samples take the place of those that a view has go on, and what drones sound as it has it now."""
        held, drone = self._held.get(view), self._held.get(DRONE)
        if held is not None and held.voice is not None and held.voice.looped:
            self.sounds.change(held.voice, partial(waves_of, modality, samples))
        if drone is not None and drone.voice is not None:
            sample = self._known(self._scene.latent.latents)
            if sample is not None:
                self.sounds.change(drone.voice, self._making(sample))

    # --- what plays the sliders' sample ---

    def _press(self, value: int) -> None:
        piano = self._scene.latent.codes.piano
        if piano is not None and value < piano.size_of_code:
            piano.strike(value)

    def _strike(self, name: Hashable) -> None:
        """Play what the sliders make for as long as something of this name is held."""
        if self._modality is None or DRONE in self._held:
            return
        self._held[name] = held = _Held(self._scene.latent.latents, True)
        sample = self._known(held.latents)
        if sample is not None:
            self._begin(name, held, sample)

    def _let_go(self, name: Hashable) -> None:
        """Let the turn that has begun be the last one; what still waits for its sample is heard once."""
        held = self._held.get(name)
        if held is None or name == DRONE:
            return
        held.looped = False
        if held.voice is not None:
            held.voice.looped = False
            del self._held[name]

    def _drone(self, on: bool) -> None:
        if on:
            self._strike(DRONE)
        elif DRONE in self._held:
            self.stop()

    def _begin(self, name: Hashable, held: _Held, sample: Samples) -> None:
        others = [one for one in self._held.values() if one is not held and one.voice is not None]
        assert self._modality is not None
        held.voice = self._following = self.sounds.play(
            self._making(sample), SLIDERS, looped=held.looped, alone=not others, parts=self._modality.parts
        )
        if not held.looped:
            del self._held[name]

    def _making(self, samples: Samples) -> Callable[[], tuple[Wave, int]]:
        """What makes the waves of samples, of the game that is open now."""
        assert self._modality is not None
        return partial(waves_of, self._scene.samples.voiced(self._modality), samples)

    # --- answers ---

    def _known(self, latents: Latents) -> Samples | None:
        """The sample (1, ...) that G has made of these latents, if it is among its last answers."""
        for rows, samples in self._answers:
            found = np.flatnonzero((rows == latents).all(1))
            if len(found):
                return samples[found[:1]]
        return None

    def _on_rendered(self, rendered: Rendered) -> None:
        rows = self._game.bridge.latents_of(rendered)
        if self._modality is None or rows is None or len(rows) != len(rendered.samples):
            return
        # The last that had pictures of all values is kept too: those under way are without.
        larger = [answer for answer in self._answers if len(answer[0]) > len(rows)]
        self._answers = [(rows, rendered.samples), *larger[:1]]
        for name, held in list(self._held.items()):
            if held.voice is None and (sample := self._known(held.latents)) is not None:
                self._begin(name, held, sample)
            elif held.voice is None and not self._game.bridge.asked:
                del self._held[name]  # the sliders have moved on, and it will not be answered
        self._follow(rows, rendered.samples)

    def _follow(self, rows: Latents, samples: Samples) -> None:
        """Let what sounds on be what G makes of the sliders now, from its next turn on."""
        voice = self._following
        if voice is not None and voice.looped and np.array_equal(rows[0], self._scene.latent.latents):
            self.sounds.change(voice, self._making(samples[:1]))

    def _sample_saved(self) -> dict[str, Callable[[], tuple[Wave, int]]]:
        """What of the sliders' sample can be saved."""
        if self._modality is None or not self._answers:
            return {}
        return {"Save as &WAV…": self._making(self._answers[0][1][:1])}

    def _walk_saved(self) -> dict[str, Callable[[], tuple[Wave, int]]]:
        """What can be saved of the samples along what moved last."""
        if self._modality is None or not self._answers:
            return {}
        make = self._making(self._answers[0][1][1 : 1 + self._scene.latent.strip.count])

        def walked() -> tuple[Wave, int]:
            waves, rate = make()
            return crossfaded(waves, rate), rate

        return {"Save All as &WAV…": make, "Save as One Wa&lk, Crossfaded…": walked}

    def _tell(self, why: str) -> None:
        """Say once why nothing can be heard, where the buttons are, or in a notice while these are hidden."""
        self._scene.latent.head.show_trouble(why)
        if why and not self._scene.latent.head.trouble.isVisible():
            tell(self._scene, why)

    def _show_playing(self, playing: tuple[tuple[Hashable, float], ...]) -> None:
        self._scene.samples.show_playing(playing)
        shares = [share for tag, share in playing if tag == SLIDERS]
        self._scene.latent.head.preview.show_playing(shares[-1] if shares else None)
        self._scene.latent.head.show_sounding(self.sounds.sounding)
