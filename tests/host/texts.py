"""Every text of the extension that Blender shows: what RNA knows of its classes, and what its source says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from conftest import PACKAGE, ROOT

BASES = ("Operator", "Panel", "Menu", "PropertyGroup", "AddonPreferences", "UIList")
NAMES = ("bl_label",)  # of what is written in a class for Blender; the rest of it are no texts
NO_TEXT = re.compile(r"STEADY_\w+|Steady")
WORDLIKE = re.compile(r"[A-Z][a-z]+|.*[A-Za-z].* .*", re.DOTALL)
SPOKEN = re.compile(r"\b(?!min\b)[A-Za-z]{3,}")


@dataclass(frozen=True)
class Said:
    where: str
    label: str
    tooltip: str | None  # None where Blender shows none


def classes() -> list[Any]:
    """Those of ours that are registered."""
    found = {}
    for base in BASES:
        for cls in _below(getattr(bpy.types, base)):
            if cls.__module__.startswith(PACKAGE) and getattr(cls, "is_registered", False):
                found[cls.__name__] = cls
    return list(found.values())


def _below(cls: type) -> Iterator[Any]:
    for one in cls.__subclasses__():
        yield one
        yield from _below(one)


def said() -> list[Said]:
    """By operators, panels, menus, settings and preferences."""
    return [text for cls in classes() for text in _of_class(cls)]


def _of_class(cls: Any) -> Iterator[Said]:
    rna = cls.bl_rna
    if issubclass(cls, bpy.types.Operator):
        folder, name = cls.bl_idname.split(".")
        rna = getattr(getattr(bpy.ops, folder), name).get_rna_type()
        yield Said(cls.__name__, rna.name, rna.description)
    elif issubclass(cls, (bpy.types.Panel, bpy.types.Menu)):
        yield Said(cls.__name__, cls.bl_label, None)
    inherited = {known.identifier for base in cls.__mro__ for known in _blenders(base)}
    for prop in rna.properties:
        if prop.identifier not in inherited:
            yield from _of_property(f"{cls.__name__}.{prop.identifier}", prop)


def _blenders(base: type) -> Any:
    """The properties that every class of Blender's own has."""
    return base.bl_rna.properties if getattr(bpy.types, base.__name__, None) is base and base.__name__ in BASES else ()


def _of_property(where: str, prop: Any) -> Iterator[Said]:
    yield Said(where, prop.name, prop.description)
    if prop.type == "ENUM":
        for item in prop.enum_items:
            yield Said(f"{where}.{item.identifier}", item.name, item.description)


def sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def literals(path: Path) -> list[str]:
    """All strings of a source but its docstrings and the parts of its f-strings."""
    tree = ast.parse(path.read_text("utf-8"))
    return _strings(tree, docstrings(tree) | inside(tree, ast.JoinedStr))


def spoken(path: Path) -> list[str]:
    """Those of its strings that are words for people: not the names of icons, operators and settings."""
    tree = ast.parse(path.read_text("utf-8"))
    strings = _strings(tree, docstrings(tree) | inside(tree, ast.JoinedStr) | _for_machines(tree))
    return [text for text in strings if WORDLIKE.fullmatch(text) and not NO_TEXT.fullmatch(text)]


def formatted(path: Path) -> list[str]:
    """The f-strings with words in them, which no dictionary can know."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = [str(value.value) for value in node.values if isinstance(value, ast.Constant)]
            if SPOKEN.search(" ".join(parts)):
                found.append(ast.unparse(node))
    return found


def _strings(tree: ast.AST, but: set[int]) -> list[str]:
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in but]
    return [node.value for node in constants if isinstance(node.value, str)]


def docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and isinstance(node.body[0], ast.Expr):
            found.add(id(node.body[0].value))
    return found


def inside(tree: ast.AST, kind: type[ast.AST]) -> set[int]:
    return {
        id(part) for node in ast.walk(tree) if isinstance(node, kind) for part in ast.walk(node) if part is not node
    }


def _for_machines(tree: ast.AST) -> set[int]:
    """In a class, what Blender does not show; anywhere, what other strings are compared with."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for given in node.body:
                if isinstance(given, ast.Assign) and given.targets[0].id not in NAMES:  # pyright: ignore
                    found |= {id(part) for part in ast.walk(given)}
        elif isinstance(node, ast.Compare) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("replace", "removesuffix", "removeprefix", "endswith", "rpartition")
        ):
            found |= {id(part) for part in ast.walk(node)}
    return found
