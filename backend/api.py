"""The contract: every request, answer and event that crosses the socket, as dataclasses that both sides import."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, TypeVar

PROTOCOL = 1
VERSION = "0.1.0"

T = TypeVar("T")


class ErrorCode(Enum):
    """JSON-RPC's own codes, and ours below -32000."""

    NOT_JSON = -32700
    BAD_REQUEST = -32600
    UNKNOWN_METHOD = -32601
    BAD_PARAMS = -32602
    INTERNAL = -32603
    CANCELLED = -32001
    VERSION_MISMATCH = -32002
    BAD_STUDY = -32003
    STUDY_LOCKED = -32004
    DISK = -32005
    BAD_INPUT = -32006
    LOST = -32007  # never sent: the client's own, when the other side is gone


class Failure(Exception):
    """What went wrong in one sentence, and what to do about it in another. The only error that reaches a user."""

    def __init__(self, code: ErrorCode, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


# --- what a study is about


class Crop(Enum):
    BOX = "BOX"  # the bounding box of what the strip shows
    SQUARE = "SQUARE"  # a centred square, as in the article


@dataclass(frozen=True)
class Box:
    """A rectangle in canvas pixels; y runs down, as in the frames."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Framing:
    """Where the frames lie on the canvas, and at what size they are worked on."""

    canvas: tuple[int, int]
    box: Box
    size: tuple[int, int]


@dataclass(frozen=True)
class Owner:
    """The strip that may write to a study. The .blend is named as seen from the study's folder, '' while unsaved."""

    blend: str
    scene: str
    strip: str


@dataclass(frozen=True)
class Source:
    """What the frames were read from. Frames are numbered from 1 at the strip's content start, both ends included."""

    fps: float
    first: int
    last: int
    fingerprint: str  # of the strip's settings and its media's path, size and time
    media: tuple[str, ...]
    framing: Framing
    short_side: int
    crop: Crop
    shown: tuple[int, int] = (0, 0)  # the numbers that the framing was found over: a longer strip may show more


# --- requests; `quick` ones are answered at once, the others wait their turn in the queue and may be cancelled


@dataclass(frozen=True)
class Machine:
    """What the backend runs on, as far as it is known without importing torch."""

    platform: str
    python: str
    torch: str
    device: str
    memory: int


@dataclass(frozen=True)
class Welcome:
    protocol: int
    version: str
    pid: int
    machine: Machine


@dataclass(frozen=True)
class Done:
    pass


@dataclass(frozen=True)
class Hello:
    method: ClassVar[str] = "hello"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Welcome
    protocol: int
    version: str


@dataclass(frozen=True)
class Ping:
    method: ClassVar[str] = "ping"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done


@dataclass(frozen=True)
class Cancel:
    """Cancel the request with this JSON-RPC id, running or still queued. It is then answered with CANCELLED."""

    method: ClassVar[str] = "cancel"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done
    job: int


@dataclass(frozen=True)
class Shutdown:
    method: ClassVar[str] = "shutdown"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done


@dataclass(frozen=True)
class FramesWanted:
    """The frame numbers that the study does not hold yet."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class BeginFrames:
    """Make the study (or take it up again) and ask which of the source's frames it lacks."""

    method: ClassVar[str] = "frames.begin"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = FramesWanted
    folder: str
    study: str
    parent: str  # the id of the study that this strip was copied from, or ''
    owner: Owner
    source: Source
    parent_folder: str = ""  # where that study is, unless it is beside this one


@dataclass(frozen=True)
class PutFrame:
    """One frame of the study, with one blob of RGB rows from the top, and one of alpha where `alpha` says so.

    Its size is the box's as it was rendered; the backend brings it to the working size."""

    method: ClassVar[str] = "frames.put"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Done
    folder: str
    number: int
    width: int
    height: int
    alpha: bool


@dataclass(frozen=True)
class Far:
    """A run of frames that look like nothing in the reference set."""

    first: int
    last: int
    distance: float


@dataclass(frozen=True)
class Reference:
    """The chosen reference frames and how well they cover the strip. Distance 1 is the size of a hard cut."""

    numbers: tuple[int, ...]
    shots: tuple[int, ...]  # the first frame of every shot
    worst: float
    mean: float
    far: tuple[Far, ...]
    warning: str  # '' or one sentence for the panel


@dataclass(frozen=True)
class ChooseReference:
    """Choose `count` of the frames from `first` to `last` that cover that part of the strip."""

    method: ClassVar[str] = "frames.choose"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Reference
    folder: str
    count: int
    first: int
    last: int


@dataclass(frozen=True)
class ReleaseFrames:
    """Let others write to the study: no more frames will come. It is done even when the client cancels, or leaves."""

    method: ClassVar[str] = "frames.release"
    quick: ClassVar[bool] = False  # its turn is after the frames that are on their way
    answer: ClassVar[type] = Done
    folder: str


@dataclass(frozen=True)
class Example:
    """The example clip, and what it shows in the words that the pocket model knows."""

    movie: str
    sound: str
    caption: str


@dataclass(frozen=True)
class DrawExample:
    """Draw a clip of the pocket world as a lossless movie, with an engine's sound, into a folder."""

    method: ClassVar[str] = "example.draw"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Example
    folder: str
    frames: int
    width: int
    height: int
    fps: int


# --- events: notifications from the backend, each about one request


@dataclass(frozen=True)
class Progress:
    method: ClassVar[str] = "progress"
    job: int
    done: int
    total: int
    text: str


@dataclass(frozen=True)
class Preview:
    """A picture to show while the job runs: one blob of RGB rows from the top."""

    method: ClassVar[str] = "preview"
    job: int
    width: int
    height: int


@dataclass(frozen=True)
class Log:
    method: ClassVar[str] = "log"
    job: int
    text: str


@dataclass(frozen=True)
class Error:
    """The `error` member of a JSON-RPC response."""

    code: ErrorCode
    message: str
    hint: str = field(default="")


REQUESTS: dict[str, type] = {
    c.method: c
    for c in (Hello, Ping, Cancel, Shutdown, BeginFrames, PutFrame, ChooseReference, ReleaseFrames, DrawExample)
}
EVENTS: dict[str, type] = {c.method: c for c in (Progress, Preview, Log)}


# --- from dataclass to JSON and back


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass of this module."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """The dataclass that `to_json` made `value` from. A missing, unknown or ill-typed field is refused by name."""
    return _read(kind, value, kind.__name__)


def _read(kind: Any, value: Any, where: str) -> Any:
    if type(value) is kind:  # `type`, because a bool is an int
        return value
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError as error:
            raise _refused(where, f"one of {[e.value for e in kind]}", value) from error
    if typing.get_origin(kind) is tuple:
        return _read_tuple(kind, value, where)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return None if value is None else _read(typing.get_args(kind)[0], value, where)
    if kind is float and type(value) is int:
        return float(value)
    raise _refused(where, kind.__name__, value)


def _read_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _refused(where, "an object", value)
    hints = _hints(kind)
    fields = dataclasses.fields(kind)
    if unknown := set(value) - {f.name for f in fields}:
        raise Failure(ErrorCode.BAD_PARAMS, f"{where} has no field “{sorted(unknown)[0]}”.")
    known = {f.name: _read(hints[f.name], value[f.name], f"{where}.{f.name}") for f in fields if f.name in value}
    try:
        return kind(**known)
    except TypeError as error:
        missing = [f.name for f in fields if f.name not in known]
        raise Failure(ErrorCode.BAD_PARAMS, f"{where} lacks “{missing[0]}”.") from error


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Evaluated once: doing it for every frame would cost more than to send it."""
    return typing.get_type_hints(kind)


def _read_tuple(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _refused(where, "a list", value)
    inner = typing.get_args(kind)
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], v, f"{where}[{i}]") for i, v in enumerate(value))
    if len(inner) != len(value):
        raise _refused(where, f"{len(inner)} values", value)
    return tuple(_read(k, v, f"{where}[{i}]") for i, (k, v) in enumerate(zip(inner, value, strict=True)))


def _refused(where: str, wanted: str, value: Any) -> Failure:
    return Failure(ErrorCode.BAD_PARAMS, f"{where} should be {wanted}, and is {str(value)[:40]!r}.")
