"""The contract: every request, answer and event that crosses the socket, as dataclasses that both sides import."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

PROTOCOL = 1
VERSION = "0.1.0"


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


# --- how it is painted


class Sampler(Enum):
    """Deterministic ones that end where they should: one that draws noise on its way makes every frame another picture.

    PNDM is not among them: diffusers starts it in mid-schedule without its double first step, and an exact network then
    misses its picture by a fifth of the latents' spread (docs/method.md)."""

    DDIM = "ddim"
    DPM = "dpm++ 2m"
    DPM_KARRAS = "dpm++ 2m karras"
    UNIPC = "unipc"
    EULER = "euler"
    HEUN = "heun"


class Pairing(Enum):
    """Which ρ: 0, a_t/s_t, or a_T/s_T."""

    ORDINARY = "ordinary"  # the look with noise on it
    LITERAL = "literal"  # the frame with noise on it, at every t, as the article says
    BRIDGE = "bridge"  # the straight way from the noised frame at T to the look: what sampling will see


class Precision(Enum):
    AUTO = "auto"  # half where the device computes faster in it
    FULL = "full"
    HALF = "half"


class Method(Enum):
    """What is tuned of the UNet."""

    LORA = "lora"
    WHOLE = "whole"


class Way(Enum):
    """How a take is rendered."""

    PLAIN = "plain"  # by the model as it came
    TUNED = "tuned"
    FAST = "fast"  # tuned, in a few steps from the same start


@dataclass(frozen=True)
class Engine:
    """Which model paints, and on what."""

    model: str = "pocket"  # pocket, a folder, a .safetensors file, or a hub id
    models: str = ""  # where hub models are kept; '' is the hub's own cache
    may_download: bool = False
    device: str = ""  # as torch names it; '' is the best there is
    precision: Precision = Precision.AUTO


@dataclass(frozen=True)
class Painting:
    """img2img, in diffusers' words."""

    strength: float
    steps: int
    guidance: float
    seed: int
    sampler: Sampler = Sampler.DDIM
    noise: float = 1.0  # the share of it that is laid on: below 1 a tuned model is shown more of the frame


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
    asked: int = 0  # how many were asked for: there may be fewer frames; 0 in older notes: as many as there are


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


@dataclass(frozen=True)
class Look:
    """A stylised version of one frame: painted here, or an image from outside. Its picture has the same name."""

    name: str  # "003-2": the frame, and which of its candidates
    frame: int
    prompt: str
    model: str  # '' for an image from outside
    painting: Painting | None
    brought: str  # the file of an image from outside, or ''
    composition: float  # how well its edges lie where the frame's do; 1 is the frame itself, 0 is another picture
    moved: bool  # whether the subject has moved, by that measure
    chosen: bool = False
    shown: str = ""  # what the frame showed when it was painted (fingerprint.shown_by); '' in older notes: unknown


@dataclass(frozen=True)
class Looks:
    """What one request came to, the best composition first."""

    looks: tuple[Look, ...]
    warning: str = ""  # '' or one sentence: even the best has moved the subject
    lower_strength: float = 0.0  # what to try instead; 0 where there is no need


@dataclass(frozen=True)
class MakeLooks:
    """Paint `count` candidates a prompt for one frame; their seeds count up from the painting's."""

    method: ClassVar[str] = "looks.make"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    frame: int
    prompts: tuple[str, ...]
    count: int
    engine: Engine = Engine()
    painting: Painting = Painting(strength=0.75, steps=50, guidance=7.5, seed=0)


@dataclass(frozen=True)
class BringLook:
    """Take over an image file that was painted elsewhere as a look of a frame."""

    method: ClassVar[str] = "looks.bring"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    frame: int
    prompt: str
    file: str


@dataclass(frozen=True)
class ChooseLooks:
    """Choose exactly these looks; all others are kept, and not chosen."""

    method: ClassVar[str] = "looks.choose"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """How the model is tuned. The defaults are what early trials favoured; the ablation is yet to decide."""

    method: Method = Method.LORA
    rate: float = 0.0  # of learning; 0 is the method's own: 1e-4 for LoRA, 1e-5 for the whole UNet
    rank: int = 16  # of a LoRA
    iterations: int = 1000
    batch: int = 4
    late: int = 500  # only timesteps below it are tuned
    looks: float = 0.5  # the share of looks in a batch; the others are reference frames
    pairing: Pairing = Pairing.BRIDGE
    at_start: float = 0.3  # the share of looks exactly at T
    astray: float = 0.0  # the share of the others off the straight way
    angle: float = 90.0  # degrees between the noise of the rendering and that of tuning
    unguided: bool = False  # taught for guidance 1 also where more is rendered with, as the article did
    crops: int = 64  # encodings of cropped, flipped and scaled pairs; 1 is the look as it is
    warped: int = 0  # frames on either side to which the look is carried along the flow
    seed: int = 0


@dataclass(frozen=True)
class Tuned:
    """What tuning came to."""

    steps: int
    loss: float  # the mean over the last tenth
    seconds: float
    warning: str = ""


@dataclass(frozen=True)
class Tune:
    """Teach the model this clip and its chosen looks, for the rendering that is meant. Goes on where it stopped."""

    method: ClassVar[str] = "tune"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Tuned
    folder: str
    engine: Engine = Engine()
    recipe: Recipe = Recipe()
    painting: Painting = Painting(strength=0.45, steps=50, guidance=1.0, seed=0)
    fast: int = 0  # the number of explicit timesteps that are tuned for; 0 is all that the sampler walks
    preview_every: int = 100  # iterations between two previews; 0 is none


@dataclass(frozen=True)
class Rendered:
    """What rendering came to. Every frame is there, also those that were not rendered this time."""

    take: str
    folder: str
    first: int
    last: int
    rendered: int
    warning: str = ""


@dataclass(frozen=True)
class Render:
    """Paint every frame with one noise and one seed. Goes on at the first frame that is missing."""

    method: ClassVar[str] = "render"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Rendered
    folder: str
    take: str  # '' is a name made from the way and the painting
    way: Way
    prompt: str  # '' is that of the first chosen look
    engine: Engine = Engine()
    painting: Painting = Painting(strength=0.45, steps=50, guidance=1.0, seed=0)
    fast: int = 4  # timesteps, where the way is FAST
    tuning: str = ""  # the folder of the study whose tuning is used; '' is this one
    batch: int = 0  # frames at once; 0 is what the device holds


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
    for c in (
        *(Hello, Ping, Cancel, Shutdown),
        *(BeginFrames, PutFrame, ChooseReference, ReleaseFrames, DrawExample),
        *(MakeLooks, BringLook, ChooseLooks, Tune, Render),
    )
}
EVENTS: dict[str, type] = {c.method: c for c in (Progress, Preview, Log)}
