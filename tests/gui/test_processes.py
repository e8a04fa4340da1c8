"""Processes beside the window end with it, also where nobody closed them."""

import subprocess
import sys

SCRIPT = """
import sys
from ganstudio.data.reading.errands import Quit
from ganstudio.data.reading.host import serve
from ganstudio.gui.seam.processes import spawn

if __name__ == "__main__":
    process, connection = spawn(serve, "reading", Quit())
    print(process.pid, process.daemon, flush=True)
"""


def test_a_program_that_ends_without_closing_them_does_not_wait_for_ever(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    ended = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.split()[1] == "False"  # a daemon could have no helpers
