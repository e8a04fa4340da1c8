"""Checkpoints: whole or not there, exact, and never a program."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import load_experiment, with_setting
from ganstudio.run import RunError
from ganstudio.training.checkpoints import checkpoint
from ganstudio.training.checkpoints.checkpoint import NotFinite, load_checkpoint, save_checkpoint
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.checkpoints.weights import packed
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def steps(trainer, count):
    for _ in range(count):
        trainer.step()
    return trainer


def everything(trainer):
    networks = (trainer.generator, trainer.discriminator, trainer.average.module)
    return [t.clone() for network in networks for t in network.state_dict().values()]


@pytest.mark.parametrize("kind", ["plane", "images"])
@pytest.mark.parametrize("objective", ["minimax", "wasserstein"])
def test_resuming_equals_never_stopping(kind, objective, request, tmp_path):
    """Same numbers to the bit: weights, buffers, scalars; the penalty of wasserstein draws random numbers too."""
    experiment = with_setting(request.getfixturevalue(kind), "objective", {"kind": objective})
    if kind == "images":
        experiment = with_setting(experiment, "discriminator.normalisation", "none")
    whole = steps(trainer_of(experiment), 12)
    scalars = whole.drain()
    saved = save_checkpoint(tmp_path, steps(trainer_of(experiment), 5))
    steps(trainer_of(with_setting(experiment, "seed", 9)), 2)  # other games in between leave no trace
    resumed = trainer_of(experiment)
    load_checkpoint(saved, resumed)
    assert resumed.step_count == 5
    steps(resumed, 7)
    for one, other in zip(everything(whole), everything(resumed), strict=True):
        assert torch.equal(one, other)
    np.testing.assert_array_equal(scalars[5:, 2:], resumed.drain()[:, 2:])


def test_every_optimisers_state_is_kept(plane, tmp_path):
    trainer = steps(trainer_of(plane), 3)
    trainer.adjust(with_setting(trainer.experiment, "optimisers.generator", {"kind": "rmsprop"}))
    saved = save_checkpoint(tmp_path, steps(trainer, 3))
    resumed = trainer_of(trainer.experiment)
    load_checkpoint(saved, resumed)
    state = resumed.optimisers["generator"].state()
    assert set(state) == {"adam", "rmsprop"}
    assert [state[kind]["state"][0]["step"] for kind in ("adam", "rmsprop")] == [3, 3]
    assert resumed.optimisers["generator"].spec.kind == "rmsprop"


def test_a_crash_while_writing_leaves_the_last_one_whole(plane, tmp_path, monkeypatch):
    trainer = steps(trainer_of(plane), 1)
    first = save_checkpoint(tmp_path, trainer)
    monkeypatch.setattr(checkpoint, "write_training", lambda *args: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        save_checkpoint(tmp_path, steps(trainer, 1))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.glob("step-*")] == [first.name]
    load_checkpoint(first, trainer_of(plane))
    save_checkpoint(tmp_path, trainer)  # the half-written one is not in the way
    assert not list(tmp_path.glob(".writing-*"))


def test_one_of_the_same_step_takes_the_place_of_the_one_before(plane, tmp_path):
    trainer = steps(trainer_of(plane), 1)
    save_checkpoint(tmp_path, trainer)
    trainer.adjust(with_setting(plane, "optimisers.generator.learning_rate", 0.25))
    saved = save_checkpoint(tmp_path, trainer)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]
    assert load_experiment(saved / "experiment.toml").optimisers.generator.learning_rate == 0.25


def test_one_that_can_not_take_the_place_of_the_one_before_leaves_it_there(plane, tmp_path, monkeypatch):
    trainer = steps(trainer_of(plane), 1)
    saved = save_checkpoint(tmp_path, trainer)

    def rename(path, target, rename=Path.rename):
        if path.name.startswith(".writing-"):
            raise OSError("the file is in use")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="in use"):
        save_checkpoint(tmp_path, trainer)
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]
    load_checkpoint(saved, trainer_of(plane))


def test_one_before_that_can_not_be_removed_is_not_in_the_way(plane, tmp_path, monkeypatch):
    trainer = steps(trainer_of(plane), 1)
    saved = save_checkpoint(tmp_path, trainer)
    with monkeypatch.context() as held:
        held.setattr(shutil, "rmtree", lambda *_, **__: None)
        for rate in (0.25, 0.125):
            trainer.adjust(with_setting(plane, "optimisers.generator.learning_rate", rate))
            save_checkpoint(tmp_path, trainer)
            assert load_experiment(saved / "experiment.toml").optimisers.generator.learning_rate == rate
    save_checkpoint(tmp_path, trainer)
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]


@pytest.mark.parametrize("name", ["generator.safetensors", "training.safetensors", "training.json"])
@pytest.mark.parametrize("damage", [b"", b"nonsense" * 100, b"[" * 100_000])
def test_a_damaged_file_is_named(plane, tmp_path, name, damage):
    saved = save_checkpoint(tmp_path, steps(trainer_of(plane), 1))
    (saved / name).write_bytes(damage)
    with pytest.raises(RunError, match=name):
        load_checkpoint(saved, trainer_of(plane))


def test_weights_that_are_no_numbers_are_neither_written_nor_taken(plane, tmp_path):
    trainer = steps(trainer_of(plane), 1)
    saved = save_checkpoint(tmp_path, trainer)
    with torch.no_grad():
        next(trainer.discriminator.parameters())[0] = float("inf")
    with pytest.raises(NotFinite, match="discriminator's weights"):
        save_checkpoint(tmp_path, trainer)
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]
    (saved / "discriminator.safetensors").write_bytes(packed(trainer.discriminator.state_dict()))
    with pytest.raises(RunError, match="discriminator's weights are no longer finite numbers, in"):
        load_checkpoint(saved, trainer_of(plane))


def test_weights_of_other_networks_are_refused(plane, tmp_path):
    saved = save_checkpoint(tmp_path, steps(trainer_of(plane), 1))
    with pytest.raises(RunError, match="do not fit"):
        load_checkpoint(saved, trainer_of(with_setting(plane, "generator.width", 9)))


@pytest.mark.parametrize(("kind", "shape", "dtype"), [("plane", (5, 2), "float32"), ("images", (5, 8, 8, 1), "uint8")])
def test_the_generator_of_a_run_makes_samples(kind, shape, dtype, request, tmp_path):
    trainer = steps(trainer_of(request.getfixturevalue(kind)), 2)
    save_checkpoint(tmp_path / "checkpoints", trainer)
    loaded = load_generator(tmp_path)
    latents = loaded.draw_latents(5, seed=3)
    np.testing.assert_array_equal(latents, loaded.draw_latents(5, seed=3))
    samples = loaded.generate(latents)
    assert (samples.shape, str(samples.dtype), loaded.step) == (shape, dtype, 2)
    np.testing.assert_array_equal(samples, loaded.generate(latents))


def test_a_run_without_a_checkpoint_says_so(tmp_path):
    with pytest.raises(RunError, match="no checkpoint"):
        load_generator(tmp_path)
    shutil.rmtree(tmp_path)
    with pytest.raises(RunError, match="no checkpoint"):
        load_generator(tmp_path)
