"""The files that a new part takes, counted on parts that are there: whoever names one of them is listed here."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import ganstudio

ROOT = Path(ganstudio.__file__).parent


@cache
def words() -> dict[str, frozenset[str]]:
    """By the file of the package the names in its code: of what is there, of keywords, and short texts."""
    found = {}
    for path in ROOT.rglob("*.py"):
        some: set[object] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            some |= {getattr(node, part, None) for part in ("id", "name", "attr") if hasattr(node, part)}
            if isinstance(node, ast.keyword | ast.Constant):
                some.add(node.arg if isinstance(node, ast.keyword) else node.value)
        found[path.relative_to(ROOT).as_posix()] = frozenset(word for word in some if isinstance(word, str))
    return found


def naming(*names: str) -> set[str]:
    """The files of the package whose code has one of these names."""
    return {file for file, there in words().items() if there & set(names)}


@pytest.mark.parametrize(
    ("spec", "game", "file"),
    [("HingeSpec", "Hinge", "hinge.py"), ("RelativisticSpec", "Relativistic", "relativistic.py")],
)
def test_an_objective_is_three_files(spec: str, game: str, file: str) -> None:
    exported = {"experiment/__init__.py"}
    assert naming(spec, game) - exported == {"experiment/games.py", "objectives/__init__.py", f"objectives/{file}"}


@pytest.mark.parametrize("declared", ["CONTENT", "LIKELIHOOD", "AGREEMENT", "READING"])
def test_a_plot_of_a_new_number_is_one_file(declared: str) -> None:
    assert naming(declared) == {"objectives/before.py"}


@pytest.mark.parametrize("preset", ["disjoint_rescued", "ganlab", "infogan"])
def test_a_preset_is_one_toml_and_at_most_its_name_in_words(preset: str) -> None:
    assert naming(preset) <= {"gui/text/words.py"}


def test_a_stage_before_the_game_is_a_spec_a_term_and_a_row() -> None:
    exported = {"experiment/__init__.py"}
    assert naming("LikelihoodStageSpec") - exported == {"experiment/stages.py", "training/step/stages.py"}


def test_nothing_of_the_window_knows_the_parts_of_a_system() -> None:
    parts = ("ChainSpec", "ReaderStageSpec", "ContentStageSpec", "LikelihoodStageSpec", "LowResolutionSpec")
    assert not {file for file in naming(*parts) if file.startswith("gui/")}


@cache
def tables_by_kind() -> set[tuple[str, str]]:
    """The public tables by kind of sample, each with its file."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                name = getattr(target, "id", "_")
                if getattr(node.value.func, "id", "") == "ByKind" and not name.startswith("_"):
                    found.add((name, path.relative_to(ROOT).as_posix()))
    return found


def test_a_kind_of_sample_is_a_file_and_rows_of_the_tables_that_the_page_names() -> None:
    page = (ROOT.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| `([\w/]+\.py)` \|", page, re.MULTILINE)
    named = {(name, file) for names, file in rows for name in re.findall(r"[A-Z_]+", names)}
    assert {("RECIPES", "presets/_settings.py")} == named - tables_by_kind()  # data of other kinds have other networks
    assert tables_by_kind() - named == set()
