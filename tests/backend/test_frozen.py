"""Records that never change: they behave as a frozen dataclass does, only cheaper to declare."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, fields, replace
from typing import Any, ClassVar

import pytest

from backend.frozen import frozen


@frozen
class Point:
    kind: ClassVar[str] = "point"
    x: int
    y: tuple[int, ...] = (1, 2)


@frozen
class Named(Point):
    name: str = ""


@dataclass(frozen=True)
class Usual:
    x: int
    y: tuple[int, ...] = (1, 2)


def test_a_field_is_set_once_and_never_removed() -> None:
    point = Point(3)
    for name in ("x", "y", "other", "kind"):
        with pytest.raises(FrozenInstanceError):
            setattr(point, name, 5)
    with pytest.raises(FrozenInstanceError):
        delattr(point, "x")
    assert point == Point(3)


def test_it_is_told_apart_by_its_class_and_all_its_fields() -> None:
    assert Point(3) == Point(3, (1, 2)) != Point(3, (2, 1))
    assert Point(3) != Named(3)
    assert Point(3) != (3, (1, 2))
    assert len({Point(3), Point(3), Point(4), Named(3), Named(3, name="a")}) == 4


def test_it_is_a_dataclass_like_the_usual_ones() -> None:
    assert repr(Point(3)) == "Point(x=3, y=(1, 2))" == repr(Usual(3)).replace("Usual", "Point")
    assert asdict(Point(3)) == asdict(Usual(3))
    assert [field.name for field in fields(Named)] == ["x", "y", "name"]
    assert replace(Point(3), x=4) == Point(4)
    assert pickle.loads(pickle.dumps(Named(3, name="a"))) == Named(3, name="a")


def test_what_is_missing_or_unknown_is_refused() -> None:
    make: Any = Point
    for wrong in ({}, {"x": 1, "z": 2}):
        with pytest.raises(TypeError):
            make(**wrong)
