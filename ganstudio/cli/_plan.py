"""What a ``train`` command line asks for: a new run, or an old one to go on with, checked before torch loads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ganstudio.cli._replay import replayed
from ganstudio.cli._terminal import UsageError, warn
from ganstudio.experiment.places import text_of
from ganstudio.presets import (
    ExperimentError,
    anchored,
    check_past,
    experiment_for,
    find_experiment,
    is_live,
    outermost_first,
    parse_setting,
    partners,
    with_setting,
    with_settings,
)
from ganstudio.run import Choice, RunFolder, check_free, in_force, list_runs, run_and_step
from ganstudio.training.messages import Adjust, Command, Play, Start, StartGroup

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from ganstudio.experiment import Experiment

RUNS = Path("runs")
_READING = ("columns", "labels", "header", "encoding", "decimal", "key")  # fields that say how a table is read
NO_AT = "--at: is of a run that is gone on with; add --resume, or --branch"
Begun = TypeVar("Begun", Start, StartGroup)


@dataclass(frozen=True, kw_only=True)
class Plan(Generic[Begun]):
    """How a session, of one game or of several, is started, and what is sent to it at once.

    run: the folder, where it is known already. done: the step that the run stands at when there is nothing to do.
    told: that its newest checkpoint is damaged, and which is taken in its place.
    """

    start: Begun
    commands: tuple[Command, ...] = ()
    run: Path | None = None
    done: int | None = None
    told: str | None = None


def plan(arguments: argparse.Namespace) -> Plan[Start]:
    """Read a command line. Raises UsageError, ExperimentError, DatasetError or RunError."""
    if arguments.branch:
        return _branched(arguments)
    return _resumed(arguments) if arguments.resume else _new(arguments)


def _new(arguments: argparse.Namespace) -> Plan[Start]:
    if arguments.at is not None:
        raise UsageError(NO_AT)
    experiment = _experiment(arguments)
    if arguments.out is not None:
        check_free(arguments.out)
    changes, threads = replayed(arguments.changes, experiment) if arguments.changes else ((), None)
    start = Start(
        experiment=experiment,
        run=arguments.out,
        runs=RUNS,
        threads=arguments.threads or threads,
        changes=changes,
        play=True,
        measure=False,
    )
    return Plan(start=start, run=arguments.out)


def _experiment(arguments: argparse.Namespace) -> Experiment:
    settings = settings_of(arguments)
    experiment = base_experiment(arguments.experiment, arguments.data, settings)
    return anchored(applied(experiment, settings), Path.cwd())


def base_experiment(text: str, data: Path | None, settings: Sequence[tuple[str, Any]] = ()) -> Experiment:
    """The experiment that is named, on other data if there are any, before it is changed.

    settings: those to come; what they say of how the data are read is needed before anything can be loaded.
    """
    experiment = find_experiment(text)
    choices = {path: value for path, value in settings if path.startswith("dataset.")}
    return experiment if data is None else _on_data(experiment, data, choices)


def applied(experiment: Experiment, settings: Sequence[tuple[str, Any]]) -> Experiment:
    """The experiment with all of these settings, in whatever order they come, and what changes along with them.

    Those of one part, such as the dataset, need only be right together; one that another part's change makes room for,
    as the energy does for D's code, waits for that.
    """
    given = {path.removesuffix(".kind") for path, _ in settings}
    waiting: dict[str, list[tuple[str, Any]]] = {}
    for path, value in settings:
        waiting.setdefault(path.partition(".")[0], []).append((path, value))
    while waiting:
        failures: list[ExperimentError] = []
        before = len(waiting)
        for part, some in list(waiting.items()):
            try:
                experiment = with_settings(experiment, some)
            except ExperimentError as error:
                failures.append(error)
                continue
            del waiting[part]
            for path, _ in some:
                experiment = _with_partners(experiment, path, given)
        if len(waiting) == before:
            raise failures[0]
    return experiment


def _with_partners(experiment: Experiment, path: str, given: set[str]) -> Experiment:
    for switch in partners(experiment, path):
        if switch.path not in given:  # else it is the user's word against itself, and an error says so
            experiment = with_setting(experiment, switch.path, switch.value)
            warn(f"{switch.why}: {switch.path} is now {switch.now!r}")
    return experiment


def settings_of(arguments: argparse.Namespace) -> list[tuple[str, Any]]:
    """Every setting of the command line as path and value; the options count more than --set."""
    options = {"schedule.steps": arguments.steps, "seed": arguments.seed, "device.kind": arguments.device}
    given = [(path, value) for path, value in options.items() if value is not None]
    return [*map(parse_setting, arguments.settings), *given]


def _on_data(experiment: Experiment, path: Path, choices: Mapping[str, Any]) -> Experiment:
    from ganstudio.data import open_path

    if not path.exists():
        raise UsageError(f"--data {path}: no such file or folder")
    layout = choices.get("dataset.layout")
    reading = {name: choices[f"dataset.{name}"] for name in _READING if f"dataset.{name}" in choices}
    spec, dataset = open_path(path, layout=layout if isinstance(layout, str) else None, choices=reading)
    partners = None if dataset.partners is None else dataset.partners.modality
    changed = experiment_for(
        spec, dataset.modality, experiment, classes=dataset.has_classes, partners=partners, name=dataset.name
    )
    told = changed.conditioning.labels
    if changed.conditioning != experiment.conditioning:
        none = f"{path.name} has no classes that the players could be told"
        why = none if told == "off" else f"the players are told the classes of {path.name}, as suits such data"
        warn(f"{why}: conditioning.labels is now {told!r}")
    if changed.generator != experiment.generator:
        many = dataset.modality.words.many
        warn(f"the networks of {experiment.name} are not for {many}: taking networks of kind {changed.generator.kind}")
    return changed


def _resumed(arguments: argparse.Namespace) -> Plan[Start]:
    if arguments.changes is not None:
        raise UsageError("--changes: are replayed in a new run, not in one that is gone on with")
    run, at = _run_to_resume(arguments)
    folder = RunFolder.open(run, read_only=True)
    choice = Choice(run, at)
    experiment, _ = in_force(folder, choice)  # of what can't be, the session tells
    if arguments.data is not None and getattr(experiment.dataset, "path", None) != text_of(arguments.data.resolve()):
        raise UsageError(f"--data {arguments.data}: the run in {run} goes on with the data that it began with")
    experiment, commands = _changed(
        arguments, experiment, choice.step, f"cannot change in the run {run}, which has begun; start a new run for that"
    )
    return Plan(
        start=Start(resume=run, at=at, threads=arguments.threads, measure=False),
        commands=(*commands, Play()),
        run=run,
        done=choice.step if choice.step >= experiment.schedule.steps else None,
        told=choice.told(),
    )


def _changed(
    arguments: argparse.Namespace, experiment: Experiment, step: int, refusal: str
) -> tuple[Experiment, list[Command]]:
    """What a run goes on with after so many steps, and the commands to that.

    refusal: what is said of a setting that it began with. Raises UsageError or ExperimentError where one can't change.
    """
    commands: list[Command] = []
    for path, value in outermost_first(settings_of(arguments)):
        changed = with_setting(experiment, path, value)
        if changed == experiment:
            continue
        if not is_live(path):
            raise UsageError(f"{path}: {refusal}")
        check_past(experiment, changed, step)
        commands.append(Adjust(path, value))
        experiment = changed
    return experiment, commands


def _branched(arguments: argparse.Namespace) -> Plan[Start]:
    beyond = {"resume": arguments.resume, "changes": arguments.changes, "data": arguments.data}
    for option, given in beyond.items():
        if given:
            raise UsageError(f"--{option}: --branch goes on from a checkpoint, in a new run; give one of the two")
    run, at = asked_for(Path(arguments.experiment), arguments.at)
    if arguments.out is not None:
        check_free(arguments.out)
    folder = RunFolder.open(run, read_only=True)
    choice = Choice(run, at)
    if choice.path is None:
        raise UsageError(f"{run}: holds no checkpoint yet that a run could be branched from: train it for a while")
    experiment, _ = in_force(folder, choice)
    refusal = f"cannot change at a checkpoint of {run}, whose networks and data have it; start a new run for that"
    _, commands = _changed(arguments, experiment, choice.step, refusal)
    threads, out = arguments.threads, arguments.out
    start = Start(resume=run, at=choice.step, branch=True, run=out, runs=RUNS, threads=threads, measure=False)
    return Plan(start=start, commands=(*commands, Play()), run=out, told=choice.told())


def asked_for(path: Path, at: int | None) -> tuple[Path, int | None]:
    """A run and a step of it, as a command line names them: a run's folder and --at, or the folder of a checkpoint."""
    run, named = run_and_step(path)
    if named is not None and at is not None and named != at:
        raise UsageError(f"--at {at}: {path} is the checkpoint of step {named:,}; name the run's folder: {run}")
    return run, named if at is None else at


def _run_to_resume(arguments: argparse.Namespace) -> tuple[Path, int | None]:
    if arguments.out is not None:
        return asked_for(Path(arguments.out), arguments.at)
    given = Path(arguments.experiment)
    if os.path.lexists(given / "experiment.toml"):
        return asked_for(given, arguments.at)
    name = _experiment(arguments).name
    runs = (one for one in list_runs(RUNS) if not one.trouble)
    found = next((one.path for one in runs if (one.name, one.kind) == (name, "run")), None)
    if found is None:
        raise UsageError(f"--resume: no run of {name} in {RUNS}; name its folder with --out")
    return found, arguments.at
