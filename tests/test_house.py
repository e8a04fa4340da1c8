"""The house keeps its own rules: who imports whom, what stays light, and that what is named is there."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ganstudio.resources import resource

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "ganstudio").rglob("*.py"))
QT = {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY = {"torch", "matplotlib", "PIL", "scipy", "sklearn"}

# Rooms that the window passes through before it paints, and that start-up and --help pass through.
LIGHT = {"cli", "data", "experiment", "gui", "presets", "resources", "run", "system"}


def modules(*, light: bool) -> list[str]:
    """Every module of the package but the entry point; ``light``: those of the rooms that must load fast."""
    names = [name for name in map(_name_of, SOURCES) if not name.endswith("__main__")]
    return [name for name in names if not light or name.count(".") == 0 or name.split(".")[1] in LIGHT]


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def loaded_after(names: list[str], unwanted: set[str]) -> set[str]:
    """Which of the unwanted packages a new interpreter holds once it has imported these modules."""
    script = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        f"sys.stdout.write(' '.join({unwanted!r} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_what_the_window_and_help_need_loads_nothing_heavy() -> None:
    assert loaded_after(modules(light=True), HEAVY) == set()


def test_nothing_outside_the_window_needs_qt() -> None:
    assert loaded_after([name for name in modules(light=False) if not name.startswith("ganstudio.gui")], QT) == set()


def test_no_module_needs_one_that_needs_it() -> None:
    """An import inside a function counts, as it hides a circle; one for the type checker alone doesn't."""
    names = {_name_of(path): path for path in SOURCES}
    needs: dict[str, set[str]] = {}
    for name, path in names.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for_types = {
            id(inner)
            for outer in ast.walk(tree)
            if isinstance(outer, ast.If) and getattr(outer.test, "id", "") == "TYPE_CHECKING"
            for inner in ast.walk(outer)
        }
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and id(node) not in for_types and node.module:
                for each in node.names:
                    whole = f"{node.module}.{each.name}"
                    found.add(whole if whole in names else node.module)
        needs[name] = found & names.keys() - {name}
    assert needs["ganstudio.data.reading.opening"] > {"ganstudio.data.building"}
    graphlib.TopologicalSorter(needs).prepare()  # which tells the circle


def test_rooms_are_imported_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def referenced_resources() -> set[tuple[str, ...]]:
    """The arguments of every ``resource(...)`` call that are written out as text."""
    calls = set()
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    for text in (text for text in texts if "resource(" in text):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "resource" and node.args:
                parts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                # A name made at run time counts up to where it is made: its folder must be there.
                calls.add(tuple(parts[: len(node.args)]))
    return calls - {()}


@pytest.mark.parametrize("parts", sorted(referenced_resources()), ids="/".join)
def test_a_resource_that_the_code_names_is_there(parts: tuple[str, ...]) -> None:
    assert resource(*parts).exists()


def test_a_missing_resource_says_where_it_was_looked_for() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg is not among the program's resources in .*resources"):
        resource("icons", "none.svg")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_that_a_page_links_to_are_there(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target.partition("#")[0]).exists()] == []


def test_targets_that_the_pages_name_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= targets, f"{page} names make {' '.join(sorted(named - targets))}"
