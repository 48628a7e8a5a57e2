"""What F3 finds: an operator for every stage, and what starts, cancels and mends them."""

from . import backend, example, frames, job, study

_ROOMS = (job, backend, example, frames, study)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
