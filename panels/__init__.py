"""What is drawn in the sequencer's sidebar, in the tab “Steady”."""

from . import backend, frames, installation, jobs, looks, menu, render, restyle, thumbnails, tune

_ROOMS = (thumbnails, jobs, restyle, frames, looks, tune, render, backend, installation, menu)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
