"""The verbs that take a run, and their options: measure, sample, notes, export, project, upscale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli._reading import count, lights, natural, rate, relief, seconds, seeds, share, temperature

if TYPE_CHECKING:
    import argparse

    from ganstudio.cli._reading import Parser

EXPORTS = ("samples", "grid", "corners", "walk", "film", "light", "curves", "model")
"""What can be exported of a run."""

_FLAGS = {
    "gently": "use one thread, of a lower priority",
    "json": "print one JSON object",
    "quiet": "show no progress",
}


def _add_run(verb: Parser) -> None:
    verb.add_argument("run", metavar="RUN", type=Path, help="the run's folder, or that of one of its checkpoints")


def _add_which(verb: Parser, *, at: str = "of the checkpoint of this step, not the newest") -> None:
    verb.add_argument("--member", metavar="NAME", help="of a duel or a band: which of its games")
    verb.add_argument("--at", metavar="STEP", type=natural, help=at)


def _add_flags(verb: Parser, *names: str) -> None:
    for name in names:
        verb.add_argument(f"--{name}", action="store_true", help=_FLAGS[name])


def add_measure(verbs: argparse._SubParsersAction[Parser]) -> None:
    measure = verbs.add_parser("measure", help="measure how far a run's generator is from the data")
    measure.set_defaults(verb=("ganstudio.cli._measure", "measure"))
    _add_run(measure)
    _add_which(measure, at="measure the checkpoint of this step")
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
    _add_flags(measure, "gently", "json", "quiet")


def add_sample(verbs: argparse._SubParsersAction[Parser]) -> None:
    sample = verbs.add_parser("sample", help="write samples of a run's generator to a file")
    sample.set_defaults(verb=("ganstudio.cli._inspect", "sample"))
    _add_run(sample)
    _add_which(sample)
    sample.add_argument("--count", metavar="N", type=count, default=1, help="how many (1)")
    sample.add_argument("--seed", metavar="N", type=natural, default=0, help="seed of the latents (0)")
    sample.add_argument(
        "--class", metavar="NAME", dest="of_class", help="samples of this class, of a run that was told the classes"
    )
    sample.add_argument(
        "--level",
        metavar="N",
        type=natural,
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
        type=temperature,
        help="of sentences: below 1 likely words are likelier still, above 1 all are more alike (1)",
    )
    sample.add_argument(
        "--played-by", metavar="RUN", type=Path, help="of tunes as .wav: with the notes of this run of sounds"
    )
    sample.add_argument("--prefix", metavar="WORDS", help="of sentences: how each of them begins")
    _add_levels(sample)
    _add_surfaces(sample)
    sample.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help=".png (a grid), .npy or .npz; of sounds .wav, of tunes .mid and .wav, of sentences .txt",
    )


def add_notes(verbs: argparse._SubParsersAction[Parser]) -> None:
    """The verb ``notes``."""
    notes = verbs.add_parser(
        "notes",
        help="write the notes that a run of sounds makes, for tunes to be played with",
        description="Write one note for each pitch that a run of sounds makes: of its classes, where they are pitches, "
        "else of 384 sounds those that are nearest to one.",
    )
    notes.set_defaults(verb=("ganstudio.cli._notes", "notes"))
    _add_run(notes)
    notes.add_argument("--at", metavar="STEP", type=natural, help="of the checkpoint of this step, not the newest")
    notes.add_argument("--out", metavar="FILE", type=Path, required=True, help=".npz: waves, their rate, their pitches")
    _add_flags(notes, "gently")


def _add_levels(sample: argparse.ArgumentParser) -> None:
    """Options for a G that works from the coarse to the fine."""
    levels = sample.add_argument_group(
        "of a G that works from the coarse to the fine",
        "Each level has noise of its own. With --way the steps are written as well.",
    )
    levels.add_argument(
        "--coarse",
        metavar="PICTURE",
        type=Path,
        help="begin with this picture in place of what the coarsest level makes; one that is as large as the images of "
        "a level stands there as it is, any other is made as small as the coarsest",
    )
    levels.add_argument(
        "--noise-seed",
        metavar="N",
        type=natural,
        help="seed of the noise of all levels but the coarsest, whose own is --seed; else --seed too",
    )


def _add_surfaces(sample: argparse.ArgumentParser) -> None:
    """Options for a G that makes normals first and paints them."""
    surfaces = sample.add_argument_group(
        "of a G that makes normals first",
        "A row for each structure, a column for each style. Seeds are one (3), a range (0:8, without its end) or "
        "several (1,4,9).",
    )
    surfaces.add_argument(
        "--structure-seeds", "--structure-seed", metavar="SEEDS", type=seeds, help="of the structures; else --seed"
    )
    surfaces.add_argument(
        "--style-seeds", "--style-seed", metavar="SEEDS", type=seeds, help="of the styles; else --count from --seed on"
    )
    surfaces.add_argument(
        "--normals",
        metavar="FILE",
        type=Path,
        help="paint these surfaces: a map of normals or of depth, or maps as sample --way normals writes them (.npy)",
    )
    surfaces.add_argument(
        "--relight",
        metavar="AZ,EL",
        type=lights,
        help="write the surfaces as clay under a light, so many degrees to the right and up, in place of pictures; "
        "several with ; between are columns; --relight=-40,30 where the first number is negative",
    )
    surfaces.add_argument("--green", choices=("up", "down"), help="where green points to in --normals (up)")
    surfaces.add_argument(
        "--near", choices=("bright", "dark"), help="what is nearer where --normals is a map of depth (bright)"
    )
    surfaces.add_argument(
        "--relief",
        metavar="R",
        type=relief,
        help="how far the nearest is from the farthest where --normals is a map of depth, as a share of the side (0.5)",
    )


def add_export(verbs: argparse._SubParsersAction[Parser]) -> None:
    export = verbs.add_parser(
        "export",
        help="write what a run makes to files that other programs read",
        description="Write samples, sheets, films, the curves or G itself of a run. The file says of itself which run, "
        "step and latents it comes from, and opens these when it is dropped on the window.",
    )
    export.set_defaults(verb=("ganstudio.cli._export", "export"))
    _add_run(export)
    export.add_argument(
        "--what",
        choices=EXPORTS,
        required=True,
        help="samples: one file, or a folder with a file for each; grid: samples side by side; corners: a grid between "
        "four points of the latent space; walk: from point to point, as a film, or a WAV of sounds; film: the same "
        "points at every step that is kept; light: normals that G makes first, as clay under a light that goes "
        "round; curves: all numbers (.csv) or a plot (.png); model: G as .pt2 with "
        ".safetensors, .onnx or .py",
    )
    export.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help="the ending says the format: .png, .npz, .wav; films .gif, .webp, .avif, .png, .mp4, .webm",
    )
    _add_which(export)
    export.add_argument(
        "--count", metavar="N", type=count, help="how many points (16 samples, 64 in a grid, 6 to walk)"
    )
    export.add_argument("--seed", metavar="N", type=natural, default=0, help="the first one's seed; each has one (0)")
    export.add_argument("--class", metavar="NAME", dest="of_class", help="of this class, where G was told the classes")
    export.add_argument(
        "--truncation", metavar="T", type=share, default=1.0, help="how far from the centre z is drawn, 0 to 1 (1)"
    )
    export.add_argument(
        "--latents",
        metavar="POINTS",
        help="these points in place of drawn ones: numbers with , between and points with ; between, an array (.npy), "
        "or a file that was exported; --latents=-1,2 where the first number is negative",
    )
    export.add_argument(
        "--along",
        metavar="DIRECTION",
        help="of a walk: from one end of a direction that the run keeps to the other, by its name",
    )
    export.add_argument(
        "--hold",
        metavar="GAME",
        help="of two games in a chain: keep its latents as in the first point, such as structure; the other's change",
    )
    _add_look(export)


def _add_look(export: Parser) -> None:
    """Options of how samples are laid out, how long a film is and how it goes, and of what is told."""
    export.add_argument("--columns", metavar="N", type=count, help="columns of a grid")
    export.add_argument("--size", metavar="N", type=count, help="pixels of a film's longer side, at least (256)")
    export.add_argument(
        "--seconds",
        metavar="S",
        type=seconds,
        default=2.0,
        help="of a walk, from point to point; of light, once round (2)",
    )
    export.add_argument("--fps", metavar="N", type=rate, default=30, help="frames a second, 1 to 60 (30)")
    export.add_argument("--open", action="store_true", help="end a walk at its last point, not back at the first")
    export.add_argument("--even", action="store_true", help="walk evenly, not slowly at each point")
    _add_flags(export, "gently", "quiet")


def add_project(verbs: argparse._SubParsersAction[Parser]) -> None:
    project = verbs.add_parser(
        "project",
        help="find the latents of a picture: from which G makes the nearest one",
        description="Look for the latents from which a run's generator makes the sample nearest to a picture, or to "
        "one of its real samples. The distance is told next to that of the best of 10,000 random samples.",
    )
    project.set_defaults(verb=("ganstudio.cli._project", "project"))
    _add_run(project)
    project.add_argument(
        "picture",
        metavar="PICTURE",
        help="a picture, one sample of such a run as .npy, or real:N for the N-th of its data, those held out last",
    )
    _add_which(project, at="with the checkpoint of this step, not the newest")
    project.add_argument("--starts", metavar="N", type=count, default=8, help="from how many points it is looked for")
    project.add_argument("--steps", metavar="N", type=count, default=300, help="steps of the search")
    project.add_argument("--seed", metavar="N", type=natural, default=0, help="seed of the random samples")
    project.add_argument("--latents", metavar="FILE", type=Path, help="write the latents (.npy), for export --latents")
    project.add_argument(
        "--out", metavar="FILE", type=Path, help="write the picture, the best random sample and what was found (.png)"
    )
    _add_flags(project, "json", "quiet")


def add_upscale(verbs: argparse._SubParsersAction[Parser]) -> None:
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
    upscale.add_argument("--at", metavar="STEP", type=natural, help="with the checkpoint of this step, not the newest")
    upscale.add_argument(
        "--alpha",
        metavar="A",
        type=share,
        default=1.0,
        help="how much is invented: 0 as after the content stage, by squared errors alone, 1 as G does (1)",
    )
    upscale.add_argument("--compare", action="store_true", help="write sheets: bicubic, squared error, G")
    _add_flags(upscale, "gently", "quiet")
