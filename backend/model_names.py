"""What models are called: pocket, a folder or a file wherever it lies, or an id of the hub."""

from __future__ import annotations

import re
from pathlib import Path

POCKET = "pocket"

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
LIES_SOMEWHERE = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]")  # how a path begins, and no id


def whole(name: str) -> str:
    """What lies on the disk by its whole path: who is asked may work in another folder than who asks."""
    path = Path(name).expanduser()
    return str(path.absolute()) if name.strip() and name != POCKET and path.exists() else name


def is_of_hub(name: str) -> bool:
    """What lies on the disk is none, whatever it is called."""
    path = Path(name).expanduser()
    return bool(HUB_ID.fullmatch(name)) and not path.is_absolute() and not path.exists()


def known_as(name: str) -> str:
    """The same wherever it lies. What it is, its weights tell."""
    if LIES_SOMEWHERE.match(name) or name.lower().endswith(".safetensors"):
        return re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    return name
