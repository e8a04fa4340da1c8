"""The command line: progress on standard error, results on standard output.

Exit status 0; 2 for bad input, with one line on standard error; 130 after Ctrl+C; 1 when training broke down.
"""

from ganstudio.cli._main import main

__all__ = ["main"]
