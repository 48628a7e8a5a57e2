"""What a job will cost, from what earlier ones did on this computer."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from ..backend import estimates
from ..backend.api import Crop, Painting, Way
from ..backend.estimates import Cost, Need, kind
from ..backend.frozen import frozen
from ..preferences import data_folder, preferences
from ..settings.order import Order

MILLION = 1e6


class Sort(Enum):
    """Of work: what a part of a job is called does not say which it belongs to."""

    PAINTING = "painting"  # looks, tuning and rendering, which a model does
    SMOOTHING = "smoothing"
    SPREADING = "spreading"
    MEASURING = "measuring"
    EXPORTING = "exporting"


@frozen
class Missing:
    """What a click has still to do."""

    frames: int = 0  # to be read
    looks: bool = False
    iterations: int = 0
    takes: int = 0  # frames to be rendered
    decoder: bool = False  # the small one, to be distilled
    plain: tuple[Painting, ...] = ()  # takes of the model as it came, each of `total` frames
    smoothed: int = 0  # frames of the take
    spread: int = 0  # frames that looks are carried to
    measured: int = 0  # frames to be measured
    total: int = 0  # frames of the strip

    @property
    def nothing(self) -> bool:
        return not any(
            (
                self.frames,
                self.looks,
                self.iterations,
                self.takes,
                self.decoder,
                self.plain,
                self.smoothed,
                self.spread,
                self.measured,
            )
        )

    @property
    def paints(self) -> bool:
        return bool(self.looks or self.iterations or self.decoder or self.takes or self.plain)


def foresee(order: Order, missing: Missing, pixels: int) -> Cost | None:
    """None until work of these kinds was done here."""
    return foreseen(needs(order, missing, pixels / MILLION))


def foresee_movie(work: str, frames: int, pixels: int) -> Cost | None:
    """Of an export, or of the example."""
    units = frames * pixels / MILLION
    return foreseen([Need(work, units, units)])


def foreseen(wanted: Iterable[Need]) -> Cost | None:
    return estimates.foresee(estimates.read(data_folder(preferences())), wanted)


def needs(order: Order, missing: Missing, size: float) -> Iterator[Need]:
    if missing.frames:
        yield Need(READING, missing.frames * size, missing.frames * size)
    for sort, wanted in (
        (Sort.PAINTING, missing.paints),
        (Sort.SMOOTHING, missing.smoothed),
        (Sort.SPREADING, missing.spread),
        (Sort.MEASURING, missing.measured),
    ):
        if wanted:
            yield Need(starting(order, sort), 1)
            yield from _WORK[sort](order, missing, size)


def _painting(order: Order, missing: Missing, size: float) -> Iterator[Need]:
    kinds = kinds_of(order)
    if missing.looks:
        yield Need(kinds["Painting"], order.candidates * steps_of(order.look) * size, order.candidates * size)
    if missing.iterations:
        yield Need(kinds["Tuning"], missing.iterations * order.recipe.batch * size, 1)
    if missing.decoder:
        yield Need(kinds[DISTILLING], size, 1)
    if missing.takes:
        walked = order.fast if order.way is Way.FAST else steps_of(order.painted)
        yield Need(kinds["Rendering"], missing.takes * walked * size, missing.takes * size)
    for one in missing.plain:
        yield Need(kinds["Rendering"], missing.total * steps_of(one) * size, missing.total * size)


def _smoothing(order: Order, missing: Missing, size: float) -> Iterator[Need]:
    kinds = kinds_of(order, Sort.SMOOTHING)
    yield Need(kinds["Smoothing"], order.smoothing.steps * size)
    yield Need(kinds["Painting"], missing.smoothed * size, missing.smoothed * size)


def _spreading(order: Order, missing: Missing, size: float) -> Iterator[Need]:
    kinds = kinds_of(order, Sort.SPREADING)
    yield Need(kinds["Carrying"], 2 * missing.spread * size)  # there, and back
    yield Need(kinds["Learning"], order.spreading.steps * size)
    yield Need(kinds["Painting"], missing.spread * size, missing.spread * size)


def _measuring(order: Order, missing: Missing, size: float) -> Iterator[Need]:
    yield Need(kinds_of(order, Sort.MEASURING)["Measuring"], missing.measured * size)


_WORK = {
    Sort.PAINTING: _painting,
    Sort.SMOOTHING: _smoothing,
    Sort.SPREADING: _spreading,
    Sort.MEASURING: _measuring,
}


# --- the kinds of work


READING, EXPORTED, EXAMPLE = kind("reading"), kind(Sort.EXPORTING.value), kind("example")
DISTILLING = "Distilling"  # the word that a job says


def kinds_of(order: Order, sort: Sort = Sort.PAINTING) -> dict[str, str]:
    """By the word that a job of this sort says while it does it."""
    model, device = order.engine.model, _device(order)
    if sort is Sort.MEASURING:
        return {"Reading": READING, "Measuring": kind(sort.value)}
    if sort is Sort.SPREADING:
        network = f"width {order.spreading.width}"
        words = ("Carrying", "Learning", "Painting")
        return {"Reading": READING} | {word: kind(sort.value, word.lower(), network, *device) for word in words}
    if sort is Sort.SMOOTHING:
        network = f"width {order.smoothing.width}, heads {order.smoothing.heads}"
        features = model if order.smoothing.features else "no features"
        painting = kind(sort.value, "painting", network, *device)
        return {"Reading": READING, "Smoothing": kind(sort.value, network, features, *device), "Painting": painting}
    return {
        "Reading": READING,
        "Painting": kind("painting", model, _guided(order.look), *device),
        "Tuning": kind("tuning", model, order.recipe.method.value, *device),
        DISTILLING: kind("distilling", model, *device),
        "Rendering": kind("rendering", model, _guided(order.painting), *device),
    }


def starting(order: Order, sort: Sort) -> str:
    """All that a job of this sort does beside its parts: loading the model, above all."""
    if sort is Sort.PAINTING or (sort is Sort.SMOOTHING and order.smoothing.features):
        return kind("starting", order.engine.model, *_device(order))
    return kind("starting", sort.value)


def steps_of(painting: Painting) -> int:
    """Those that are walked."""
    return max(1, int(painting.steps * painting.strength))


def _guided(painting: Painting) -> str:
    return "guided" if painting.guidance > 1 else "unguided"  # which takes twice as long


def _device(order: Order) -> tuple[str, str]:
    return order.engine.device or "best", order.engine.precision.value


def pixels_of(settings: Any, canvas: tuple[int, int], found: tuple[int, int] | None) -> int:
    """Of the size that is worked at: as it was found, or else for a strip that fills the canvas."""
    if found is not None:
        return found[0] * found[1]
    short = settings.short_side
    ratio = 1.0 if settings.crop == Crop.SQUARE.value else max(canvas) / min(canvas)
    return int(short * short * ratio)
