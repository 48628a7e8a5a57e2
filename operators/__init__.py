"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""

from importlib import import_module

from ..preferences import INSTALLS
from . import (
    backend,
    choosing,
    cleaning,
    command,
    compare,
    deleting,
    details,
    example,
    export,
    frames,
    going,
    job,
    lending,
    looks,
    measure,
    models,
    pausing,
    presets,
    render,
    restyle,
    smooth,
    study,
    takes,
    timers,
    tune,
)

_INSTALLING = [import_module(".installing", __package__)] if INSTALLS else []

_ROOMS = (
    timers,
    job,
    pausing,
    backend,
    *_INSTALLING,
    example,
    frames,
    going,
    choosing,
    looks,
    tune,
    lending,
    render,
    smooth,
    measure,
    restyle,
    compare,
    presets,
    takes,
    deleting,
    cleaning,
    study,
    export,
    details,
    models,
    command,
)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
