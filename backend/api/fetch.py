"""A model of the hub: how large it is, and its download by a button that has said so."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Offered:
    model: str
    size: int  # bytes that a download brings


@frozen
class OfferModel:
    """Ask the hub how large a model is. Nothing is downloaded."""

    method: ClassVar[str] = "model.offer"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Offered
    model: str


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
