"""``ganstudio train``: a session is started, followed with a progress bar, and ended in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._following import Following, trained
from ganstudio.cli._group_plan import asks_for_group
from ganstudio.cli._plan import plan
from ganstudio.cli._results import finish

if TYPE_CHECKING:
    import argparse

    from ganstudio.cli._terminal import Progress
    from ganstudio.training.messages import Start


def train(arguments: argparse.Namespace) -> int:
    """Train as the command line says; the exit status."""
    if asks_for_group(arguments):
        from ganstudio.cli._group_train import train_group

        return train_group(arguments)

    def begin(start: Start, progress: Progress) -> Following:
        # torch takes seconds to load: everything that may be wrong with the command line has been said before.
        from ganstudio.training.session.session import Session

        return Following(Session(start), progress, limit=arguments.seconds)

    return trained(plan(arguments), arguments, begin, finish)
