"""Clips of sounds: what was dropped, as p_data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob

STEP = 1_024
"""Samples: eight frames of 128."""
LEAST_SECONDS = 0.25


class ClipsSpec(Spec):
    """Sounds in a file, a folder, a zip or tar archive, as clips of one length: WAV, FLAC, MP3, Ogg Vorbis and AIFF."""

    kind: Literal["clips"] = "clips"
    path: str = Field(description="Folder, archive or file that holds the sounds", min_length=1)
    rate: Literal[8000, 16000] = knob(
        8000, "How often the wave is sampled; half of it is the highest frequency that is left", unit="Hz"
    )
    seconds: float = knob(
        0.64,
        "Length of each clip, in steps of 1,024 samples; a longer sound is cut, a shorter one followed by silence",
        unit="s",
        ge=LEAST_SECONDS,
        le=4,
    )
    cut: Literal["auto", "beginning", "windows"] = knob(
        "auto",
        "What becomes of a long recording: its beginning, from the first sound on, or windows of it, each from a first "
        "sound on; auto: windows, where it is more than four times as long as a clip",
    )
    representation: Literal["auto", "frequency", "magnitude", "wave"] = knob(
        "auto",
        "What networks see: how loud each frequency is, and with frequency also how its phase turns, which suits "
        "steady tones below a quarter of the rate; from magnitude alone a phase that fits is searched for, which suits "
        "speech and noises; wave: the wave itself, as in 2016 and WaveGAN. auto: as measured in the clips",
    )
    classes: tuple[str, ...] = Field(
        default=(),
        description="Which classes are used, by name; empty: all, and what is of no class",
        json_schema_extra={"unit": "classes"},
        max_length=1_000,
    )
    limit: int = knob(
        0, "How many clips are used at most, chosen at random; 0: all", unit="clips", zero="all", ge=0, le=10**9
    )
    duplicates: Literal["keep", "drop_exact"] = knob(
        "keep", "Which clips that are there again are left out: none, or those of the same values"
    )
    labels: str | None = Field(
        default=None,
        description="What tells the class of each clip: folders, innermost (the folder that it lies in), all_folders "
        "(train and test among them), splits (train and test never), before_underscore (what its file's name begins "
        "with), none, or what a table calls it; empty: the likeliest of these",
        max_length=200,
    )
    test_split: Literal["keep_aside", "train_on", "leave_out"] = knob(
        "keep_aside",
        "What becomes of a test split, such as a folder val next to train: it is kept aside for measures, trained on "
        "as well, or left out",
    )
    held_out: int = knob(0, "How many clips are kept aside for measures", unit="clips", ge=0, le=10_000)

    @property
    def length(self) -> int:
        """Samples of a clip: whole steps, so that networks can halve its frames."""
        return max(2, round(self.seconds * self.rate / STEP)) * STEP
