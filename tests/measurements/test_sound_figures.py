"""Figures of generators of sounds: what real sounds get, and what something that is no generator gets."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from hashlib import sha256

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.sound.dataset import sound_dataset
from ganstudio.data.sound.notes import synthesised
from ganstudio.experiment import NotesSpec
from ganstudio.measurements import EstimationError
from ganstudio.measurements.figure import told
from ganstudio.measurements.sounds import classes, classifier, controls, figures
from ganstudio.measurements.sounds.figures import jsd_of, sound_figures
from ganstudio.measurements.sounds.sides import Real
from ganstudio.modalities import Sound
from ganstudio.modalities.sound import name_of

NOTES = build_dataset(NotesSpec(count=640, held_out=160))


def remembered(function):
    """Computed once for each input: most tests hold something against the same real sounds."""
    known: dict[tuple[object, ...], object] = {}

    @wraps(function)
    def found(*given, **how):
        key = tuple(map(_key, (classifier._STEPS, *given, *sorted(how.items()))))
        if key not in known:
            known[key] = function(*given, **how)
        return known[key]

    return found


def _key(given) -> object:
    if isinstance(given, Real):  # what hearing asks of it
        return _key(given.pitches), given.sound
    return (
        (given.shape, given.dtype.str, sha256(np.ascontiguousarray(given)).digest())
        if isinstance(given, np.ndarray)
        else given
    )


HEARD, TRAINED = remembered(Real.heard), remembered(classifier.train_classifier)


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(classifier, "_STEPS", 80)
    monkeypatch.setattr(Real, "heard", HEARD)
    monkeypatch.setattr(classes, "train_classifier", TRAINED)


def real(count: int, dataset=NOTES):
    """Real sounds, drawn anew, and their classes."""
    return dataset.draw_labelled(count, np.random.default_rng(9))


def figures_of(draw, dataset=NOTES):
    return {figure.name: figure for figure in sound_figures(dataset, draw, 0)}


def test_real_notes_pass_every_figure_and_a_gaussian_does_not():
    found = figures_of(real)
    for name in ("as_asked", "in_tune", "harmonic", "heard_as_asked"):
        assert found[name].value > 0.97, name
        assert found[name].floor > 0.97, name
    assert (found["pitches"].value, found["pitches"].floor) == (8, 8)
    assert found["pitch_jsd"].value < 0.01
    for name in ("brightness_jsd", "decay_jsd", "loudness_jsd"):
        assert found[name].value < 0.03
        assert dict(found[name].controls)["a Gaussian for each class"] > 0.03, name
    assert found["silent"].value == 0
    assert found["loudness"].value == pytest.approx(found["loudness"].floor, rel=0.05)
    assert "cents" in found["pitch_0"].title
    assert found["pitch_0"].value == pytest.approx(1 / 8, abs=0.05)
    assert set(dict(found["class_sure"].controls)) == {"a Gaussian for each class", "the mean of each class"}
    assert not {"even_jsd", "onset_jsd"} & set(found)
    # Real ones that were drawn from are copies, and the figure says so.
    assert found["copied"].value == 1
    assert found["copied"].floor == pytest.approx(0.05, abs=0.02)


def renamed(names):
    return replace(NOTES, classes=tuple(names))


@pytest.mark.parametrize(
    ("names", "pitched"),
    [
        (NOTES.classes, True),
        ([name.lower() for name in NOTES.classes], True),
        ([f"A{k}" for k in range(1, 9)], False),  # seats, say: A1 to A8 are pitches, though not of these sounds
        ([f"{letter}-1" for letter in "CDEFGABc"], False),  # too low for anybody to hear
        ([f"C{k + 1}" for k in range(8)], False),
        (["C4", "D4", "E4", "F4", "G4", "A4", "B4", "kick"], False),
    ],
    ids=["notes", "small letters", "seats", "inaudible", "octaves", "with a drum"],
)
def test_names_are_pitches_only_where_the_sounds_have_them(names, pitched):
    assert (len(Real.of(renamed(names), 0).pitches) > 0) == pitched


def test_classes_called_as_pitches_have_lines_of_their_own_where_they_are_none():
    found = figures_of(real, renamed(f"A{k}" for k in range(1, 9)))
    assert found["heard_0"].title == '"A1" is heard as it'
    assert "in_tune" not in found


def test_what_is_out_of_range_counts_as_it_is_heard():
    made, labels = real(512)
    beyond = np.where(made == -1, np.float32(-4), made)  # more than silent
    assert (beyond < -1).mean() > 0.2
    one, other = (figures_of(lambda _count, planes=planes: (planes, labels)) for planes in (made, beyond))
    for name in ("sound_frechet", "copied", "heard_as_asked", "class_sure"):
        assert other[name].value == pytest.approx(one[name].value, abs=1e-6), name


def test_pitches_that_are_not_told_are_found_and_a_gaussian_is_out_of_tune():
    found = figures_of(lambda count: (real(count)[0], None))
    assert {"as_asked", "heard_as_asked"} & set(found) == set()
    assert found["in_tune"].value > 0.97
    assert dict(found["in_tune"].controls)["a Gaussian"] < 0.75
    told_of = told(found.values())
    assert told_of["measures"]["in_tune"]["controls"] == dict(found["in_tune"].controls)


def test_the_wrong_pitch_is_in_tune_and_not_what_was_asked_for():
    def draw(count):
        planes, labels = real(count)
        return planes, (labels + 1) % 8

    found = figures_of(draw)
    assert found["in_tune"].value > 0.97
    assert found["as_asked"].value < 0.03
    assert found["heard_as_asked"].value < 0.1


def test_noise_is_no_note_and_silence_is_told():
    noise = np.random.default_rng(0).normal(0, 0.1, (512, 4096)).astype(np.float32)
    found = figures_of(lambda count: (NOTES.modality.to_model(NOTES.modality.encode(noise[:count])), None))
    assert found["in_tune"].value < 0.02
    assert found["harmonic"].value < 0.6
    assert found["brightness_jsd"].value > 0.1
    silent = figures_of(lambda count: (np.full((count, *NOTES.shape), -1, np.float32), None))
    assert (silent["silent"].value, silent["in_tune"].value, silent["loudness"].value) == (1, 0, 0)


def test_families_and_onsets_are_measured_where_the_data_have_them():
    dataset = build_dataset(NotesSpec(count=500, held_out=100, family=True, onset=120))
    found = figures_of(lambda count: real(count, dataset), dataset)
    for name in ("even_jsd", "onset_jsd"):
        assert found[name].value < 0.03
    # A Gaussian fills in between the two humps.
    assert dict(found["even_jsd"].controls)["a Gaussian for each class"] > 3 * found["even_jsd"].floor + 0.02


def test_classes_that_are_no_pitches_are_heard_by_a_classifier():
    random, times = np.random.default_rng(1), np.arange(2048) / 8000
    labels = np.arange(500) % 3
    kinds = [
        random.normal(0, 1, (500, 2048)),
        np.sin(2 * np.pi * 500 * times)[None],
        np.sign(np.sin(2 * np.pi * 90 * times)),
    ]
    waves = np.choose(labels[:, None], [np.broadcast_to(kind, (500, 2048)) for kind in kinds])
    waves = (0.2 * waves * random.uniform(0.5, 1, (500, 1))).astype(np.float32)
    sound = Sound(length=2048)
    dataset = sound_dataset("Kinds", waves, sound, source="", labels=labels, classes=["hiss", "tone", "buzz"])

    def draw(count):
        planes, own = real(count, dataset)
        return planes, np.where(own == 2, 1, own)  # what was asked for as a tone is a buzz half of the time

    found = figures_of(draw, dataset)
    assert "in_tune" not in found
    assert found["heard_0"].value > 0.95
    assert found["heard_1"].value == pytest.approx(0.5, abs=0.15)
    assert '"buzz"' in found["heard_1"].help
    assert "heard_2" not in found  # nothing was asked for
    assert found["heard_as_asked"].floor > 0.95
    assert found["sound_frechet"].value < dict(found["sound_frechet"].controls)["the mean of each class"]


def test_what_can_not_be_measured_is_said_in_words():
    with pytest.raises(EstimationError, match="no finite numbers"):
        sound_figures(NOTES, lambda count: (np.full((count, *NOTES.shape), np.nan, np.float32), None), 0)
    few = build_dataset(NotesSpec(count=100, held_out=10))
    with pytest.raises(EstimationError, match="fewer than 400 real sounds"):
        sound_figures(few, real, 0)


def test_controls_have_the_moments_of_the_data():
    assert NOTES.at is not None
    planes, labels = NOTES.at(np.arange(640)), NOTES.labels[:640]
    means = controls.mean_of_each(planes, labels, np.array([3, 3, 5]))
    np.testing.assert_allclose(means[0], planes[labels == 3].mean(0), atol=1e-5)
    np.testing.assert_array_equal(means[0], means[1])
    drawn = controls.gaussian_of_each(planes, labels, np.full(200, 5), 0)
    assert np.abs(drawn.mean(0) - planes[labels == 5].mean(0)).mean() < 0.03
    own = planes[labels == 5]
    spread = own.reshape(len(own), -1).var(0).sum()
    assert 0.65 * spread < drawn.reshape(200, -1).var(0).sum() < 1.05 * spread  # 128 vectors hold some four fifths
    every = controls.gaussian(planes, 300, 0)
    assert every.reshape(300, -1).var(0).sum() == pytest.approx(0.93 * planes.reshape(640, -1).var(0).sum(), rel=0.12)


def test_histograms_are_compared_over_the_reference_s_range():
    random = np.random.default_rng(0)
    reference = random.normal(0, 1, 4000)
    assert jsd_of(random.normal(0, 1, 4000), reference) < 0.01
    assert jsd_of(random.normal(50, 1, 4000), reference) == pytest.approx(np.log(2), abs=1e-3)
    assert 0.05 < jsd_of(random.normal(1, 1, 4000), reference) < 0.2


@pytest.fixture
def fewer(quick, monkeypatch) -> None:
    monkeypatch.setattr(classifier, "_STEPS", 10)
    monkeypatch.setattr(figures, "COUNT", 160)


@pytest.mark.usefixtures("fewer")
@pytest.mark.parametrize("known", [True, False], ids=["told", "not told"])
def test_a_class_of_which_no_real_sound_is_left_stops_no_measure(known):
    labels = NOTES.labels.copy()
    labels[labels == 3] = 2
    labels[640:][:5] = 3  # of those kept aside alone
    names = ["drum", "bell", "horn", "voice", "flute", "viola", "oboe", "harp"]
    rare = replace(NOTES, labels=labels, classes=tuple(names))
    found = figures_of(lambda count: (real(count)[0], real(count)[1] if known else None), rare)
    for figure in found.values():
        assert np.isfinite([figure.value, figure.floor, *dict(figure.controls).values()]).all(), figure.name
    assert ("heard_3" in found) == known


@pytest.mark.usefixtures("fewer")
def test_without_classes_kept_aside_none_are_held_against_each_other():
    labels = NOTES.labels.copy()
    labels[640:] = -1
    found = figures_of(lambda count: (real(count)[0], None), replace(NOTES, labels=labels))
    assert "in_tune" in found
    assert "class_sure" not in found


def test_of_few_sounds_enough_are_kept_aside():
    few = build_dataset(NotesSpec(count=330, held_out=75))
    found = Real.of(few, 0)
    assert (len(found.aside), len(found.planes)) == (80, 250)


@pytest.mark.usefixtures("fewer")
def test_of_many_pitches_each_needs_no_more_than_half_of_an_even_share():
    sound, random = Sound(), np.random.default_rng(0)
    labels = np.arange(640) % 40
    factors = {
        "pitch": 48.0 + labels,
        "brightness": random.uniform(0.4, 0.6, 640),
        "attack": random.uniform(5, 20, 640),
        "decay": random.uniform(1.5, 3, 640),
    }
    waves = synthesised(factors, random.uniform(0, 6, (640, 8)), sound)
    names = [name_of(48 + pitch) for pitch in range(40)]
    many = sound_dataset("Many", waves, sound, source="", labels=labels, classes=names, held_out=80)
    found = figures_of(lambda count: (many.at(np.arange(count)), None), many)
    assert found["pitches"].title == "Pitches found, of 40"
    assert found["pitches"].value > 30
    assert "1.2 %" in found["pitches"].help
    assert "25 cents" in found["in_tune"].help
    assert "over 80 %" in found["in_tune"].help
    assert "by chance 50 %" in found["in_tune"].help  # of all semitones


def test_how_many_random_pitches_are_near_to_one_is_of_the_data_s_pitches():
    real_side = Real.of(NOTES, 0)
    random = np.random.default_rng(0).uniform(59.5, 72.5, 40_000)
    own = 69 + 12 * np.log2(real_side.pitches / 440)
    near = np.abs(random[:, None] - own).min(1) <= 0.25
    assert real_side.near_by_chance == pytest.approx(near.mean(), abs=0.01)
