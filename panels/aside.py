"""What would take too long while a panel is drawn: it is found out on a thread, and drawn as soon as it is there."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import bpy

from ..backend.frozen import frozen
from ..operators import timers

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")

KEPT = 5.0  # seconds that an answer counts; less where what it depends on has changed
LOOK = 0.1  # seconds between two looks whether an answer has come


@frozen
class _Found:
    stamp: Hashable
    at: float
    value: Any


_found: dict[Hashable, _Found] = {}
_asked: dict[Hashable, tuple[Hashable, Future[Any]]] = {}
_threads: list[ThreadPoolExecutor] = []
_grown: list[bool] = []  # whether the last look has found anything


def recent(key: Hashable, stamp: Hashable, ask: Callable[[], T]) -> T | None:
    """What was found last; None until something was. `ask` must not touch bpy. It is asked again when it is old, or
    when the stamp is another one."""
    take_in()
    found = _found.get(key)
    is_old = found is None or found.stamp != stamp or time.monotonic() > found.at + KEPT
    if is_old and key not in _asked:
        _asked[key] = stamp, _thread().submit(ask)
        if not bpy.app.background and not bpy.app.timers.is_registered(_look):
            bpy.app.timers.register(_look, first_interval=LOOK, persistent=True)
    return found.value if found else None


def _thread() -> ThreadPoolExecutor:
    if not _threads:
        from concurrent.futures import ThreadPoolExecutor  # not before: Blender waits for us whenever it starts

        _threads.append(ThreadPoolExecutor(1, "steady-aside"))
    return _threads[0]


def take_in(wait: bool = False) -> bool:
    """Whether anything new has come."""
    changed = False
    for key, (stamp, answer) in list(_asked.items()):
        if wait or answer.done():
            del _asked[key]
            before, value = _found.get(key), _value(answer)
            _found[key] = _Found(stamp, time.monotonic(), value)
            changed |= before is None or before.value != value
    return changed


def _value(answer: Future[Any]) -> Any:
    """None where asking failed, which is a mistake of ours: a panel must be drawn all the same."""
    if error := answer.exception():
        traceback.print_exception(error)
        return None
    return answer.result()


def _look() -> float | None:
    """Drawn twice: a panel that grows lies below the next one until that is drawn again."""
    new = take_in()
    if new or _grown:  # else drawing again would only ask again, and so on for ever
        timers.redraw()
    _grown[:] = [True] if new else []
    return LOOK if _asked or new else None


def register() -> None:
    """Nothing yet: the thread comes with the first question."""


def unregister() -> None:
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)
    for thread in _threads:
        thread.shutdown(wait=False, cancel_futures=True)
    for kept in (_threads, _found, _asked, _grown):
        kept.clear()
