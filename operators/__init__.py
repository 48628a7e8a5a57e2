"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""

from . import backend, example, job

_ROOMS = (job, backend, example)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
