"""One sample out of a file, to be looked for in a latent space: pictures and recordings."""

import numpy as np
import pytest
from PIL import Image

from ganstudio.data.images.fitting import UnfitPictureError
from ganstudio.data.single import sample_in
from ganstudio.modalities import Images
from ganstudio.modalities.sound import Sound
from tests.data.sounds_on_disk import wav

SOUND = Sound(codec="wave", rate=8_000, length=4_096)


def tone(rate, seconds, hertz=440.0, peak=0.5):
    return peak * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def test_a_recording_as_long_as_the_run_s_sounds_is_taken_as_it_is(tmp_path):
    wave = tone(8_000, 4_096 / 8_000)
    (tmp_path / "a.wav").write_bytes(wav(wave, 8_000))
    made = SOUND.waves(sample_in(tmp_path / "a.wav", SOUND))
    assert made.shape == (1, 4_096)
    np.testing.assert_allclose(made[0], wave - wave.mean(), rtol=0, atol=1e-3)


def test_of_another_one_it_is_the_first_sound_at_the_run_s_rate_as_loud_as_data(tmp_path):
    silence = np.zeros(22_050)
    (tmp_path / "a.wav").write_bytes(wav(np.concatenate([silence, tone(22_050, 1.0, peak=0.2)]), 22_050))
    made = SOUND.waves(sample_in(tmp_path / "a.wav", SOUND))[0]
    assert np.abs(made).max() == pytest.approx(0.9, abs=0.01)
    assert np.abs(made[:380]).max() < 0.05  # its attack is heard from a twentieth of a second before it on
    spectrum = np.abs(np.fft.rfft(made[600:]))
    assert spectrum.argmax() * 8_000 / len(made[600:]) == pytest.approx(440, abs=5)


def test_what_is_no_such_sample_is_told(tmp_path):
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "silent.wav").write_bytes(wav(np.zeros(8_000), 8_000))
    (tmp_path / "tone.wav").write_bytes(wav(tone(8_000, 1.0), 8_000))
    (tmp_path / "empty.wav").write_bytes(b"")
    for name, modality, why in (
        ("a.png", SOUND, "the run makes sounds: choose a sound, such as a WAV file"),
        ("empty.wav", SOUND, "choose a sound"),
        ("silent.wav", SOUND, "is silent"),
        ("none.wav", SOUND, "."),
        ("tone.wav", Images(shape=(1, 8, 8)), "."),
    ):
        with pytest.raises(UnfitPictureError, match=why) as told:
            sample_in(tmp_path / name, modality)
        assert str(told.value).strip()
        assert str(tmp_path) not in str(told.value)
