"""From a dataclass to JSON and back. A missing, unknown or ill-typed field is refused by its name."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from enum import Enum
from typing import Any, TypeVar

from .api import ErrorCode, Failure

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """The dataclass that `to_json` made `value` from. A missing, unknown or ill-typed field is refused by name."""
    return _read(kind, value, kind.__name__)


def _read(kind: Any, value: Any, where: str) -> Any:
    if type(value) is kind:  # `type`, because a bool is an int
        return value
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError as error:
            raise _refused(where, f"one of {[e.value for e in kind]}", value) from error
    if typing.get_origin(kind) is tuple:
        return _read_tuple(kind, value, where)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return None if value is None else _read(typing.get_args(kind)[0], value, where)
    if kind is float and type(value) is int:
        return float(value)
    raise _refused(where, kind.__name__, value)


def _read_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _refused(where, "an object", value)
    hints = _hints(kind)
    fields = dataclasses.fields(kind)
    if unknown := set(value) - {f.name for f in fields}:
        raise Failure(ErrorCode.BAD_PARAMS, f"{where} has no field “{sorted(unknown)[0]}”.")
    known = {f.name: _read(hints[f.name], value[f.name], f"{where}.{f.name}") for f in fields if f.name in value}
    try:
        return kind(**known)
    except TypeError as error:
        missing = [f.name for f in fields if f.name not in known]
        raise Failure(ErrorCode.BAD_PARAMS, f"{where} lacks “{missing[0]}”.") from error


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Evaluated once: doing it for every frame would cost more than to send it."""
    return typing.get_type_hints(kind)


def _read_tuple(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _refused(where, "a list", value)
    inner = typing.get_args(kind)
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], v, f"{where}[{i}]") for i, v in enumerate(value))
    if len(inner) != len(value):
        raise _refused(where, f"{len(inner)} values", value)
    return tuple(_read(k, v, f"{where}[{i}]") for i, (k, v) in enumerate(zip(inner, value, strict=True)))


def _refused(where: str, wanted: str, value: Any) -> Failure:
    return Failure(ErrorCode.BAD_PARAMS, f"{where} should be {wanted}, and is {str(value)[:40]!r}.")
