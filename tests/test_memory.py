"""How much memory there is, as machines and containers tell it."""

import subprocess
import sys

import pytest

from ganstudio.data import limits
from ganstudio.system import available_bytes, limit_bytes

MEMINFO = "MemTotal:       16000000 kB\nMemFree:  100 kB\nMemAvailable:    8000000 kB\nHugePages_Total:       0\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of 16.4 GB, half of it free, and a function that writes further files of its system."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def tell(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_DOT_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return tell(proc__meminfo=MEMINFO), tell


def test_a_bare_machine_tells_what_is_free(machine):
    root, _ = machine
    assert (limit_bytes(root), available_bytes(root)) == (16_384_000_000, 8_192_000_000)


def test_the_second_version_of_control_groups_bounds_it(machine):
    root, tell = machine
    tell(
        proc__self__cgroup="0::/outer/inner\n",
        sys__fs__cgroup__outer__memory_DOT_max="4000000000\n",
        sys__fs__cgroup__outer__memory_DOT_current="3000000000\n",
        sys__fs__cgroup__outer__memory_DOT_stat="anon 1\ninactive_file 500000000\n",
        sys__fs__cgroup__outer__inner__memory_DOT_max="max\n",
    )
    assert (limit_bytes(root), available_bytes(root)) == (4_000_000_000, 1_500_000_000)


def test_the_first_version_bounds_it_wherever_it_is_mounted(machine):
    root, tell = machine
    tell(
        proc__self__cgroup="5:cpu:/\n4:memory,other:/docker/abc\n0::/\n",
        sys__fs__cgroup__memory__memory_DOT_limit_in_bytes="2000000000\n",
        sys__fs__cgroup__memory__memory_DOT_usage_in_bytes="900000000\n",
        sys__fs__cgroup__memory__memory_DOT_stat="total_inactive_file 100000000\n",
    )
    assert (limit_bytes(root), available_bytes(root)) == (2_000_000_000, 1_200_000_000)
    tell(sys__fs__cgroup__memory__memory_DOT_limit_in_bytes="9223372036854771712\n")
    assert limit_bytes(root) == 16_384_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_a_bound_of_the_address_space_counts_and_reading_data_keeps_within_it():
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000,) * 2)\n"
        "from ganstudio.system import available_bytes, limit_bytes\nfrom ganstudio.data import limits\n"
        "sys.stdout.write(f'{available_bytes()} {limit_bytes()} {limits.memory_bytes()}')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    free, most, reading = map(int, done.stdout.split())
    assert 1_500_000_000 < free < 3_000_000_000
    assert 0.99 * free < most < 3_000_000_000  # each as it was at its own moment, while the process still grew
    assert 0.7 * most < reading <= 0.75 * most


def test_reading_takes_no_more_than_its_share_of_a_small_machine(monkeypatch):
    monkeypatch.delenv(limits.MEMORY, raising=False)
    monkeypatch.setattr(limits, "limit_bytes", lambda: 2_000_000_000)
    assert limits.memory_bytes() == 1_500_000_000
    monkeypatch.setenv(limits.MEMORY, "1")
    assert limits.memory_bytes() == 1_000_000_000
    monkeypatch.setenv(limits.MEMORY, "8")
    assert limits.memory_bytes() == 1_500_000_000
    monkeypatch.setattr(limits, "limit_bytes", lambda: None)
    assert limits.memory_bytes() == 8_000_000_000
