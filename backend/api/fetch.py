"""The download of a model: what a button asks for that has said how large it is."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Fetched:
    folder: str
    size: int  # bytes of the whole model


@frozen
class FetchModel:
    """Download a model of the hub, or what is missing of it."""

    method: ClassVar[str] = "model.fetch"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Fetched
    model: str
    models: str = ""  # where hub models are kept; '' is the hub's own cache
