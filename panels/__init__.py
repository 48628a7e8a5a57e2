"""What is drawn in the sequencer's sidebar, in the tab “Steady”."""

from . import backend, jobs

_ROOMS = (jobs, backend)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
