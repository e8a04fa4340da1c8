"""Experiments as text: the shipped presets, TOML in and out, settings by dotted path."""

from ganstudio.presets._errors import ExperimentError
from ganstudio.presets._fields import is_live, is_setting, live_paths
from ganstudio.presets._files import (
    anchored,
    dumps,
    find_experiment,
    load_experiment,
    load_preset,
    loads,
    preset_file,
    preset_names,
    read_table,
    skim_table,
)
from ganstudio.presets._game import check_game, judged, packing_of
from ganstudio.presets._partners import Switch, partners
from ganstudio.presets._settings import (
    GAMES,
    experiment_for,
    outermost_first,
    parse_setting,
    with_setting,
    with_settings,
)
from ganstudio.presets._staging import (
    Planned,
    check_past,
    is_changeable,
    plan_of,
    present,
    repeated,
    shared,
    skipped,
    total_for,
)

__all__ = [
    "GAMES",
    "ExperimentError",
    "Planned",
    "Switch",
    "anchored",
    "check_game",
    "check_past",
    "dumps",
    "experiment_for",
    "find_experiment",
    "is_changeable",
    "is_live",
    "is_setting",
    "judged",
    "live_paths",
    "load_experiment",
    "load_preset",
    "loads",
    "outermost_first",
    "packing_of",
    "parse_setting",
    "partners",
    "plan_of",
    "present",
    "preset_file",
    "preset_names",
    "read_table",
    "repeated",
    "shared",
    "skim_table",
    "skipped",
    "total_for",
    "with_setting",
    "with_settings",
]
