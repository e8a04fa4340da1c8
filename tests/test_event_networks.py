"""C-RNN-GAN: tunes as events and back, recurrent players, squared errors first; data and players that don't fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.data import build_dataset
from ganstudio.experiment import (
    EventDiscriminatorSpec,
    EventGeneratorSpec,
    FolkSpec,
    MelodyDiscriminatorSpec,
    MelodyGeneratorSpec,
    MidiSpec,
)
from ganstudio.modalities import Melody, packed, unpacked
from ganstudio.modalities.music import notes_of
from ganstudio.networks import Inputs, build_discriminator, build_generator
from ganstudio.presets import experiment_for, load_preset, with_settings
from ganstudio.training.step.trainer import Trainer

HOLD, REST = 24, 25
EVENTS = Melody(events=32)
SHAPE = (32, 4)
CPU = torch.device("cpu")


def tune(*symbols: int) -> np.ndarray:
    row = np.full(32, REST, np.int8)
    row[: len(symbols)] = symbols
    return row


# --- events -----------------------------------------------------------------------------------------------------------


def test_a_note_is_its_length_its_pitch_how_loud_it_is_and_how_long_after_the_one_before_it_begins():
    events = EVENTS.to_model(tune(REST, 0, HOLD, 23, REST, REST, REST, 12)[None])[0]
    assert EVENTS.shape == events.shape == SHAPE
    np.testing.assert_allclose(events[0], [2 / 8, -1, 1, 1 / 8])
    np.testing.assert_allclose(events[1], [1 / 8, 1, 1, 2 / 8])
    np.testing.assert_allclose(events[2], [1 / 8, 2 * 12 / 23 - 1, 1, 4 / 8], atol=1e-6)
    assert not events[3:].any()
    assert EVENTS.described == "tunes of 4 bars in eighths, of 24 pitches, as 32 events of 4 numbers"


def test_tunes_come_back_with_the_same_notes():
    data = build_dataset(FolkSpec(count=200, held_out=0))
    tunes = data.at(np.arange(200)).argmax(2).astype(np.int8)
    back = EVENTS.to_people(EVENTS.to_model(tunes))
    assert (back.dtype, back.shape) == (np.int8, (200, 32))
    for one, other in zip(tunes, back, strict=True):
        assert notes_of(one, 24) == notes_of(other, 24)
    seen = build_dataset(FolkSpec(count=200, held_out=0, seen="events"))
    np.testing.assert_allclose(seen.at(np.arange(200)), EVENTS.to_model(tunes), atol=1e-6)
    assert unpacked(packed(seen.modality)) == EVENTS


def test_numbers_between_notes_are_the_nearest_ones_and_what_is_soft_is_none():
    events = np.zeros((1, *SHAPE), np.float32)
    events[0, :4] = [[0.27, -0.97, 0.8, 0.02], [9, 3, 2, 0.24], [0, 0, 0.4, 0.5], [-1, -3, 0.6, 0.26]]
    events[0, 4] = [np.nan, np.inf, 1, 9]
    (made,) = EVENTS.to_people(events)
    # The third is too soft, and takes no time either; the last one begins behind the end.
    np.testing.assert_array_equal(made, tune(0, HOLD, 23, HOLD, 0))
    nothing = EVENTS.to_people(np.full((2, *SHAPE), np.nan, np.float32))
    assert (nothing == REST).all()


# --- players ----------------------------------------------------------------------------------------------------------


def test_each_event_is_made_of_its_noise_and_of_those_before():
    g = build_generator(EventGeneratorSpec(width=8), 64, SHAPE).eval()
    z = torch.randn(3, 64, generator=torch.Generator().manual_seed(0))
    made = g(Inputs(z))
    assert made.shape == (3, *SHAPE)
    other = z.clone()
    other[:, 2 * 10] += 1  # of the eleventh event
    changed = (g(Inputs(other)) - made).abs().amax((0, 2))
    assert not changed[:10].any()
    assert (changed[10:13] > 1e-6).all()
    torch.testing.assert_close(g(Inputs(z)), made)  # the same latents, the same tune
    (made * torch.randn(SHAPE)).sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in g.parameters())


def test_likelihood_is_the_squared_error_of_the_next_event_after_real_ones():
    g = build_generator(EventGeneratorSpec(width=8), 32, SHAPE).eval()
    z = torch.randn(2, 32, generator=torch.Generator().manual_seed(0))
    made = g(Inputs(z))
    # Told its own events it makes them again: there is no error.
    torch.testing.assert_close(g.log_likelihood(made.detach(), Inputs(z)), torch.zeros(2), atol=1e-6, rtol=0)
    real = made.detach().clone()
    real[:, -1] += 2.0  # four numbers, none of which is heard of later
    torch.testing.assert_close(g.log_likelihood(real, Inputs(z)), torch.full((2,), -8.0))


def test_the_verdict_is_the_mean_of_the_logits_after_each_event():
    d = build_discriminator(EventDiscriminatorSpec(width=8), SHAPE).eval()
    samples = torch.randn(5, *SHAPE, generator=torch.Generator().manual_seed(0))
    outputs, features = d.read(samples)
    each = d.verdict(d.memory(samples)[0])[..., 0]
    torch.testing.assert_close(outputs, each.mean(1))
    assert (outputs.shape, features.shape, d.feature_size) == ((5,), (5, 16), 16)
    # Both ways: what the third event is changes what is said after the first.
    samples[:, 2] += 1
    assert (d.verdict(d.memory(samples)[0])[:, 0, 0] - each[:, 0]).abs().max() > 1e-6


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda: build_generator(EventGeneratorSpec(), 33, SHAPE), "found 33, but each of 32 events.*to 32, 64 or"),
        (lambda: build_generator(EventGeneratorSpec(), 32, (32, 26)), "set dataset.seen to 'events'"),
        (lambda: build_discriminator(EventDiscriminatorSpec(), (1, 28, 28)), "else choose 'mlp'"),
        (lambda: build_generator(MelodyGeneratorSpec(), 32, SHAPE), "choose 'events', or set dataset.seen"),
        (lambda: build_discriminator(MelodyDiscriminatorSpec(), SHAPE), "choose 'events', or set dataset.seen"),
    ],
    ids=["noise", "symbols", "images", "melody G", "melody D"],
)
def test_what_does_not_fit_is_told_with_what_would(build, why):
    with pytest.raises(ValueError, match=why):
        build()


# --- the game ---------------------------------------------------------------------------------------------------------


def small(**more: object):
    settings = [
        ("dataset.count", 64),
        ("dataset.held_out", 0),
        ("generator.width", 8),
        ("discriminator.width", 8),
        ("latent.dimensions", 32),
        ("device", {"kind": "cpu", "threads": 1}),
        *more.items(),
    ]
    return with_settings(load_preset("crnn_gan"), settings)


def test_squared_errors_fall_before_the_game():
    preset = small(**{"optimisers.generator.learning_rate": 3.0, "generator.dropout": 0.0})
    trainer = Trainer(preset, build_dataset(preset.dataset), CPU)
    for _ in range(40):
        trainer.step()
    names = [scalar.name for scalar in trainer.scalars]
    errors = trainer.drain()[:, 2 + names.index("likelihood")]
    assert errors[0] == pytest.approx(16, abs=6)  # of 128 numbers, half of them about 1
    assert 0.2 < errors[-5:].mean() / errors[0] < 0.75


def test_data_that_are_dropped_bring_players_that_see_them_so():
    base = load_preset("crnn_gan")
    symbols = experiment_for(MidiSpec(path="a.mid"), Melody(), base)
    assert (symbols.generator.kind, symbols.discriminator.kind, symbols.stages) == ("melody", "melody", ())
    events = experiment_for(MidiSpec(path="a.mid", seen="events"), EVENTS, load_preset("folk"))
    assert (events.generator.kind, events.discriminator.kind) == ("events", "events")
    kept = experiment_for(FolkSpec(seed=3, seen="events"), EVENTS, base)
    assert kept.optimisers == base.optimisers


def test_a_run_of_events_is_gone_on_with_as_if_never_stopped_and_saved_as_midi(tmp_path):
    words = ("dataset.count=64", "dataset.held_out=0", "generator.width=8", "discriminator.width=8",
             "latent.dimensions=32", "stages.0.steps=3")  # fmt: skip
    train = ["train", "crnn_gan", *[word for one in words for word in ("--set", one)], "--threads", "1", "--quiet"]
    assert cli.main([*train, "--steps", "8", "--out", str(tmp_path / "whole")]) == 0
    assert cli.main([*train, "--steps", "4", "--out", str(tmp_path / "parts")]) == 0
    assert cli.main(["train", str(tmp_path / "parts"), "--resume", "--steps", "8", "--quiet"]) == 0
    made = []
    for name in ("whole", "parts"):
        out = tmp_path / f"{name}.npy"
        assert cli.main(["sample", str(tmp_path / name), "--out", str(out), "--count", "12"]) == 0
        made.append(np.load(out))
    assert (made[0].dtype, made[0].shape) == (np.int8, (12, 32))
    np.testing.assert_array_equal(*made)
    program = tmp_path / "g.py"  # for any number of tunes, which writing it checks
    assert cli.main(["export", str(tmp_path / "whole"), "--what", "model", "--out", str(program)]) == 0
    out = tmp_path / "tunes.mid"
    assert cli.main(["sample", str(tmp_path / "whole"), "--out", str(out), "--count", "2"]) == 0
    assert out.read_bytes().startswith(b"MThd")
