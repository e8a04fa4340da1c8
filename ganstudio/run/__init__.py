"""The run folder on disk, written and read. Opening somebody else's run never runs their code."""

from ganstudio.run._alarms import Alarm, Alarms
from ganstudio.run._branch import branch
from ganstudio.run._changes import Change
from ganstudio.run._checkpoints import (
    BROKEN,
    UNFINISHED,
    Choice,
    broken_in,
    checkpoints_of,
    clear_unfinished,
    free_for_replaced,
    latest_checkpoint,
    replaced,
    run_and_step,
    thin,
)
from ganstudio.run._data import as_kept, kept_data
from ganstudio.run._directions import FILE as DIRECTIONS
from ganstudio.run._directions import directions_of, keep_directions
from ganstudio.run._disk import sync, write_aside
from ganstudio.run._folder import RunFolder, check_free
from ganstudio.run._group import GroupChoice, GroupFolder, Lineup, is_group
from ganstudio.run._in_force import in_force
from ganstudio.run._listing import (
    RunSummary,
    default_runs,
    list_runs,
    new_run_path,
    run_folders,
    summarise,
    take_abandoned,
)
from ganstudio.run._lock import PlaceError, RunError, reason
from ganstudio.run._manifests import fault_of, seal, step_of_checkpoint
from ganstudio.run._mark import find_run, mark_of
from ganstudio.run._moments import MEGABYTE, MOST_MOMENTS, Moments, moment_path, moments_of, step_of_moment
from ganstudio.run._parent import Parent, parent_of
from ganstudio.run._reading import array as read_array
from ganstudio.run._reading import picture as read_picture
from ganstudio.run._samples import keep_modality, modality_of

__all__ = [
    "BROKEN",
    "DIRECTIONS",
    "MEGABYTE",
    "MOST_MOMENTS",
    "UNFINISHED",
    "Alarm",
    "Alarms",
    "Change",
    "Choice",
    "GroupChoice",
    "GroupFolder",
    "Lineup",
    "Moments",
    "Parent",
    "PlaceError",
    "RunError",
    "RunFolder",
    "RunSummary",
    "as_kept",
    "branch",
    "broken_in",
    "check_free",
    "checkpoints_of",
    "clear_unfinished",
    "default_runs",
    "directions_of",
    "fault_of",
    "find_run",
    "free_for_replaced",
    "in_force",
    "is_group",
    "keep_directions",
    "keep_modality",
    "kept_data",
    "latest_checkpoint",
    "list_runs",
    "mark_of",
    "modality_of",
    "moment_path",
    "moments_of",
    "new_run_path",
    "parent_of",
    "read_array",
    "read_picture",
    "reason",
    "replaced",
    "run_and_step",
    "run_folders",
    "seal",
    "step_of_checkpoint",
    "step_of_moment",
    "summarise",
    "sync",
    "take_abandoned",
    "thin",
    "write_aside",
]
