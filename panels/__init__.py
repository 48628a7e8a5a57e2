"""What is drawn in the sequencer's sidebar, in the tab “Steady”."""

from importlib import import_module

from ..preferences import INSTALLS
from . import (
    aside,
    backend,
    compare,
    disk,
    frames,
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

_INSTALLATION = [import_module(".installation", __package__)] if INSTALLS else []

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
    *_INSTALLATION,
    menu,
    notice,
)


def register() -> None:
    for room in _ROOMS:
        room.register()


def unregister() -> None:
    for room in reversed(_ROOMS):
        room.unregister()
