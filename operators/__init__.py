"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""

from . import (
    backend,
    choosing,
    cleaning,
    command,
    compare,
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
    tune,
)

_ROOMS = (
    job,
    pausing,
    backend,
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
