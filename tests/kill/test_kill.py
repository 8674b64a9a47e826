"""The program is killed at every step of every kind of plan; the next one finds the truth, and does nothing twice."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import core
from tests.kill.kind import Course, Kind, killed, undisturbed
from tests.kill.kinds.table import KINDS
from tests.kill.place import Place, gap_of, lines, name_of, places, some_places

CORE = Path(core.__file__).parent
MADE_OF_OTHERS = frozenset({"core.moving.by_export.export_move_plan"})
"""Not in the table, although a plan is made there: each of its steps is one of a kind that is."""
EVERYWHERE = bool(os.environ.get("VMFERRY_KILL_EVERYWHERE"))
"""Whether every kind is killed at every place."""


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Course]:
    """What came of each kind that was needed so far."""
    return {}


def course_of(kind: Kind, courses: dict[str, Course], folder: Path) -> Course:
    if kind.name not in courses:
        folder = folder / "undisturbed"
        folder.mkdir()
        course = undisturbed(kind, folder)
        # A plan that does nothing, or journals other lines than those around which it is killed, would show nothing.
        assert tuple(entry.event.value for entry in course.entries) == lines(kind.steps)
        assert course.before != course.after
        assert course.sent.total() >= kind.steps
        courses[kind.name] = course
    return courses[kind.name]


def cases() -> Iterator[Any]:
    """Every kind of plan at places of its way; what is not ordinary is killed in the long run."""
    for number, kind in enumerate(KINDS):
        ordinary = [each for each in places(kind.steps) if gap_of(each, kind.steps) in kind.ordinary]
        chosen = places(kind.steps) if EVERYWHERE else (*ordinary, *some_places(kind.steps, number))
        for place in dict.fromkeys(chosen):
            marks = () if place in ordinary else pytest.mark.long
            yield pytest.param(kind, place, id=f"{kind.name}: {name_of(place, kind.steps)}", marks=marks)


@pytest.mark.parametrize(("kind", "place"), tuple(cases()))
def test_killed(kind: Kind, place: Place, courses: dict[str, Course], tmp_path: Path) -> None:
    killed(kind, place, course_of(kind, courses, tmp_path), tmp_path)


def test_no_kind_of_plan_is_left_out() -> None:
    """Each place of core where a plan is made is named by a kind of the table, and nothing else is."""
    makers = {name for module in CORE.rglob("*.py") for name in _makers(module)}
    assert {name for kind in KINDS for name in kind.made_by} | MADE_OF_OTHERS == makers


def _makers(module: Path) -> Iterator[str]:
    """The functions of a module that make a plan, by their full names."""
    dotted = ".".join(module.relative_to(CORE.parent).with_suffix("").parts)
    tree = ast.parse(module.read_text("utf-8"))
    for outer in (tree, *(each for each in tree.body if isinstance(each, ast.ClassDef))):
        prefix = f"{dotted}.{outer.name}" if isinstance(outer, ast.ClassDef) else dotted
        for each in outer.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_plan, ast.walk(each))):
                yield f"{prefix}.{each.name}"


def _is_plan(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Plan"
