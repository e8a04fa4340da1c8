"""What a process is while it still loads what it needs: it answers nothing, and takes its time. It loads nothing here."""

import threading
from multiprocessing.connection import Connection


def never_ready(_connection: Connection) -> None:
    """Load for ever."""
    threading.Event().wait()
