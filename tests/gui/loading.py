"""A process that still loads what it needs: it answers nothing. Here it loads nothing either, so it starts at once."""

import threading
from multiprocessing.connection import Connection


def never_ready(_connection: Connection) -> None:
    """Load for ever."""
    threading.Event().wait()
