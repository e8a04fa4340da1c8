"""What the machine has: a display, Qt's libraries, a device; what is missing, and how it is put right.

Standard library only, so that it runs before anything else is installed: ``python -m ganstudio.system fix``.
"""

from ganstudio.system.display import display_available
from ganstudio.system.doctor import describe, report, versions
from ganstudio.system.libraries import Library, fix, install_line, lacking, missing_libraries
from ganstudio.system.logs import crash_file, log_file, log_folder
from ganstudio.system.memory import available_bytes, limit_bytes
from ganstudio.system.plugins import add_plugins

__all__ = [
    "Library",
    "add_plugins",
    "available_bytes",
    "crash_file",
    "describe",
    "display_available",
    "fix",
    "install_line",
    "lacking",
    "limit_bytes",
    "log_file",
    "log_folder",
    "missing_libraries",
    "report",
    "versions",
]
