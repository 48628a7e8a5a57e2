"""Records that never change: they behave as a frozen dataclass does, only cheaper to declare."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
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


@frozen
class Listed:
    lines: list[str] = field(default_factory=list)


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
    assert [each.name for each in fields(Named)] == ["x", "y", "name"]
    assert replace(Point(3), x=4) == Point(4)
    assert pickle.loads(pickle.dumps(Named(3, name="a"))) == Named(3, name="a")


def test_fields_may_come_by_place_or_by_name_and_the_rest_as_usual() -> None:
    assert Point(3, (4,)) == Point(x=3, y=(4,)) == Point(3, y=(4,))
    assert vars(Named(3, name="a")) == {"x": 3, "y": (1, 2), "name": "a"}
    first, second = Listed(), Listed()
    first.lines.append("a")
    assert second.lines == [], "a default that is made is made anew"


@pytest.mark.parametrize(
    ("given", "named", "says"),
    [
        ((), {}, "needs the field 'x'"),
        ((), {"x": 1, "z": 2}, "a field 'z'"),
        ((1,), {"x": 2}, "'x' twice"),
        ((1, (2,), 3), {}, "3 values"),
    ],
)
def test_what_is_missing_or_unknown_is_refused(given: tuple[Any, ...], named: dict[str, Any], says: str) -> None:
    make: Any = Point
    with pytest.raises(TypeError, match=says):
        make(*given, **named)
