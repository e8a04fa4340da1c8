"""`python -m tests.benchmarks [NAME ...]`: run all benchmarks, or those named; each in a process of its own."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import time

# Each module measures the figures on its right; one of those names runs its module.
MODULES = {
    "start": ("first_paint", "cli_help"),
    "plain": ("plain_ratio",),
    "live": ("live_ratio", "window_gap_p99", "slider_p95", "laboratory_gap_p99", "ganlab_live"),
    "turning": ("turning_p95", "turning_sheet"),
    "importing": ("import_gap", "import_first", "import_ready", "import_again"),
    "band": ("band_speed",),
    "ring": ("ring_quality",),
    "plane": ("plane_quality",),
    "digits": ("digits_quality",),
    "jsd": ("jsd_error",),
    "runs_list": ("runs_window", "runs_list", "runs_pause"),
    "memory": ("memory.least", "memory.most"),
    "datasets": (
        "zip_first_thumbnails",
        "zip_ready",
        "zip_memory",
        "zip_again",
        "loader_ratio",
        "idx_ready",
        "csv_ready",
        "feed_grey",
        "feed_grey_cold",
        "feed_colour",
        "feed_colour_cold",
    ),
    "folder": ("folder_ready",),
    "films": ("film_gif", "film_webp"),
    "projection": ("projection",),
    "perform": ("perform_p95", "perform_kept"),
    "timeline": ("timeline_share", "timeline_scrub", "timeline_budget", "timeline_half"),
}
# These take a quarter of an hour or more, and run when they are named, or all of them with --slow.
SLOW = {
    "round_trip": ("round_trip.files",),
    "kl_intervals": ("kl_held", "jsd_held"),
    "infogan": ("infogan_quality", "infogan_cost", "infogan_mnist"),
    "dcgan": ("dcgan_quality",),
    "ebgan": ("ebgan_quality",),
    "few": ("few_images",),
    "kills": ("kills_kept", "kills_lost"),
    "faults": ("faults_kept",),
    "lapgan": ("lapgan_quality",),
    "conditional": ("conditional_quality", "conditional_quality.control"),
    "style_structure": ("style_structure_quality",),
    "srgan": ("srgan_quality", "srgan_photographs"),
    "sound": ("sound_codec", "sound_told", "sound_untold", "sound_codes", "sound_digits", "sound_cost"),
    "music": ("music.in_scale", "music.intervals", "music.tonic", "music.repeats"),
    "text": ("text_quality", "text_controls", "text_large", "text_judge"),
}


def main(names: list[str], *, slow: bool = False) -> int:
    """Run the benchmarks; 0 when all targets are reached, 1 when some are short, 2 for an unknown name."""
    known = {name: module for module, figures in (MODULES | SLOW).items() for name in (module, *figures)}
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    chosen = list(dict.fromkeys(known[name] for name in names)) or list(SLOW if slow else MODULES)
    environment = dict(os.environ)
    # As the program's own start does it, before torch or numpy load.
    environment |= {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
    with Screen(environment):
        status = 0
        for module in chosen:
            command = [sys.executable, "-m", "tests.benchmarks", "--inside", module]
            status = max(status, subprocess.run(command, env=environment, check=False).returncode)
    return status


class Screen:
    """A virtual screen where there is no real one and Xvfb is installed; else Qt draws off screen."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> None:
        if sys.platform != "linux" or self._environment.get("DISPLAY"):
            return
        if shutil.which("Xvfb") is None:
            self._environment["QT_QPA_PLATFORM"] = "offscreen"
            return
        read, write = os.pipe()
        # -noreset: a server that starts anew when its last window closes refuses the next one for a moment.
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self._environment["DISPLAY"] = f":{number.readline().strip()}"
        self._environment["QT_QPA_PLATFORM"] = "xcb"

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            time.sleep(0.2)
            self._process.terminate()
            self._process.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.exit(importlib.import_module(f"tests.benchmarks.{sys.argv[2]}").run())
    sys.exit(main([name for name in sys.argv[1:] if name != "--slow"], slow="--slow" in sys.argv))
