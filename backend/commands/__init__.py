"""The commands of `python -m backend`: a module a group, each with its own arguments."""

from __future__ import annotations

import argparse

from . import convert, fetch, frames, looks, measure, propagate, render, restyle, serve, smooth, tune

_GROUPS = (serve, frames, looks, tune, render, propagate, smooth, measure, restyle, fetch, convert)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m backend", description="Steady Diffusion without Blender.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add(commands)
    return made
