"""The smooth stage: a take learned anew from its source, shot by shot, without its flicker, as another take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from .. import disk, flicker, levels, models, pictures, prior, shots, study
from ..api import ErrorCode, Failure, Prior, Smooth, Smoothed
from ..batching import is_out_of_memory
from ..fingerprint import fingerprint_of, stamp_of, unstamped
from ..frozen import frozen
from ..jobs import Job
from ..pictures import Pixels
from ..plain import from_json, to_json
from ..prior import Features
from ..reel import HELD, Reel
from ..seeds import check_seed
from ..shelf import Shelf, device_of
from ..smoothing import Shot, Smoothing
from ..study import Study
from ..take import Take
from ..telling import Account, Told
from . import frames

VERSION = 7  # part of every take's fingerprint: a change of what is learned must count it up
STATE = "prior.safetensors"  # in the take's folder, of the shot that is being learned
ROOM = HELD // 3  # bytes: for the frames, for the take, and for that without its drift


@frozen
class Part:
    """A shot, what it is learned from as a stamp, and whether all its pictures are there already."""

    numbers: range
    stamp: str
    stands: bool


@frozen
class Learned:
    """What learning a shot came to, as take.json remembers it."""

    first: int
    last: int
    stamp: str
    steps: int
    seconds: float
    stopped: bool
    even: bool = False  # evening its colours was enough, and nothing was learned


def smooth(request: Smooth, blobs: list[bytes], job: Job, shelf: Shelf) -> Smoothed:
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    check(request.prior)
    device_of(request.engine)
    with study.locked(folder):
        return _Work(Study.open(folder), request, job, shelf).done()


def check(made: Prior) -> None:
    """Refused before anything is done."""
    for text, fine, hint in (
        (f"A network of width {made.width} holds nothing.", made.width >= 1, "32 is usual."),
        (f"The learning rate is {made.rate:g}.", 0 < made.rate < math.inf, "0.0001 is usual."),
        (f"{made.steps} steps are too few.", made.steps >= 0, "2500 is usual."),
        (f"A network with {made.heads} heads is not known.", made.heads in (1, 2), "Choose 1, or 2 for two styles."),
        (f"The features' weight is {made.features:g}.", 0 <= made.features < math.inf, "0.1 is usual; 0 is without."),
    ):
        if not fine:
            raise Failure(ErrorCode.BAD_INPUT, text, hint)
    check_seed(made.seed)
    if not made.steps and not levels_of(made):
        hint = "Give it steps, or one style and a drift of colours to take out."
        raise Failure(ErrorCode.BAD_INPUT, "With 0 steps the take would stay as it is.", hint)


def levels_of(made: Prior) -> bool:
    """Whether a drift of colours is looked for: two styles have their own, which are not to be brought together."""
    return made.level and made.heads == 1


def default_name(request: Smooth) -> str:
    return f"{request.source} smooth"


class _Work:
    """One request on one study."""

    def __init__(self, kept: Study, request: Smooth, job: Job, shelf: Shelf) -> None:
        self.kept, self.request, self.job, self.shelf = kept, request, job, shelf
        self.numbers = range(kept.source.first, kept.source.last + 1)
        frames.all_held(kept, self.numbers.start, self.numbers[-1])
        self.source = whole(kept, request.source, self.numbers)
        made = request.prior
        model = models.mark(request.engine) if made.features else ""
        self.fingerprint = fingerprint_of(VERSION, self.source.name, made, model, kept.source.framing)
        self.take = kept.take_to_fill(request.take.strip() or default_name(request), self.fingerprint)
        self.learned = {one.stamp: one for one in _remembered(self.take)}

    def done(self) -> Smoothed:
        self.take.sweep()
        parts = self._parts()
        if not all(part.stands for part in parts):
            self._note(parts, complete=False)
        for place, part in enumerate(parts):
            if not part.stands:
                self._learn(part, place, parts)
        self._note(parts, complete=True)
        known = [self.learned[part.stamp] for part in parts if part.stamp in self.learned]
        taught = [one for one in known if not one.even]
        return Smoothed(
            self.take.name,
            str(self.take.folder),
            self.numbers[0],
            self.numbers[-1],
            sum(one.steps for one in known),
            sum(one.seconds for one in known),
            bool(taught) and all(one.stopped for one in taught),
            warning(len(known) - len(taught), len(known)) if self.request.prior.steps else "",
        )

    # --- what is to be done

    def _parts(self) -> list[Part]:
        return [self._part(numbers) for numbers in shots.shots_of(self.kept, self.job)]

    def _part(self, numbers: range) -> Part:
        shown = []
        for number in numbers:
            self.job.check()
            paths = self.kept.frame_path(number), self.source.picture_path(number)
            shown += [fingerprint_of(unstamped(disk.read(path))) for path in paths]
        stamp = fingerprint_of(self.fingerprint, numbers.start, *shown)
        return Part(numbers, stamp, all(stamp_of(self.take.picture_path(n)) == stamp for n in numbers))

    # --- doing it

    def _learn(self, part: Part, place: int, parts: Sequence[Part]) -> None:
        account = Account(self.job, [part.numbers for part in parts], place, self.request.prior.steps)
        if len(part.numbers) == 1:  # there is nothing that it shares with others
            self._write(part, account, [pictures.read(self.source.picture_path(part.numbers[0]))])
            return
        shot = self._shot(part.numbers, account)
        if self._is_even(shot, part.numbers, account):
            self.learned[part.stamp] = Learned(part.numbers[0], part.numbers[-1], part.stamp, 0, 0.0, False, even=True)
            self._note(parts, complete=False)
            self._write(part, account, (shot.wanted[index] for index in range(len(shot))))
            return
        try:
            smoothing = self._smoothed(shot, part, account)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            hint = "Smooth with a smaller width, or work at a smaller size."
            message = f"The device has too little memory to smooth with a width of {self.request.prior.width}."
            raise Failure(ErrorCode.BAD_INPUT, message, hint) from error
        self._note(parts, complete=False)  # before its pictures, which say that nothing is left to do
        self._write(part, account, smoothing.pictures())
        disk.remove(self.take.folder / STATE)

    def _is_even(self, shot: Shot, numbers: range, account: Account) -> bool:
        """Whether its colours, which are even by now, were all that is to be mended."""
        made = self.request.prior
        if not made.steps:
            return True
        if made.always or not levels_of(made):
            return False
        account.tell(0, "Looking for flicker")
        opacity = Reel(lambda i: self._opacity(numbers[i]), len(numbers), held=0)
        return not flicker.flickers(shot.frames, shot.wanted, self.job.check, opacity)

    def _opacity(self, number: int) -> Pixels:
        return pictures.read_with_alpha(self.source.picture_path(number))[..., 3]

    def _smoothed(self, shot: Shot, part: Part, account: Account) -> Smoothing:
        smoothing = Smoothing(shot, self.request.prior, self._features(account), device_of(self.request.engine))
        told = Told(account, smoothing, self.request.preview_every)
        smoothing.learn(self.take.folder / STATE, part.stamp, told)
        first, last = part.numbers[0], part.numbers[-1]
        of_it = Learned(first, last, part.stamp, smoothing.step, round(smoothing.seconds, 2), smoothing.stopped)
        self.learned[part.stamp] = of_it
        return smoothing

    def _features(self, account: Account) -> Features | None:
        if not self.request.prior.features:
            return None
        account.tell(0, "Loading the model")
        return prior.features_of(self.shelf.take(self.request.engine).vae)

    def _shot(self, numbers: range, account: Account) -> Shot:
        source = Reel(lambda i: pictures.read(self.kept.frame_path(numbers[i])), len(numbers), ROOM)
        take = Reel(lambda i: pictures.read(self.source.picture_path(numbers[i])), len(numbers), ROOM)
        if not levels_of(self.request.prior):
            return Shot(source, take)
        account.tell(0, "Looking for a drift of colours")
        drift = levels.correction(len(numbers), lambda i: (source[i], take[i]), self.job.check)
        return Shot(source, Reel(lambda i: drift.of(i, take[i]), len(numbers), ROOM))

    def _write(self, part: Part, account: Account, painted: Iterable[Pixels]) -> None:
        """With the transparency that the source take has."""
        for number, picture in zip(part.numbers, account.painting(painted), strict=True):
            alpha = self._opacity(number)
            shown = picture if (alpha == 255).all() else np.dstack([picture, alpha])
            pictures.write(self.take.picture_path(number), shown, part.stamp)

    def _note(self, parts: Sequence[Part], complete: bool) -> None:
        """take.json."""
        ours = {
            "method": "smooth",
            "source": self.source.name,
            "source_fingerprint": self.source.note().get("fingerprint", ""),
            "prior": to_json(self.request.prior),
            "model": self.request.engine.model if self.request.prior.features else "",
            "fingerprint": self.fingerprint,
            "framing": to_json(self.kept.source.framing),
            "first": self.numbers[0],
            "last": self.numbers[-1],
            "complete": complete,
            "shots": [to_json(self.learned[part.stamp]) for part in parts if part.stamp in self.learned],
        }
        self.take.add_to_note(ours)


def warning(even: int, count: int) -> str:
    if not even:
        return ""
    if even == count:
        return "Nothing flickers once the colours are even: the network was not needed."
    return f"In {even} of {count} shots nothing flickers once the colours are even: the network was not needed there."


# --- the take that is smoothed


def whole(kept: Study, name: str, numbers: range) -> Take:
    """The take of this name, with a picture of every frame, all of the strip's working size."""
    found = next((take for take in kept.readable_takes() if take.name == name.strip()), None)
    if found is None:
        kept.refuse_damaged(name.strip())
        raise Failure(ErrorCode.BAD_INPUT, f"The study has no take “{name}”.", "Render one, or choose another.")
    hint = "Render it again: what is there is kept."
    if missing := [n for n in numbers if stamp_of(found.picture_path(n)) is None]:
        message = f"The take “{name}” lacks {len(missing)} of {len(numbers)} frames, the first is frame {missing[0]}."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    wide, high = kept.source.framing.size
    for number in numbers:
        width, height = pictures.size_of(disk.read(found.picture_path(number)))
        if (width, height) != (wide, high):
            message = (
                f"Frame {number} of the take “{name}” is {width}×{height}, and the strip's frames are {wide}×{high}."
            )
            raise Failure(ErrorCode.BAD_INPUT, message, hint)
    kept.refuse_displaced(found)
    return found


def _remembered(take: Take) -> list[Learned]:
    """What take.json says of shots that were learned; a note that cannot be read says nothing."""
    try:
        return [from_json(Learned, one) for one in take.note().get("shots", [])]
    except Failure:
        return []
