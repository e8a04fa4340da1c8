"""Which tests are long: those that ``make test`` leaves to ``make test-long``.

``make test-times`` runs all of them and writes tests/long.txt anew: the longest tests, one after another, until
what is left takes SHARE of the time of all. The quickest test of each file is never long, so that ``make test`` looks
into every file; a new test is short until the list is written again.
"""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from functools import cache
from pathlib import Path

SHARE = 0.22
"""All take 16 minutes on two cores, so that these take four, with what it takes to collect them."""
LIST = Path(__file__).with_name("long.txt")
ROOT = LIST.parents[1]


@cache
def listed() -> frozenset[str]:
    """The long tests, as ``tests/folder/test_file.py::test_name``, whatever their parameters."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


def without_parameters(node: str) -> str:
    """What the list calls a test that pytest calls so."""
    return node.partition("[")[0]


def tests_of(path: Path) -> set[str]:
    """What the list would call each test of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    return {
        f"{name}::{part.name}" for part in tree.body if isinstance(part, ast.FunctionDef) and part.name[:5] == "test_"
    }


def seconds_of(results: Path) -> dict[str, list[float]]:
    """How long each run of each test took, from pytest's JUnit file."""
    seconds = defaultdict(list)
    for case in ElementTree.parse(results).iter("testcase"):
        file = case.attrib["classname"].replace(".", "/") + ".py"
        seconds[without_parameters(f"{file}::{case.attrib['name']}")].append(float(case.attrib["time"]))
    return dict(seconds)


def long_of(seconds: dict[str, list[float]], share: float = SHARE) -> list[str]:
    """Which tests are long, in the alphabet's order. seconds: of each run of each test."""
    mean = {name: sum(runs) / len(runs) for name, runs in seconds.items()}
    quickest: dict[str, str] = {}
    for name in sorted(mean, key=mean.__getitem__):
        quickest.setdefault(name.partition("::")[0], name)
    found = []
    left = sum(map(sum, seconds.values()))
    most = share * left
    for name in sorted(mean.keys() - set(quickest.values()), key=mean.__getitem__, reverse=True):
        if left <= most:
            break
        found.append(name)
        left -= sum(seconds[name])
    return sorted(found)


def main() -> None:
    """Write the list."""
    seconds = seconds_of(Path(sys.argv[1]))
    found = long_of(seconds)
    LIST.write_text("".join(f"{name}\n" for name in found), encoding="utf-8")
    whole = sum(map(sum, seconds.values()))
    short = whole - sum(sum(seconds[name]) for name in found)
    sys.stdout.write(f"{LIST}: {len(found)} of {len(seconds)} tests are long; the others take {short / whole:.1%}\n")


if __name__ == "__main__":
    main()
