"""Style and structure: normals first, a reader, a style on them, and both as one; resumed to the bit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from ganstudio.cli import main
from ganstudio.data import build_dataset
from ganstudio.experiment import (
    Experiment,
    FeaturesStageSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ScenesSpec,
    SuperResolutionSpec,
)
from ganstudio.modalities import Normals
from ganstudio.networks import Inputs
from ganstudio.presets import ExperimentError, check_game, dumps, load_preset, with_settings
from ganstudio.training.arrangements import build_system
from ganstudio.training.messages import Alerted, Failed, Notice, Quit, Save, Scalars, Start, Step
from ganstudio.training.session.session import Session
from ganstudio.training.step.sights import Sights

CPU = torch.device("cpu")
ALONE, READING, APART, JOINT = 2, 2, 2, 3
STEPS = ALONE + READING + APART + JOINT


@pytest.fixture(scope="module")
def scenes():
    return build_dataset(ScenesSpec(size=16, count=60, held_out=20))


@pytest.fixture
def style() -> Experiment:
    small = [(f"{player}.width", 8) for player in ("generator", "discriminator", "stages.0")]
    small += [(f"arrangement.{player}.width", 8) for player in ("generator", "discriminator")]
    return with_settings(
        load_preset("style_structure"),
        [
            *small,
            ("dataset", ScenesSpec(size=16, count=60, held_out=20)),
            ("arrangement.steps", ALONE),
            ("arrangement.apart", APART),
            ("arrangement.dimensions", 5),
            ("latent.dimensions", 3),
            ("stages.0.steps", READING),
            ("device.threads", 1),
            ("schedule.steps", STEPS),
            ("schedule.batch_size", 8),
        ],
    )


def test_the_preset_is_made_of_its_stages() -> None:
    preset = load_preset("style_structure")
    system = build_system(with_settings(preset, [("dataset.count", 20), ("dataset.held_out", 0)]), *few())
    assert [(stage.kind, stage.first, stage.end) for stage in system.stages] == [
        ("structure", 0, 1000),
        ("normals", 1000, 1800),
        ("style", 1800, 2600),
        ("joint", 2600, None),
    ]
    games = preset.games
    assert (games["first"].schedule.steps, games[""].schedule.steps) == (1200, 1800)
    assert system.generator.way_kinds(system.dataset.modality) == (Normals((3, 32, 32)),)


def few():
    return build_dataset(ScenesSpec(count=20, held_out=0)), CPU


def test_which_game_moves_follows_from_the_step(style, scenes) -> None:
    system = build_system(style, scenes, CPU)
    for _ in range(STEPS):
        system.step()
    rows = system.drain()
    told = dict(zip(system.names, np.isfinite(rows[:, 2:]).T.tolist(), strict=True))
    first = [True] * ALONE + [False] * (READING + APART) + [True] * JOINT
    last = [False] * (ALONE + READING) + [True] * (APART + JOINT)
    assert told["first.d_loss"] == first
    assert told["d_loss"] == told["agreement"] == last
    assert told["reading"] == [False] * ALONE + [True] * READING + [False] * (APART + JOINT)
    np.testing.assert_array_equal(np.isnan(rows[:, 2:]), system.absent(rows[:, 0], "both"))
    assert {scalar.game for scalar in system.scalars} == {"", "structure"}
    assert any(scalar.plot == "Losses of the structure" for scalar in system.scalars)


def test_the_reader_learns_in_its_stage_alone_and_reads_each_by_itself(style, scenes) -> None:
    system = build_system(style, scenes, CPU)
    reader = system.games[""].reader
    weights = [{name: value.clone() for name, value in reader.state_dict().items()}]
    for _ in range(STEPS):
        system.step()
        weights.append({name: value.clone() for name, value in reader.state_dict().items()})
    moved = [any(not torch.equal(one[name], other[name]) for name in one) for one, other in pairwise(weights)]
    assert moved == [False] * ALONE + [True] * READING + [False] * (APART + JOINT)


def test_the_readers_rate_falls_in_half_a_wave(style) -> None:
    spec = style.stages[0]
    assert [spec.factor(gone) for gone in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0], abs=1e-9)
    assert spec.model_copy(update={"decay": "none"}).factor(0.7) == 1


def test_jointly_the_second_game_is_given_what_the_first_makes(style, scenes) -> None:
    system = build_system(style, scenes, CPU)
    given: list[torch.Tensor] = []
    draw = Sights.draw_inputs

    def watched(sights, batch):
        inputs = draw(sights, batch)
        if sights is system.games[""].sights:
            given.append(inputs.given)
        return inputs

    real = scenes.partners.at(np.arange(80)).reshape(80, -1)
    for step in range(STEPS):
        given.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Sights, "draw_inputs", watched)
            system.step()
        from_data = [
            bool((np.abs(real[None] - one.detach().numpy().reshape(8, 1, -1)).max(2).min(1) < 1e-6).all())
            for one in given
        ]
        if step < ALONE:
            assert not given
        else:
            assert from_data == [step < ALONE + READING + APART] * len(given)
            assert all(not one.requires_grad for one in given)


def test_the_first_g_is_moved_by_what_the_second_d_says(style, scenes) -> None:
    """By the term of the joint stage: joint times -E log D(G(z, y), y), with y of the first G."""
    system = build_system(style, scenes, CPU)
    for _ in range(STEPS - JOINT):
        system.step()
    first, last = system.games["first"], system.games[""]
    move = next(move for move in first.stages[-1].moves if move.player == "generator")
    passed = move.terms[-1]
    assert (passed.weight(ALONE - 1), passed.weight(ALONE)) == (0, pytest.approx(0.1))
    sight = first.sights.making(pairs=False)
    random = last.latent_random.get_state()
    value = passed.term(sight)
    last.latent_random.set_state(random)
    latents = torch.randn(8, 3, generator=last.latent_random)
    logits = last.discriminator(last.generator(Inputs(latents, sight.made)), None, sight.made)
    assert value.item() == pytest.approx(softplus(-logits).mean().item(), rel=1e-4)
    gradients = torch.autograd.grad(value, list(first.generator.parameters()))
    assert max(gradient.abs().max() for gradient in gradients) > 1e-8
    silent = build_system(with_settings(style, [("arrangement.joint", 0)]), scenes, CPU)
    assert len(silent.games["first"].stages[-1].moves[1].terms) == len(move.terms) - 1
    assert [stage.kind for stage in silent.stages][-1] == "adversarial"


def test_a_live_change_keeps_what_is_passed_on(style, scenes) -> None:
    system = build_system(style, scenes, CPU)
    system.adjust(with_settings(style, [("optimisers.generator.learning_rate", 5e-4)]))
    move = next(move for move in system.games["first"].stages[-1].moves if move.player == "generator")
    assert move.terms[-1].weight(ALONE) == pytest.approx(0.1)


@pytest.mark.parametrize("stopped", [1, 3, 5, 7], ids=["structure", "reader", "style", "joint"])
def test_it_goes_on_to_the_bit_from_any_stage(style, scenes, stopped: int) -> None:
    whole, before = (build_system(style, scenes, CPU) for _ in range(2))
    for _ in range(STEPS):
        whole.step()
    for _ in range(stopped):
        before.step()
    after = build_system(style, scenes, CPU)
    for name, network in before.networks().items():
        after.networks()[name].load_state_dict(network.state_dict())
    after.load_state(before.state())
    for _ in range(STEPS - stopped):
        after.step()
    for name, network in whole.networks().items():
        for key, value in network.state_dict().items():
            assert torch.equal(value, after.networks()[name].state_dict()[key]), (name, key)


def test_classes_and_a_joint_stage_do_not_go_together(style) -> None:
    wrong = with_settings(style, [("conditioning.labels", "projection")])
    with pytest.raises(ExperimentError, match=r"arrangement.joint: found 0.1, .* joint to 0 or labels to 'off'"):
        check_game(wrong)
    check_game(with_settings(wrong, [("arrangement.joint", 0)]))


def test_what_holds_g_to_the_original_and_a_joint_stage_do_not_go_together(style) -> None:
    features = FeaturesStageSpec(steps=READING, width=4)
    wrong = with_settings(style, [("stages", [features.model_dump()])])
    with pytest.raises(ExperimentError, match=r"joint: found 0.1, but with the stage 'features' .* set joint to 0, or"):
        check_game(wrong)
    check_game(with_settings(wrong, [("arrangement.joint", 0)]))
    check_game(with_settings(wrong, [("stages.0.weight", 0)]))
    small = [("given", LowResolutionSpec(factor=2)), ("stages", []), ("objective", SuperResolutionSpec())]
    held = with_settings(style, [*small, ("generator", MLPGeneratorSpec()), ("discriminator", MLPDiscriminatorSpec())])
    with pytest.raises(ExperimentError, match=r"joint: found 0.1, but objective.kind = 'super_resolution' holds G to"):
        check_game(held)
    check_game(with_settings(held, [("arrangement.joint", 0)]))


def test_steps_of_another_game_are_no_numbers_gone_wrong(style, tmp_path) -> None:
    session = Session(Start(experiment=style, run=tmp_path / "run"))
    for command in (*[Step()] * STEPS, Quit()):
        session.send(command)
    again = Session(Start(resume=tmp_path / "run"))
    again.send(Quit())
    events = [*session.run(), *again.run()]
    assert not [event for event in events if isinstance(event, Failed | Notice)]
    assert sum(len(event.rows) for event in events if isinstance(event, Scalars)) == 2 * STEPS
    assert [alert.kind for event in events if isinstance(event, Alerted) for alert in event.alerts] == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from ganstudio.presets import loads
from ganstudio.training.messages import Quit, Save, Start, Step
from ganstudio.training.session.session import Session

run, stopped = Path(sys.argv[1]), int(sys.argv[2])
session = Session(Start(experiment=loads(Path(sys.argv[3]).read_text()), run=run))
for command in (*[Step()] * stopped, Save(), *[Step()] * 2, Quit()):
    session.send(command)
steps = 0
for event in session.run():
    steps += len(getattr(event, "rows", ()))
    if steps == stopped + 2:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("stopped", [1, 5], ids=["structure", "style"])
def test_a_run_that_is_killed_goes_on_from_its_checkpoint_to_the_bit(style, tmp_path, stopped: int) -> None:
    (tmp_path / "style.toml").write_text(dumps(style))
    words = [str(tmp_path / "killed"), str(stopped), str(tmp_path / "style.toml")]
    ended = subprocess.run([sys.executable, "-c", _KILLED, *words], capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    for again, run, steps in ((False, "whole", STEPS), (True, "killed", STEPS - stopped)):
        start = Start(resume=tmp_path / run) if again else Start(experiment=style, run=tmp_path / run)
        session = Session(start)
        for command in (*[Step()] * steps, Save(), Quit()):
            session.send(command)
        assert not [event for event in session.run() if isinstance(event, Failed)]
    one, other = (tmp_path / name / "checkpoints" / f"step-{STEPS:08d}" for name in ("whole", "killed"))
    weights = sorted(file.name for file in one.glob("*.safetensors"))
    assert len(weights) > 4  # of both games and the reader
    assert [file for file in weights if (one / file).read_bytes() != (other / file).read_bytes()] == []


@pytest.mark.parametrize("options", [["--seeds", "2"], ["--against", "schedule.batch_size=4"]], ids=["band", "duel"])
def test_several_at_once_are_refused_with_what_stands_against_it(style, tmp_path, capsys, options) -> None:
    (tmp_path / "style.toml").write_text(dumps(style))
    assert main(["train", str(tmp_path / "style.toml"), *options, "--out", str(tmp_path / "run"), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "several games at once are played from the first step on, one of each" in told
    assert "set arrangement.kind to 'single'" in told


def test_it_is_trained_sampled_and_gone_on_with_by_command(style, tmp_path, capsys) -> None:
    (tmp_path / "style.toml").write_text(dumps(style))
    run, kept = tmp_path / "run", tmp_path / "kept"
    for out in (run, kept):
        assert main(["train", str(tmp_path / "style.toml"), "--out", str(out), "--quiet"]) == 0
    told = json.loads((run / "data.json").read_text())["partners"]
    assert told == {"kind": "normals", "shape": [3, 16, 16]}
    one, other = (sorted((out / "checkpoints").glob("*/average.safetensors"))[-1] for out in (run, kept))
    assert one.read_bytes() == other.read_bytes()
    assert main(["sample", str(run), "--count", "6", "--out", str(tmp_path / "x.npy")]) == 0
    assert np.load(tmp_path / "x.npy").shape == (6, 16, 16, 3)
    for step in ("normals", "picture"):
        assert main(["sample", str(run), "--count", "6", "--way", step, "--out", str(tmp_path / f"{step}.npy")]) == 0
    normals = np.load(tmp_path / "normals.npy")
    assert normals.shape == (6, 16, 16, 3)
    assert np.abs(np.linalg.norm(normals, axis=3) - 1).max() < 1e-5
    np.testing.assert_array_equal(np.load(tmp_path / "picture.npy"), np.load(tmp_path / "x.npy"))
    assert main(["sample", str(run), "--way", "--out", str(tmp_path / "all.npz")]) == 0
    capsys.readouterr()
    assert main(["sample", str(run), "--way", "depth", "--out", str(tmp_path / "y.npy")]) != 0
    assert "--way depth: is no step on this G's way; name normals or picture, or nothing" in capsys.readouterr().err
