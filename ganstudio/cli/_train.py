"""``ganstudio train``: a session is started, followed with a progress bar, and ended in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._following import Following
from ganstudio.cli._group_plan import asks_for_group
from ganstudio.cli._plan import plan
from ganstudio.cli._results import finish
from ganstudio.cli._terminal import Progress, warn

if TYPE_CHECKING:
    import argparse


def train(arguments: argparse.Namespace) -> int:
    """Train as the command line says; the exit status."""
    if asks_for_group(arguments):
        from ganstudio.cli._group_train import train_group

        return train_group(arguments)
    asked = plan(arguments)
    progress = Progress(quiet=arguments.quiet)
    if asked.done is not None:
        progress.note(f"{asked.run}: already at step {asked.done:,}; --steps with a larger number trains on")
        assert asked.run is not None
        if asked.told:
            warn(asked.told)
        return finish(asked.run, stop="finished", as_json=arguments.json, at=asked.done)
    # torch takes seconds to load: everything that may be wrong with the command line has been said before.
    from ganstudio.training.session.session import Session

    session = Session(asked.start)
    following = Following(session, progress, limit=arguments.seconds)
    following.ask(asked.commands)
    with following.interruptible():
        for event in session.run():
            following.follow(event)
    progress.close()
    return following.conclude(as_json=arguments.json)
