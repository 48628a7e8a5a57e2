"""The frames stage: keeps a strip's frames in its study, and chooses those that stand for all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .. import coverage, disk, filmstrip, pictures, study
from ..api import (
    BeginFrames,
    ChooseReference,
    Done,
    ErrorCode,
    Failure,
    Far,
    FramesWanted,
    PutFrame,
    Reference,
    ReleaseFrames,
    Source,
)
from ..fingerprint import fingerprint_of, stamp_of
from ..jobs import Job
from ..study import Study
from ..take import Take

STAGE = "frames"
REFERENCE = "reference"
AT_ONCE = 4  # frames looked at: decoding lets other threads run


def begin(request: BeginFrames, blobs: list[bytes], job: Job) -> FramesWanted:
    """Take the study for writing. Frames of other settings stay until all new ones have come: the user may go back."""
    study.check_id(request.study)
    _check_source(request.source)
    folder = Path(request.folder)
    if not folder.is_absolute():
        raise Failure(ErrorCode.BAD_PARAMS, f"A study's folder is a full path, and not “{request.folder}”.")
    if not disk.long_path(folder).is_dir():  # the first save of the file moves it, and no second one must be left here
        raise Failure(ErrorCode.BAD_STUDY, f"The folder “{folder}” is not there any more.", "Press the button again.")
    taken = study.take_lock(folder, study.LEASE)
    try:
        kept = _take_up(request, folder)
        _borrow(kept, request.parent_folder, job)
        held = set(kept.frame_numbers())
    except BaseException:
        taken.release()
        raise
    return FramesWanted(tuple(n for n in range(request.source.first, request.source.last + 1) if n not in held))


def put(request: PutFrame, blobs: list[bytes], job: Job) -> Done:
    if len(blobs) != 1 + request.alpha:
        raise Failure(ErrorCode.BAD_PARAMS, f"A frame comes as {1 + request.alpha} blobs, and {len(blobs)} came.")
    kept = Study.open(Path(request.folder))
    kept.renew_lock()
    source = kept.source
    if not source.first <= request.number <= source.last:
        message = f"Frame {request.number} was not asked for: the study holds {source.first} to {source.last}."
        raise Failure(ErrorCode.BAD_PARAMS, message)
    rgb = pictures.from_bytes(blobs[0], request.width, request.height, 3)
    if request.alpha:
        opacity = pictures.from_bytes(blobs[1], request.width, request.height, 1)
        rgb, opacity = pictures.resize_with_alpha(rgb, opacity, source.framing.size)
        pictures.write(kept.alpha_path(request.number), opacity, kept.stamp())
    else:
        rgb = pictures.resize(rgb, source.framing.size)
        disk.remove(kept.alpha_path(request.number))
    pictures.write(kept.frame_path(request.number), rgb, kept.stamp())  # last: with it the frame is there
    return Done()


def choose(request: ChooseReference, blobs: list[bytes], job: Job) -> Reference:
    if request.count < 1:
        hint = "30 are enough for most strips."
        raise Failure(ErrorCode.BAD_INPUT, f"{request.count} reference frames are too few: choose at least one.", hint)
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    with study.locked(folder):
        kept = Study.open(folder)
        numbers = all_held(kept, request.first, request.last)
        content = kept.frames_fingerprint(numbers)
        wanted = fingerprint_of(coverage.VERSION, content, request.count)
        drawn = disk.long_path(kept.filmstrip_path).is_file()  # older versions drew none
        if drawn and kept.fingerprint(REFERENCE) == wanted and (before := _readable_reference(kept)) is not None:
            return before
        reference, distances = _choose(kept, numbers, request.count, job)
        kept.sweep()
        disk.write(kept.filmstrip_path, filmstrip.encode(filmstrip.draw(kept, reference, distances)))
        kept.set_reference(reference, distances)
        kept.set_fingerprint(STAGE, content)
        kept.set_fingerprint(REFERENCE, wanted)
        return reference


def release(request: ReleaseFrames, blobs: list[bytes], job: Job) -> Done:
    """Others may write to the study from now on. Where there is none, or where it is free already, nothing is done."""
    study.release_lock(Path(request.folder))
    return Done()


def lay_back(folder: Path, name: str, job: Job) -> Take:
    """The strip's own frames as a take, to show the way back before anything was painted."""
    Study.open(folder)
    with study.locked(folder):
        kept = Study.open(folder)
        numbers = all_held(kept, kept.source.first, kept.source.last)
        take = kept.take(name)
        if take.note():
            hint = "Choose another name, or delete that take first."
            raise Failure(ErrorCode.BAD_INPUT, f"The study already has a take “{name}”.", hint)
        for done, number in enumerate(numbers):
            job.progress(done, len(numbers), "Laying back")
            if stamp_of(take.picture_path(number)) != kept.stamp():
                pictures.write(take.picture_path(number), as_seen(kept, number), kept.stamp())
        take.set_note({"method": "lay-back", "first": numbers[0], "last": numbers[-1]})
        job.progress(len(numbers), len(numbers), "Laying back")
        return take


# --- steps


def _check_source(source: Source) -> None:
    if source.last < source.first:
        raise Failure(ErrorCode.BAD_INPUT, "The strip has no frames.", "Make it at least one frame long.")
    if min(source.framing.size) < 8 or any(side % 8 for side in source.framing.size):
        wide, high = source.framing.size
        message = f"Frames are worked on at multiples of 8 pixels, and not at {wide}×{high}."
        raise Failure(ErrorCode.BAD_PARAMS, message)


def _take_up(request: BeginFrames, folder: Path) -> Study:
    if not study.is_study(folder):
        return Study.create(folder, request.study, request.parent, request.owner, request.source)
    kept = Study.open(folder)
    if kept.id != request.study:
        hint = "Relink the strip to its own study."
        raise Failure(ErrorCode.BAD_STUDY, f"“{folder}” is the study of another strip.", hint)
    kept.set_owner(request.owner)
    kept.set_source(request.source)
    return kept


def _borrow(kept: Study, parent_folder: str, job: Job) -> None:
    """A strip that was split or duplicated looks like the one it came from: take over the frames that they share."""
    near = study.all_in(kept.folder.parent)
    if parent_folder:  # of a file that was saved into another folder
        near += study.all_in(Path(parent_folder).parent)
    parents = [other for other in near if other.id == kept.parent]  # unless it is damaged
    if not parents:
        return
    source, held = parents[0], set(kept.frame_numbers())
    for number in source.frame_numbers() if source.stamp() == kept.stamp() else ():
        if number not in held and kept.source.first <= number <= kept.source.last:
            job.check()
            _copy(source, kept, number)


def _copy(source: Study, kept: Study, number: int) -> None:
    if disk.long_path(source.alpha_path(number)).is_file():
        disk.write(kept.alpha_path(number), disk.read(source.alpha_path(number)))
    else:
        disk.remove(kept.alpha_path(number))
    disk.write(kept.frame_path(number), disk.read(source.frame_path(number)))


def all_held(kept: Study, first: int, last: int) -> list[int]:
    held = set(kept.frame_numbers())
    numbers = list(range(first, last + 1))
    if not numbers:
        raise Failure(ErrorCode.BAD_INPUT, f"There are no frames from {first} to {last}.", "Choose a longer part.")
    if missing := [n for n in numbers if n not in held]:
        message = f"The study lacks {len(missing)} of {len(numbers)} frames, the first is frame {missing[0]}."
        raise Failure(ErrorCode.BAD_STUDY, message, "Sample the strip's frames again: what is there is kept.")
    return numbers


def _choose(kept: Study, numbers: list[int], count: int, job: Job) -> tuple[Reference, dict[int, float]]:
    choice = coverage.choose(_look(kept, numbers, job), count)
    distance = [round(float(d), 4) for d in choice.distance]
    far = tuple(Far(numbers[a], numbers[b], round(d, 4)) for a, b, d in coverage.runs(choice.distance))
    reference = Reference(
        numbers=tuple(numbers[i] for i in choice.chosen),
        shots=tuple(numbers[i] for i in choice.shots),
        worst=max(distance),
        mean=round(sum(distance) / len(distance), 4),
        far=far,
        warning=warning(far),
        asked=count,
    )
    return reference, dict(zip(numbers, distance, strict=True))


def _readable_reference(kept: Study) -> Reference | None:
    try:
        return kept.reference()
    except Failure:  # damaged: what was computed is computed again
        return None


def _look(kept: Study, numbers: list[int], job: Job) -> coverage.Features:
    seen = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        looks = pool.map(lambda number: coverage.features(pictures.read(kept.frame_path(number))), numbers)
        try:
            for done, features in enumerate(looks, start=1):
                seen.append(features)
                job.progress(done, len(numbers), "Looking at the frames")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return np.stack(seen)


def warning(far: tuple[Far, ...]) -> str:
    """One sentence about the longest of the parts that nothing stands for."""
    if not far:
        return ""
    longest = max(far, key=lambda part: (part.last - part.first, part.distance))
    more = f" and {len(far) - 1} other part{'s' if len(far) > 2 else ''}" if len(far) > 1 else ""
    one = longest.first == longest.last
    which = f"Frame {longest.first}" if one else f"Frames {longest.first}–{longest.last}"
    verb = "looks" if one and not more else "look"
    return f"{which}{more} {verb} like nothing in the reference set: raise the count."


def as_seen(kept: Study, number: int) -> pictures.Pixels:
    """With its transparency, where there is any, so that a take shows what its strip shows."""
    rgb = pictures.read(kept.frame_path(number))
    if not disk.long_path(kept.alpha_path(number)).is_file():
        return rgb
    return np.dstack([rgb, pictures.read_alpha(kept.alpha_path(number))])
