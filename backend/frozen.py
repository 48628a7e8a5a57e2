"""Small records that never change, and cost little to declare.

`dataclass(frozen=True)` compiles six functions for every class, a millisecond each time; Blender declares a hundred
classes while it starts. Here nothing is made for the class: all records share what is below."""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(of: type[T]) -> type[T]:
    """A frozen dataclass: compared, hashed and shown by its fields, each of which is set once."""
    of.__doc__ = of.__doc__ or of.__name__  # else dataclass writes one, out of a signature that it has to find
    made: Any = dataclass(init=False, repr=False, eq=False)(of)
    made.__init__, made.__repr__, made.__eq__, made.__hash__ = _begin, _shown, _same, _hash
    made.__setattr__, made.__delattr__ = _set_once, _kept
    return made


def _begin(self: Any, *given: object, **named: object) -> None:
    names = self.__match_args__
    values = dict(zip(names, given, strict=False)) | named
    unknown = [repr(name) for name in named if name not in names]
    twice = [repr(name) for name in names[: len(given)] if name in named]
    if unknown or twice or len(given) > len(names):
        wrong = f"a field {unknown[0]}" if unknown else f"{twice[0]} twice" if twice else f"{len(given)} values"
        raise TypeError(f"{type(self).__qualname__} has the fields {', '.join(names)}: it was given {wrong}")
    for name in names:
        vars(self)[name] = values[name] if name in values else _default(self, self.__dataclass_fields__[name])


def _default(self: Any, field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    raise TypeError(f"{type(self).__qualname__} needs the field {field.name!r}")


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
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _kept(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
