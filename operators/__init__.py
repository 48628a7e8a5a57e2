"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""

from . import (
    backend,
    choosing,
    cleaning,
    command,
    example,
    export,
    frames,
    job,
    looks,
    render,
    restyle,
    study,
    takes,
    tune,
)

_ROOMS = (
    job,
    backend,
    example,
    frames,
    choosing,
    looks,
    tune,
    render,
    restyle,
    takes,
    cleaning,
    study,
    export,
    command,
)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
