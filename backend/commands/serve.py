"""`serve`: what Blender talks to."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    serve = commands.add_parser("serve", help="serve Blender over a local socket")
    serve.add_argument("--wait", action="store_true", help="wait for a Blender that is set to “connect only”")
    serve.add_argument("--connection", type=Path, metavar="FILE", help="with --wait: where Blender finds the socket")
    serve.set_defaults(serve=_serve)


def _serve(asked: argparse.Namespace) -> int:
    from ..server import serve

    return serve(asked.wait, asked.connection)
