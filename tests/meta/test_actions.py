"""Every write is an action, and every action takes `by` and leaves an Event."""

import ast
from importlib import import_module
from inspect import getmembers, isfunction, signature
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    "nyemonstre/accounts",
    "nyemonstre/audit",
    "nyemonstre/vault",
    "families",
    "documents",
    "consent",
    "assessments",
    "plans",
    "referrals",
    "history",
]

# Every module that holds actions. By habit it is called actions; a large app has a package of that name.
MODULES = [
    path.relative_to(ROOT)
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "\n@action" in path.read_text()
]

# Public functions beside the actions that are none, and why.
BESIDE = {
    "referrals/actions.enter": "moves a locked henvendelse through the machine; called by the actions of both files",
    "referrals/actions.sent_before": "reads the one thing an anonymous sender may ask",
}

# Written by themselves, with the reason; everything else that writes is an action.
WRITES_ELSEWHERE = {
    "nyemonstre/audit/log.py": "the log is what actions write to",
    "nyemonstre/audit/chains.py": "saves the nightly file of last links, outside the database",
    "nyemonstre/accounts/models.py": "the user manager, called by actions and tests",
    "consent/drawn.py": "writes a picture into memory, and no row",
    "families/tasks.py": "marks a reminder as sent, when the mail has left",
}
WRITING = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def actions():
    for path in MODULES:
        module = import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        for name, function in getmembers(module, isfunction):
            named = f"{path.parent}.{name}"
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and named not in BESIDE and (path.stem == "actions" or hasattr(function, "is_action")):
                yield pytest.param(function, id=named)


@pytest.mark.parametrize("function", list(actions()))
def test_every_public_function_of_actions_is_an_action(function):
    assert getattr(function, "is_action", False), f"{function.__name__} lacks @action"
    assert "by" in signature(function).parameters
    assert function.__doc__, f"{function.__name__} lacks a docstring"


def test_quiet_actions_are_few_and_say_why():
    quiet = {p.values[0].__name__: p.values[0].quiet for p in actions() if p.values[0].quiet}
    assert all(len(reason) > 10 for reason in quiet.values())
    assert len(quiet) <= 10, sorted(quiet)


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_else_writes(room):
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if path.relative_to(ROOT) in MODULES or "/migrations/" in name or name in WRITES_ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITING:
                found.append(f"{name}:{node.lineno} .{node.func.attr}()")
    assert not found, f"writes outside actions: {found}"
