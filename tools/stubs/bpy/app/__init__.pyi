# Blender has no types of its own: to pyright all of it is Any.
from typing import Any

def __getattr__(name: str) -> Any: ...
