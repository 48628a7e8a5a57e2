"""Small records that never change, and cost little to declare.

`dataclass(frozen=True)` compiles six functions for every class, a millisecond each time; Blender declares a hundred
classes while it starts. Here only `__init__` is made for the class, and the rest is shared."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(of: type[T]) -> type[T]:
    """A frozen dataclass: compared, hashed and shown by its fields, each of which is set once."""
    made: Any = dataclass(repr=False, eq=False)(of)
    made.__repr__, made.__eq__, made.__hash__ = _shown, _same, _hash
    made.__setattr__, made.__delattr__ = _set_once, _kept
    return made


def _fields(self: Any) -> tuple[object, ...]:
    return tuple(getattr(self, name) for name in self.__match_args__)


def _shown(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({fields})"


def _same(self: Any, other: object) -> bool:
    return _fields(self) == _fields(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_fields(self))


def _set_once(self: Any, name: str, given: object) -> None:
    if name in vars(self) or name not in self.__match_args__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, given)


def _kept(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
