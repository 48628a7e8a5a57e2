"""The contract: every request, answer and event that crosses the socket, as dataclasses that both sides import.

A room a stage; everything is imported from here. Standard library only."""

from __future__ import annotations

from .clip import Box, Crop, Framing, Owner, Source
from .events import Log, Peak, Preview, Progress
from .example import DrawExample, Example
from .export import Exported, WriteGif
from .failures import Error, ErrorCode, Failure
from .fetch import Fetched, FetchModel, Offered, OfferModel
from .frames import BeginFrames, ChooseReference, Far, FramesWanted, PutFrame, Reference, ReleaseFrames
from .looks import BringLook, ChooseLooks, Look, Looks, MakeLooks
from .measure import KeyFigures, Measure, Measured
from .painting import Engine, Painting, Precision, Sampler
from .render import Render, Rendered, Way
from .smooth import Prior, Propagate, Smooth, Smoothed
from .talk import Cancel, Done, Hello, Machine, Ping, Shutdown, Welcome
from .tune import Method, Pairing, Recipe, Tune, Tuned

PROTOCOL = 1
VERSION = "0.1.0"

REQUESTS: dict[str, type] = {
    c.method: c
    for c in (
        *(Hello, Ping, Cancel, Shutdown),
        *(BeginFrames, PutFrame, ChooseReference, ReleaseFrames, DrawExample),
        *(MakeLooks, BringLook, ChooseLooks, Tune, Render),
        *(OfferModel, FetchModel, Smooth, Propagate, Measure, WriteGif),
    )
}
EVENTS: dict[str, type] = {c.method: c for c in (Progress, Preview, Peak, Log)}

__all__ = [
    "EVENTS",
    "PROTOCOL",
    "REQUESTS",
    "VERSION",
    "BeginFrames",
    "Box",
    "BringLook",
    "Cancel",
    "ChooseLooks",
    "ChooseReference",
    "Crop",
    "Done",
    "DrawExample",
    "Engine",
    "Error",
    "ErrorCode",
    "Example",
    "Exported",
    "Failure",
    "Far",
    "FetchModel",
    "Fetched",
    "FramesWanted",
    "Framing",
    "Hello",
    "KeyFigures",
    "Log",
    "Look",
    "Looks",
    "Machine",
    "MakeLooks",
    "Measure",
    "Measured",
    "Method",
    "OfferModel",
    "Offered",
    "Owner",
    "Painting",
    "Pairing",
    "Peak",
    "Ping",
    "Precision",
    "Preview",
    "Prior",
    "Progress",
    "Propagate",
    "PutFrame",
    "Recipe",
    "Reference",
    "ReleaseFrames",
    "Render",
    "Rendered",
    "Sampler",
    "Shutdown",
    "Smooth",
    "Smoothed",
    "Source",
    "Tune",
    "Tuned",
    "Way",
    "Welcome",
    "WriteGif",
]
