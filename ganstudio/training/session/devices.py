"""Which device a run is computed on, and with how many of the processor's threads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from ganstudio.system.processor import cores, threads_told

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import DeviceSpec

PROBE_SECONDS = 0.12
MOST_SECONDS = 6.0
"""After which no thread count is tried a second time."""
THREADS = "device.threads"
"""The setting, under whose name a run's changes say that it went on with another number of threads."""
MOST_THREADS = 256
ADVANTAGE = 1.1
"""More threads must be this much faster to be worth the core that the window and everything else could use."""


def choose_device(spec: DeviceSpec) -> torch.device:
    """Return the device that was asked for, or ValueError that names those that are there."""
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if torch.cuda.is_available():
        there.insert(0, "cuda")
    if spec.kind == "auto":
        return torch.device(there[0])
    if spec.kind not in there:
        raise ValueError(f"device.kind: {spec.kind} is not available on this machine; it has {', '.join(there)}")
    return torch.device(spec.kind)


def surroundings() -> Callable[[], None]:
    """Note what a game that is opened changes for the whole process; calling what is returned puts it back.

    That is torch's global random state, which belongs to the training, its threads, and whether it is deterministic.
    """
    random, threads = torch.get_rng_state(), torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    on_cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None

    def put_back() -> None:
        torch.set_rng_state(random)
        torch.set_num_threads(threads)
        if torch.are_deterministic_algorithms_enabled() != deterministic:
            torch.use_deterministic_algorithms(deterministic)
        if on_cuda is not None:
            torch.cuda.set_rng_state_all(on_cuda)

    return put_back


def set_determinism(spec: DeviceSpec) -> None:
    """Only algorithms that repeat exactly, where the settings say so.

    Not said again where it is so: torch loads its compiler for it, which delays the first step by two fifths.
    """
    if torch.are_deterministic_algorithms_enabled() != spec.deterministic:
        torch.use_deterministic_algorithms(spec.deterministic)


def set_threads(spec: DeviceSpec, device: torch.device, scratch: Callable[[], Callable[[], None]]) -> int:
    """Use as many threads as the settings say, or as suit the step that ``scratch`` makes; how many these are."""
    asked = spec.threads
    if asked == 0 and (spec.deterministic or device.type != "cpu"):
        asked = 1
    if asked == 0:
        asked = measure_threads(scratch())
    torch.set_num_threads(asked)
    return asked


def keep_threads(count: int) -> tuple[int, str]:
    """Use as many threads as a run did before, whose numbers depend on that in their last digits.

    Returns how many these are, and in words that they are not as many where the machine has fewer cores.
    """
    used = min(count, cores())
    torch.set_num_threads(used)
    if used == count:
        return used, ""
    return used, (
        f"This run was trained with {count} threads, and this machine has {used}: from here on its numbers may differ "
        "in their last digits from those that it would have had."
    )


def candidate_threads() -> list[int]:
    """Return the thread counts worth trying: 1, 2, 4 ... up to the cores that this process may use.

    Where ``OMP_NUM_THREADS`` grants fewer, up to that: on a machine for many it is the share that each has.
    """
    most = min(cores(), threads_told() or MOST_THREADS)
    return [count for count in (1, 2, 4, 8, 16) if count <= most]


def measure_threads(step: Callable[[], None]) -> int:
    """Time a scratch training step with each thread count and return the best, fewer being preferred when close.

    Small MLPs run up to four times slower on two threads than on one, small convolutions a third faster: only
    measuring tells. Each count gets two turns, so that a passing disturbance does not decide, unless the first took
    ``MOST_SECONDS`` already: whoever opens a large game waits for it. Of a step that takes long the first counts as
    well, as getting ready is little of it.
    """
    candidates = candidate_threads()
    if len(candidates) == 1:
        return 1
    best: dict[int, float] = {}
    begun = time.perf_counter()
    for turn in range(2):
        for count in candidates:
            if turn and time.perf_counter() - begun > MOST_SECONDS:
                break
            torch.set_num_threads(count)
            best[count] = max(best.get(count, 0.0), _pace(step))
    chosen = 1
    for count in candidates:
        if best[count] > ADVANTAGE * best[chosen]:
            chosen = count
    return chosen


def _pace(step: Callable[[], None]) -> float:
    """Steps a second, without the first where more fit into the time."""
    began = time.perf_counter()
    step()
    first = time.perf_counter() - began
    if first >= PROBE_SECONDS:
        return 1 / first
    began, steps = time.perf_counter(), 0
    while steps == 0 or time.perf_counter() - began < PROBE_SECONDS:
        step()
        steps += 1
    return steps / (time.perf_counter() - began)
