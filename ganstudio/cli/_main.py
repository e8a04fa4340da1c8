"""The verbs and their options. Each verb's module, and what it needs, is imported when the verb is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio import __version__
from ganstudio.cli._reading import Parser, count, natural, seconds, threads
from ganstudio.cli._run_verbs import add_export, add_measure, add_notes, add_project, add_sample, add_upscale
from ganstudio.cli._terminal import warn, write_anything

if TYPE_CHECKING:
    import argparse

INTERRUPTED = 130
_GET = "datasets get"

DATA = "images, sounds, MIDI files, a text, a table or an array; a file, or a folder or an archive of them"
KNOWN = ("mnist", "fashion_mnist", "kmnist", "cifar10", "dsprites")
WEIGHTS = "inception"
"""What can be fetched; those of ``data.known`` and ``data.weights``, which are not imported for a page of help."""


def main(argv: list[str]) -> int:
    """Carry out a command line without the program's name; the exit status. --help and wrong usage raise SystemExit."""
    write_anything()
    if argv[:2] == _GET.split():
        argv = [_GET, *argv[2:]]  # a verb of two words: beside it argparse would take no PATH
    arguments = _parser().parse_args(argv)
    module, verb = arguments.verb
    try:
        status: int = getattr(import_module(module), verb)(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the results has seen enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except ValueError as error:
        # Those that the program itself defines are for people: experiments, runs, data, exports.
        if not type(error).__module__.startswith("ganstudio."):
            raise
        warn(f"{error}{_by_out(error)}")
        return 2
    return status


def _by_out(error: ValueError) -> str:
    """What else a command line can do about it, which the window can't."""
    from ganstudio.run import PlaceError

    return "; --out names another place for this run" if isinstance(error, PlaceError) else ""


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="ganstudio",
        description="A playground for generative adversarial networks. Without a verb it opens the window; "
        "with no display it trains the ring preset.",
    )
    parser.add_argument("--version", action="version", version=f"ganstudio {__version__}")
    parser.set_defaults(verb=("ganstudio.cli._window", "window"), path=None)
    verbs = parser.add_subparsers(metavar="VERB", title="verbs")
    _add_train(verbs)
    _add_others(verbs)
    _add_datasets(verbs)
    return parser


def _add_train(verbs: argparse._SubParsersAction[Parser]) -> None:
    train = verbs.add_parser(
        "train",
        help="train without a window",
        description="Train to the schedule's last step and leave a run folder with samples, curves and a summary.",
    )
    train.set_defaults(verb=("ganstudio.cli._train", "train"))
    train.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name, a TOML file or a run folder")
    train.add_argument("--data", metavar="PATH", type=Path, help=f"train on this: {DATA}")
    train.add_argument(
        "--set",
        metavar="dotted.key=value",
        dest="settings",
        action="append",
        default=[],
        help="change a setting, such as schedule.batch_size=64 or objective.kind=hinge; may be repeated",
    )
    train.add_argument("--steps", metavar="N", type=count, help="the schedule's last step")
    train.add_argument("--seconds", metavar="S", type=seconds, help="stop after S seconds of training")
    train.add_argument("--seed", metavar="N", type=natural, help="seed of every random draw")
    train.add_argument(
        "--seeds",
        metavar="N",
        type=count,
        help="train a band: the experiment with N seeds at once, in one computation",
    )
    train.add_argument(
        "--against",
        metavar="OTHER",
        action="append",
        default=[],
        help="train a duel: against another experiment, or this one with dotted.key=value (several with ; between); up "
        "to three times. A band and a duel are of points of the plane",
    )
    train.add_argument("--out", metavar="DIR", type=Path, help="the run's folder; without it a new one under runs/")
    _add_going_on(train)


def _add_going_on(train: Parser) -> None:
    """Options of runs that there are already, and of what is told."""
    train.add_argument(
        "--changes",
        metavar="FILE",
        type=Path,
        help="do again what was changed by hand in another run, at the same steps: its changes.jsonl",
    )
    train.add_argument(
        "--threads",
        metavar="N",
        type=threads,
        help="compute with N threads; without it as many as are fastest, and in a run that goes on as many as it had",
    )
    train.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="where to compute")
    train.add_argument(
        "--resume", action="store_true", help="go on with the run in --out, or the newest of this experiment"
    )
    train.add_argument(
        "--branch", action="store_true", help="a new run that goes on from a checkpoint of the run EXPERIMENT"
    )
    train.add_argument(
        "--at",
        metavar="STEP",
        type=natural,
        help="with --resume and --branch: from the checkpoint of this step, not the newest",
    )
    train.add_argument("--json", action="store_true", help="print the results as one JSON object")
    train.add_argument("--quiet", action="store_true", help="show no progress")


def _add_others(verbs: argparse._SubParsersAction[Parser]) -> None:
    window = verbs.add_parser("open", help="open the window on data, a preset, a TOML file or a run")
    window.set_defaults(verb=("ganstudio.cli._window", "window"))
    # Not needed, so that a desktop may leave it out: its entry names one command for a click and for a file.
    window.add_argument(
        "path", metavar="PATH", nargs="?", help=f"{DATA}; an experiment's TOML file, a run; or a preset's name"
    )
    add_measure(verbs)
    add_sample(verbs)
    add_notes(verbs)
    add_upscale(verbs)
    add_export(verbs)
    add_project(verbs)

    presets = verbs.add_parser(
        "presets",
        help="list the experiments that the program brings, or print one",
        description="List the experiments that the program brings, or print all settings of one, as a TOML file that "
        "ganstudio train takes: each may be changed in it, or by train --set.",
    )
    presets.set_defaults(verb=("ganstudio.cli._inspect", "presets"))
    presets.add_argument("name", metavar="NAME", nargs="?", help="print this one")

    doctor = verbs.add_parser("doctor", help="say what the machine has and what is missing")
    doctor.set_defaults(verb=("ganstudio.cli._inspect", "doctor"))
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.add_argument("--fix", action="store_true", help="install the system libraries that Qt needs, where allowed")


def _add_datasets(verbs: argparse._SubParsersAction[Parser]) -> None:
    datasets = verbs.add_parser(
        "datasets",
        help="look at a dataset, or list those and the weights that can be fetched",
        description="Read what lies at PATH and print its card: what it was taken for, how many of which size and "
        "class, what was skipped. It is kept prepared, so that training on it begins at once. Without PATH, list the "
        "datasets and weights that can be fetched.",
    )
    datasets.set_defaults(verb=("ganstudio.cli._datasets", "look"))
    datasets.add_argument("path", metavar="PATH", type=Path, nargs="?", help=DATA)
    datasets.add_argument("--json", action="store_true", help="print the card as one JSON object")
    datasets.add_argument("--quiet", action="store_true", help="show no progress")
    get = verbs.add_parser(
        _GET,
        help="fetch a dataset",
        description="Fetch a dataset from where it is published into the program's folder, with its checksum checked.",
    )
    get.set_defaults(verb=("ganstudio.cli._datasets", "get"))
    get.add_argument("name", metavar="NAME", choices=(*KNOWN, WEIGHTS), help=", ".join((*KNOWN, WEIGHTS)))
    get.add_argument("--mirror", metavar="URL", help="take the files from this address; else from GANSTUDIO_MIRROR")
    get.add_argument("--quiet", action="store_true", help="show no progress")
