"""What a ``train`` command line asks for where it is of several games side by side: a duel, or a band of seeds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.cli._plan import NO_AT, RUNS, Plan, applied, asked_for, base_experiment, settings_of
from ganstudio.cli._terminal import UsageError
from ganstudio.presets import ExperimentError, anchored, is_live, parse_setting, preset_names, with_setting
from ganstudio.run import GroupChoice, GroupFolder, check_free, is_group, list_runs
from ganstudio.training.messages import Adjust, Command, Play, StartGroup

if TYPE_CHECKING:
    import argparse

    from ganstudio.experiment import Experiment

MOST_SEEDS, MOST_GAMES = 64, 4


def asks_for_group(arguments: argparse.Namespace) -> bool:
    """Whether several games are meant: by an option, or by the run that is gone on with."""
    named = [path for path in (arguments.out, Path(arguments.experiment)) if path is not None]
    return bool(arguments.seeds or arguments.against or (arguments.resume and is_group(named[0])))


def plan_group(arguments: argparse.Namespace) -> Plan[StartGroup]:
    """Read a command line. Raises UsageError, ExperimentError, DatasetError or RunError."""
    if arguments.branch:
        raise UsageError("--branch: is of a run of one game, not of several side by side")
    if arguments.at is not None and not arguments.resume:
        raise UsageError(NO_AT)
    if arguments.changes is not None:
        raise UsageError(
            "--changes: are replayed in a single game, not in several side by side; make them with --set from the "
            "beginning, or open one of the games as a run of its own and replay that"
        )
    return _resumed(arguments) if arguments.resume else _new(arguments)


def _new(arguments: argparse.Namespace) -> Plan[StartGroup]:
    if arguments.seeds and arguments.against:
        raise UsageError("--seeds trains one experiment with many seeds, --against several experiments: choose one")
    if arguments.seeds and arguments.seeds > MOST_SEEDS:
        raise UsageError(f"--seeds {arguments.seeds}: a band has at most {MOST_SEEDS} seeds")
    if len(arguments.against) >= MOST_GAMES:
        raise UsageError(f"--against: a duel has at most {MOST_GAMES} games, found {len(arguments.against) + 1}")
    if arguments.out is not None:
        check_free(arguments.out)
    start = StartGroup(
        experiments=_experiments(arguments),
        seeds=arguments.seeds or 0,
        run=arguments.out,
        runs=RUNS,
        threads=arguments.threads,
        play=True,
        measure=False,
    )
    return Plan(start=start, run=arguments.out)


def _experiments(arguments: argparse.Namespace) -> tuple[Experiment, ...]:
    settings = settings_of(arguments)
    first = applied(base_experiment(arguments.experiment, arguments.data, settings), settings)
    others = [_other(first, text, arguments) for text in arguments.against]
    return tuple(anchored(experiment, Path.cwd()) for experiment in (first, *others))


def _other(first: Experiment, text: str, arguments: argparse.Namespace) -> Experiment:
    """What the first is to be compared with: the same with other settings, or another experiment."""
    if "=" not in text or text in preset_names() or Path(text).exists():
        return applied(base_experiment(text, arguments.data, settings_of(arguments)), settings_of(arguments))
    return applied(first, [parse_setting(part) for part in text.split(";")])


def _resumed(arguments: argparse.Namespace) -> Plan[StartGroup]:
    run, at = asked_for(_run_to_resume(arguments), arguments.at)
    GroupFolder.open(run, read_only=True)
    choice = GroupChoice(run, at)
    lineup = choice.lineup
    if arguments.data is not None and getattr(lineup.experiments[0].dataset, "path", None) != str(
        arguments.data.resolve()
    ):
        raise UsageError(f"--data {arguments.data}: the games in {run} go on with the data that they began with")
    commands: list[Command] = []
    experiments = list(lineup.experiments)
    for path, value in settings_of(arguments):
        changed = _with_all(experiments, path, value)
        if changed == experiments:
            continue
        if not is_live(path):
            raise UsageError(f"{path}: cannot change in the games in {run}, which have begun; start new ones for that")
        commands.append(Adjust(path, value))
        experiments = changed
    last = max(experiment.schedule.steps for experiment in experiments)
    return Plan(
        start=StartGroup(resume=run if at is None else choice.path, threads=arguments.threads, measure=False),
        commands=(*commands, Play()),
        run=run,
        done=choice.step if choice.step >= last else None,
        told=choice.told(),
    )


def _with_all(experiments: list[Experiment], path: str, value: Any) -> list[Experiment]:
    """The experiments with a setting changed in those that have it. Raises ExperimentError where none can take it."""
    changed, refused = list(experiments), []
    for index, experiment in enumerate(experiments):
        try:
            changed[index] = with_setting(experiment, path, value)
        except ExperimentError as error:
            refused.append(error)
    if len(refused) == len(experiments):
        raise refused[0]
    return changed


def _run_to_resume(arguments: argparse.Namespace) -> Path:
    if arguments.out is not None:
        return Path(arguments.out)
    given = Path(arguments.experiment)
    if is_group(given):
        return given
    name = base_experiment(arguments.experiment, None).name
    kind = "band" if arguments.seeds else "duel"
    found = next((one.path for one in list_runs(RUNS) if (one.name, one.kind) == (name, kind)), None)
    if found is None:
        raise UsageError(f"--resume: no {kind} of {name} in {RUNS}; name its folder with --out")
    return found
