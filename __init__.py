"""Steady Diffusion: the extension's way in, which registers its rooms and nothing else."""

from importlib import import_module

# In the order in which they lean on each other while they run: the last job to be given back asks the preferences.
# Imported late, because the backend lives in this folder too, and Python programs that know no Blender come by here.
ROOMS = (
    "translations",
    "panels.preferences",
    "settings",
    "sequencer.identity",
    "sequencer.follow",
    "operators",
    "panels",
)


def register() -> None:
    for room in ROOMS:
        import_module(f".{room}", __package__).register()


def unregister() -> None:
    for room in reversed(ROOMS):
        import_module(f".{room}", __package__).unregister()
