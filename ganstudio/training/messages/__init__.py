"""What goes into a session and what comes out: frozen, plain, and fit to cross a process boundary.

Arrays are numpy; ``n`` counts samples, ``d`` latent dimensions. Points are in the data's own units (float32, (n, 2)),
images are uint8 (n, height, width, channels).
"""

from __future__ import annotations

from ganstudio.training.messages.commands import (
    Adjust,
    Command,
    Pause,
    Play,
    Quit,
    RenderLatent,
    Reset,
    Save,
    SlowStep,
    Start,
    Step,
    StepPhase,
    Watch,
)
from ganstudio.training.messages.events import (
    SCALARS,
    Adjusted,
    Alerted,
    Checkpointed,
    Closed,
    Covered,
    Estimated,
    Event,
    Failed,
    Frame,
    Informed,
    Measured,
    Notice,
    Opened,
    Rendered,
    RunCreated,
    Scalars,
    State,
    StateChanged,
)
from ganstudio.training.messages.group import (
    GroupCommand,
    GroupEvent,
    GroupFrame,
    GroupOpened,
    GroupScalars,
    MemberKept,
    OpenMember,
    StartGroup,
)
from ganstudio.training.messages.stages import (
    Stage,
    Stages,
)

AnyCommand = Command | GroupCommand
AnyEvent = Event | GroupEvent

__all__ = [
    "SCALARS",
    "Adjust",
    "Adjusted",
    "Alerted",
    "AnyCommand",
    "AnyEvent",
    "Checkpointed",
    "Closed",
    "Command",
    "Covered",
    "Estimated",
    "Event",
    "Failed",
    "Frame",
    "GroupCommand",
    "GroupEvent",
    "GroupFrame",
    "GroupOpened",
    "GroupScalars",
    "Informed",
    "Measured",
    "MemberKept",
    "Notice",
    "OpenMember",
    "Opened",
    "Pause",
    "Play",
    "Quit",
    "RenderLatent",
    "Rendered",
    "Reset",
    "RunCreated",
    "Save",
    "Scalars",
    "SlowStep",
    "Stage",
    "Stages",
    "Start",
    "StartGroup",
    "State",
    "StateChanged",
    "Step",
    "StepPhase",
    "Watch",
]
