"""Games that need more memory than there is are refused before their first step, with what would fit."""

import subprocess
import sys

import pytest
import torch

from ganstudio import cli
from ganstudio.data import build_dataset
from ganstudio.experiment import MLPDiscriminatorSpec, MLPGeneratorSpec
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.group.session import GroupSession
from ganstudio.training.messages import Adjust, Adjusted, Failed, GroupOpened, Notice, Opened, Quit, Start, StartGroup
from ganstudio.training.session import room
from ganstudio.training.session.needs import ALWAYS, at_least, at_most, foreseen, outline
from ganstudio.training.session.session import Session
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
MB = 10**6


@pytest.fixture
def free(monkeypatch):
    """Says how many bytes are free from now on."""

    def set_free(count):
        monkeypatch.setattr(room, "available", lambda _: count)

    return set_free


def needs(experiment):
    dataset = build_dataset(experiment.dataset)
    return foreseen(experiment, dataset, outline(experiment, dataset))


def test_weights_are_counted_without_being_made(images, plane):
    for experiment in (images, plane, load_preset("infogan"), load_preset("conditional"), load_preset("ebgan_glyphs")):
        dataset = build_dataset(experiment.dataset)
        known, trainer = outline(experiment, dataset), Trainer(experiment, dataset, CPU)
        weights = [sum(p.numel() for p in optimiser.parameters) for optimiser in trainer.optimisers.values()]
        assert [known.generator, known.discriminator] == weights


def test_widths_of_any_memory_are_counted_at_once():
    experiment = load_preset("ring").model_copy(
        update={
            "generator": MLPGeneratorSpec(width=4096, depth=12),
            "discriminator": MLPDiscriminatorSpec(width=4096, depth=12, fourier=8),
        }
    )
    dataset = build_dataset(experiment.dataset)
    known = outline(experiment, dataset)
    assert 11 * 4096**2 < known.discriminator < 11.1 * 4096**2
    # G, its average and D, two of Adam's numbers for each weight, and a checkpoint of these while it is written.
    assert 18 < at_least(experiment, known).total(1) / (4 * 11 * 4096**2) < 22


def test_what_a_step_holds_grows_in_a_line_or_with_pairs(images):
    found = needs(images)
    assert all(bend == 0 and slope > 0 for _, slope, bend in found.moves)
    energy = needs(load_preset("ebgan"))
    # Five tables of all pairs, four bytes each.
    assert energy.moves[1][2] == pytest.approx(20, abs=0.1)
    assert energy.total(65_536) > 17e9


@pytest.mark.parametrize("name", ["ring", "digits", "dcgan", "infogan", "ebgan"])
def test_the_first_count_is_never_below_the_second(name):
    experiment = load_preset(name)
    dataset = build_dataset(experiment.dataset)
    known = outline(experiment, dataset)
    for batch in (16, 1024, 16_384):
        changed = with_setting(experiment, "schedule.batch_size", batch)
        assert at_most(changed, known) > foreseen(changed, dataset, known).total(batch)


def test_counting_leaves_the_random_numbers_and_the_dataset_alone(images):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    needs(images)
    assert torch.equal(before, torch.get_rng_state())


def test_counting_loads_no_compiler():
    script = (
        "import sys\nfrom ganstudio.data import build_dataset\n"
        "from ganstudio.presets import load_preset, with_setting\n"
        "from ganstudio.training.session.needs import foreseen, outline\n"
        "for name in ('ring', 'digits'):\n"
        "    experiment = with_setting(load_preset(name), 'discriminator.normalisation', 'spectral')\n"
        "    dataset = build_dataset(experiment.dataset)\n"
        "    outline(experiment, dataset)\n"
        "sys.stdout.write(str('torch._dynamo' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False"


def test_a_batch_too_large_is_refused_with_one_that_fits(images, free):
    experiment = with_setting(images, "schedule.batch_size", 65_536)
    dataset, found = build_dataset(experiment.dataset), needs(experiment)
    free(ALWAYS + found.total(4096) + 1)
    with pytest.raises(room.NotEnoughMemory, match=r"training needs some [\d.]+ GB .* a batch size of 4,096 would"):
        room.check_memory([experiment], dataset, CPU)
    room.check_memory([with_setting(experiment, "schedule.batch_size", 4096)], dataset, CPU)
    free(ALWAYS + found.total(4096) - 1)
    with pytest.raises(room.NotEnoughMemory, match="a batch size of 2,048 would fit"):
        room.check_memory([experiment], dataset, CPU)


def test_networks_too_wide_are_refused_unbuilt_with_widths_that_fit(free):
    experiment = load_preset("ring").model_copy(
        update={
            "generator": MLPGeneratorSpec(width=4096, depth=12),
            "discriminator": MLPDiscriminatorSpec(width=2048, depth=12),
        }
    )
    free(130 * MB)
    with pytest.raises(
        room.NotEnoughMemory,
        match=r"networks alone need some [\d.]+ GB .* widths of (256|128) for G and (256|128) for D would fit",
    ):
        room.check_memory([experiment], build_dataset(experiment.dataset), CPU)


def test_only_the_heavier_player_is_made_narrower(images, free):
    experiment = with_setting(images, "discriminator.width", 512)
    free(60 * MB)
    with pytest.raises(room.NotEnoughMemory, match=r"widths of 4 for G and (128|64) for D would fit"):
        room.check_memory([experiment], build_dataset(experiment.dataset), CPU)


def test_a_game_of_ordinary_size_is_not_even_rehearsed(images, free, monkeypatch):
    monkeypatch.setattr(room, "foreseen", None)
    free(2000 * MB)
    room.check_memory([images], build_dataset(images.dataset), CPU)
    free(None)
    room.check_memory([images], build_dataset(images.dataset), CPU)


def events_of(session, *commands):
    for command in (*commands, Quit()):
        session.send(command)
    return list(session.run())


def test_a_session_refuses_before_it_begins_and_a_change_while_it_goes(images, free):
    free(60 * MB)
    (failed,) = (event for event in events_of(Session(Start(experiment=large(images)))) if isinstance(event, Failed))
    assert failed.expected
    assert "GB are free" in failed.message
    events = events_of(Session(Start(experiment=images)), Adjust("schedule.batch_size", 65_536))
    assert any(isinstance(event, Opened) for event in events)
    assert any("would fit" in event.message for event in events if isinstance(event, Notice))
    assert not any(isinstance(event, Adjusted | Failed) for event in events)


def large(experiment):
    return with_setting(experiment, "schedule.batch_size", 65_536)


def test_the_members_of_a_group_add_up(plane, free):
    dataset, found = build_dataset(plane.dataset), needs(plane)
    free(ALWAYS + int(3.5 * found.total(16)))
    room.check_memory([plane] * 3, dataset, CPU)
    with pytest.raises(room.NotEnoughMemory, match="of 4 games"):
        room.check_memory([plane] * 4, dataset, CPU)
    band = StartGroup(experiments=(plane,), seeds=16)
    assert any(isinstance(event, Failed) and event.expected for event in events_of(GroupSession(band)))
    free(100 * MB)
    events = events_of(GroupSession(band), Adjust("schedule.batch_size", 65_536))
    assert any(isinstance(event, GroupOpened) for event in events)
    assert any("of 16 games" in event.message for event in events if isinstance(event, Notice))


def test_the_command_line_says_it_in_one_line(free, tmp_path, capsys):
    free(500 * MB)
    command = ["train", "digits", "--set", "dataset.size=64", "--set", "schedule.batch_size=65536", "--quiet"]
    assert cli.main([*command, "--out", str(tmp_path / "run")]) == 2
    assert "a batch size of 256 would fit" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
