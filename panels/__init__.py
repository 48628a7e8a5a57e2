"""What is drawn in the sequencer's sidebar, in the tab “Steady”."""

from . import (
    aside,
    backend,
    compare,
    disk,
    frames,
    installation,
    jobs,
    lending,
    looks,
    measure,
    menu,
    notice,
    presets,
    render,
    restyle,
    smooth,
    takes,
    thumbnails,
    tune,
)

_ROOMS = (
    thumbnails,
    aside,
    presets,
    jobs,
    restyle,
    lending,
    frames,
    looks,
    tune,
    render,
    smooth,
    measure,
    takes,
    compare,
    backend,
    disk,
    installation,
    menu,
    notice,
)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
