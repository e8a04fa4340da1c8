"""The verbs and their options. Each verb's module, and what it needs, is imported when the verb is called."""

from __future__ import annotations

import argparse
import math
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from ganstudio import __version__
from ganstudio.cli._terminal import warn, write_anything

INTERRUPTED = 130
MOST_THREADS = 256
_GET = "datasets get"
EXPORTS = ("samples", "grid", "corners", "walk", "film", "curves", "model")
"""What can be exported of a run."""

KNOWN = ("mnist", "fashion_mnist", "kmnist", "cifar10", "dsprites")
WEIGHTS = "inception"
"""What can be fetched; those of ``data.known`` and ``data.weights``, which are not imported for a page of help."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        warn(f"{message}; {self.prog} --help shows how")
        sys.exit(2)


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
        warn(str(error))
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
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


def _add_train(verbs: argparse._SubParsersAction[_Parser]) -> None:
    train = verbs.add_parser(
        "train",
        help="train without a window",
        description="Train to the schedule's last step and leave a run folder with samples, curves and a summary.",
    )
    train.set_defaults(verb=("ganstudio.cli._train", "train"))
    train.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name, a TOML file or a run folder")
    train.add_argument("--data", metavar="PATH", type=Path, help="train on this folder, archive, array or CSV file")
    train.add_argument(
        "--set",
        metavar="dotted.key=value",
        dest="settings",
        action="append",
        default=[],
        help="change a setting, such as schedule.batch_size=64 or objective.kind=hinge; may be repeated",
    )
    train.add_argument("--steps", metavar="N", type=_count, help="the schedule's last step")
    train.add_argument("--seconds", metavar="S", type=_seconds, help="stop after S seconds of training")
    train.add_argument("--seed", metavar="N", type=_natural, help="seed of every random draw")
    train.add_argument(
        "--seeds",
        metavar="N",
        type=_count,
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
    train.add_argument(
        "--changes",
        metavar="FILE",
        type=Path,
        help="do again what was changed by hand in another run, at the same steps: its changes.jsonl",
    )
    train.add_argument(
        "--threads",
        metavar="N",
        type=_threads,
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
        type=_natural,
        help="with --resume and --branch: from the checkpoint of this step, not the newest",
    )
    train.add_argument("--json", action="store_true", help="print the results as one JSON object")
    train.add_argument("--quiet", action="store_true", help="show no progress")


def _add_others(verbs: argparse._SubParsersAction[_Parser]) -> None:
    window = verbs.add_parser("open", help="open the window on data, a preset, a TOML file or a run")
    window.set_defaults(verb=("ganstudio.cli._window", "window"))
    # Not needed, so that a desktop may leave it out: its entry names one command for a click and for a file.
    window.add_argument(
        "path", metavar="PATH", nargs="?", help="images, points, an experiment's TOML file, a run; or a preset's name"
    )
    _add_measure(verbs)
    _add_sample(verbs)
    _add_upscale(verbs)
    _add_export(verbs)
    _add_project(verbs)

    presets = verbs.add_parser("presets", help="list the experiments that the program brings")
    presets.set_defaults(verb=("ganstudio.cli._inspect", "presets"))

    doctor = verbs.add_parser("doctor", help="say what the machine has and what is missing")
    doctor.set_defaults(verb=("ganstudio.cli._inspect", "doctor"))
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.add_argument("--fix", action="store_true", help="install the system libraries that Qt needs, where allowed")


def _add_measure(verbs: argparse._SubParsersAction[_Parser]) -> None:
    measure = verbs.add_parser("measure", help="measure how far a run's generator is from the data")
    measure.set_defaults(verb=("ganstudio.cli._measure", "measure"))
    measure.add_argument("run", metavar="RUN", type=Path, help="the run's folder, or that of one of its checkpoints")
    measure.add_argument("--member", metavar="NAME", help="of a duel or a band: which of its games")
    measure.add_argument("--at", metavar="STEP", type=_natural, help="measure the checkpoint of this step")
    measure.add_argument(
        "--estimator",
        choices=("probe", "histogram", "neighbours"),
        default="probe",
        help="how the divergences are estimated: by a probe classifier, for any data (probe), or for points by "
        "counting in cells or by nearest neighbours",
    )
    measure.add_argument(
        "--inception",
        nargs="?",
        const="",
        metavar="FILE",
        help="measure the published FID too, with the weights that were fetched or these; some minutes",
    )
    measure.add_argument(
        "--pictures",
        metavar="FILE",
        type=Path,
        help="write the nearest training images and the images at the ends of each code: .png a sheet, .npz everything",
    )
    measure.add_argument("--gently", action="store_true", help="use one thread, of a lower priority")
    measure.add_argument("--json", action="store_true", help="print one JSON object")
    measure.add_argument("--quiet", action="store_true", help="show no progress")


def _add_sample(verbs: argparse._SubParsersAction[_Parser]) -> None:
    sample = verbs.add_parser("sample", help="write samples of a run's generator to a file")
    sample.set_defaults(verb=("ganstudio.cli._inspect", "sample"))
    sample.add_argument("run", metavar="RUN", type=Path, help="the run's folder, or that of one of its checkpoints")
    sample.add_argument("--member", metavar="NAME", help="of a duel or a band: which of its games")
    sample.add_argument("--at", metavar="STEP", type=_natural, help="of the checkpoint of this step, not the newest")
    sample.add_argument("--count", metavar="N", type=_count, default=1, help="how many (1)")
    sample.add_argument("--seed", metavar="N", type=_natural, default=0, help="seed of the latents (0)")
    sample.add_argument(
        "--class", metavar="NAME", dest="of_class", help="samples of this class, of a run that was told the classes"
    )
    sample.add_argument(
        "--level",
        metavar="N",
        type=_natural,
        default=0,
        help="where G works from the coarse to the fine: N steps before the end",
    )
    sample.add_argument(
        "--way",
        nargs="?",
        const="all",
        metavar="STEP",
        help="each sample with all steps on the way to it: a row (.png), or arrays (.npz); or one of the steps "
        "of a G that makes normals first: normals or picture",
    )
    sample.add_argument(
        "--temperature",
        metavar="T",
        type=_temperature,
        help="of sentences: below 1 likely words are likelier still, above 1 all are more alike (1)",
    )
    sample.add_argument("--prefix", metavar="WORDS", help="of sentences: how each of them begins")
    sample.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help=".png (a grid), .npy or .npz; of sounds .wav, of sentences .txt",
    )


def _add_export(verbs: argparse._SubParsersAction[_Parser]) -> None:
    export = verbs.add_parser(
        "export",
        help="write what a run makes to files that other programs read",
        description="Write samples, sheets, films, the curves or G itself of a run. The file says of itself which run, "
        "step and latents it comes from, and opens these when it is dropped on the window.",
    )
    export.set_defaults(verb=("ganstudio.cli._export", "export"))
    export.add_argument("run", metavar="RUN", type=Path, help="the run's folder, or that of one of its checkpoints")
    export.add_argument(
        "--what",
        choices=EXPORTS,
        required=True,
        help="samples: one file, or a folder with a file for each; grid: samples side by side; corners: a grid between "
        "four points of the latent space; walk: from point to point, as a film, or a WAV of sounds; film: the same "
        "points at every step that is kept; curves: all numbers (.csv) or a plot (.png); model: G as .pt2 with "
        ".safetensors, .onnx or .py",
    )
    export.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help="the ending says the format: .png, .npz, .wav; films .gif, .webp, .avif, .png, .mp4, .webm",
    )
    export.add_argument("--member", metavar="NAME", help="of a duel or a band: which of its games")
    export.add_argument("--at", metavar="STEP", type=_natural, help="of the checkpoint of this step, not the newest")
    export.add_argument(
        "--count", metavar="N", type=_count, help="how many points (16 samples, 64 in a grid, 6 to walk)"
    )
    export.add_argument("--seed", metavar="N", type=_natural, default=0, help="the first one's seed; each has one (0)")
    export.add_argument("--class", metavar="NAME", dest="of_class", help="of this class, where G was told the classes")
    export.add_argument(
        "--truncation", metavar="T", type=_share, default=1.0, help="how far from the centre z is drawn, 0 to 1 (1)"
    )
    export.add_argument(
        "--latents",
        metavar="POINTS",
        help="these points in place of drawn ones: numbers with , between and points with ; between, an array (.npy), "
        "or a file that was exported; --latents=-1,2 where the first number is negative",
    )
    export.add_argument("--columns", metavar="N", type=_count, help="columns of a grid")
    export.add_argument("--size", metavar="N", type=_count, help="pixels of a film's longer side, at least (256)")
    export.add_argument("--seconds", metavar="S", type=_seconds, default=2.0, help="of a walk, from point to point (2)")
    export.add_argument("--fps", metavar="N", type=_rate, default=30, help="frames a second, 1 to 60 (30)")
    export.add_argument("--open", action="store_true", help="end a walk at its last point, not back at the first")
    export.add_argument("--even", action="store_true", help="walk evenly, not slowly at each point")
    export.add_argument("--gently", action="store_true", help="use one thread, of a lower priority")
    export.add_argument("--quiet", action="store_true", help="show no progress")


def _add_project(verbs: argparse._SubParsersAction[_Parser]) -> None:
    project = verbs.add_parser(
        "project",
        help="find the latents of a picture: from which G makes the nearest one",
        description="Look for the latents from which a run's generator makes the sample nearest to a picture, or to "
        "one of its real samples. The distance is told next to that of the best of 10,000 random samples.",
    )
    project.set_defaults(verb=("ganstudio.cli._project", "project"))
    project.add_argument("run", metavar="RUN", type=Path, help="the run's folder, or that of one of its checkpoints")
    project.add_argument(
        "picture",
        metavar="PICTURE",
        help="a picture, one sample of such a run as .npy, or real:N for the N-th of its data, those held out last",
    )
    project.add_argument("--member", metavar="NAME", help="of a duel or a band: which of its games")
    project.add_argument("--at", metavar="STEP", type=_natural, help="with the checkpoint of this step, not the newest")
    project.add_argument("--starts", metavar="N", type=_count, default=8, help="from how many points it is looked for")
    project.add_argument("--steps", metavar="N", type=_count, default=300, help="steps of the search")
    project.add_argument("--seed", metavar="N", type=_natural, default=0, help="seed of the random samples")
    project.add_argument("--latents", metavar="FILE", type=Path, help="write the latents (.npy), for export --latents")
    project.add_argument(
        "--out", metavar="FILE", type=Path, help="write the picture, the best random sample and what was found (.png)"
    )
    project.add_argument("--json", action="store_true", help="print one JSON object")
    project.add_argument("--quiet", action="store_true", help="show no progress")


def _add_upscale(verbs: argparse._SubParsersAction[_Parser]) -> None:
    upscale = verbs.add_parser(
        "upscale",
        help="enlarge pictures with a run's generator",
        description="Enlarge pictures of any size with the generator of a run that was given small images, as that of "
        "the preset srgan is. It invents what it was trained on: one of stripes draws stripes.",
    )
    upscale.set_defaults(verb=("ganstudio.cli._upscale", "upscale"))
    upscale.add_argument("pictures", metavar="PICTURE", type=Path, nargs="+", help="a picture, or a folder of them")
    upscale.add_argument("--run", metavar="RUN", type=Path, required=True, help="the run's folder, or a checkpoint's")
    upscale.add_argument(
        "--out",
        metavar="PATH",
        type=Path,
        required=True,
        help="the file for one picture (.png, .jpg, .webp, .bmp, .tif), or a folder for all, as PNG",
    )
    upscale.add_argument("--at", metavar="STEP", type=_natural, help="with the checkpoint of this step, not the newest")
    upscale.add_argument(
        "--alpha",
        metavar="A",
        type=_share,
        default=1.0,
        help="how much is invented: 0 as after the content stage, by squared errors alone, 1 as G does (1)",
    )
    upscale.add_argument("--compare", action="store_true", help="write sheets: bicubic, squared error, G")
    upscale.add_argument("--gently", action="store_true", help="use one thread, of a lower priority")
    upscale.add_argument("--quiet", action="store_true", help="show no progress")


def _add_datasets(verbs: argparse._SubParsersAction[_Parser]) -> None:
    datasets = verbs.add_parser(
        "datasets",
        help="look at a dataset, or list those and the weights that can be fetched",
        description="Read what lies at PATH and print its card: what it was taken for, how many of which size and "
        "class, what was skipped. It is kept prepared, so that training on it begins at once. Without PATH, list the "
        "datasets and weights that can be fetched.",
    )
    datasets.set_defaults(verb=("ganstudio.cli._datasets", "look"))
    datasets.add_argument("path", metavar="PATH", type=Path, nargs="?", help="images, points or arrays")
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


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of at least 1")
    return int(text)


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_THREADS:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 1 to {MOST_THREADS}")
    return int(text)


def _natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 0 to {2**32 - 1}")
    return int(text)


def _rate(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of frames a second from 1 to 60")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number from 0 to 1")
    return share


def _temperature(text: str) -> float:
    try:
        temperature = float(text)
    except ValueError:
        temperature = math.nan
    if not 0.01 <= temperature <= 100:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number from 0.01 to 100")
    return temperature


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number of seconds greater than 0")
    return seconds
