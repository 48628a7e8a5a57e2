"""The smooth stage: what a smoothed take shows, what is learned again and what is not, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from studies import begin, pan, place, put, quiet_job, release, sample, still
from studies import noise as picture

from backend import commands, pictures
from backend.api import ChooseReference, Engine, ErrorCode, Failure, Preview, Prior, Progress, Smooth, Smoothed
from backend.jobs import Job
from backend.pictures import Pixels
from backend.shelf import Shelf
from backend.stages import frames
from backend.stages import smooth as stage
from backend.study import Study
from backend.take import Take

COUNT, WIDTH, HEIGHT = 8, 48, 32
QUICK = Prior(width=4, rate=2e-3, steps=40, level=False, features=0.0)
NAME = "plain 0.45"


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Sums in another order are other bits, and on a busy machine threads wait for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return pan(place(3, height=HEIGHT), np.arange(COUNT) * 3.0, width=WIDTH)


def painted(clip: Sequence[Pixels]) -> list[Pixels]:
    """A steady take: the colours of each frame turned round."""
    return [np.ascontiguousarray(255 - frame[..., ::-1]) for frame in clip]


def flickering(take: Sequence[Pixels], by: float = 25, seed: int = 0) -> list[Pixels]:
    """Each frame brighter or darker, and tinted, by chance."""
    rng = np.random.default_rng(seed)
    return [np.clip(frame + rng.normal(0, by, 3), 0, 255).astype(np.uint8) for frame in take]


def study(folder: Path, clip: Sequence[Pixels], take: Sequence[Pixels], name: str = NAME) -> Path:
    sample(folder, list(clip))
    release(folder)
    bring(folder, take, name)
    return folder


def bring(folder: Path, take: Sequence[Pixels], name: str = NAME) -> Take:
    """As the render stage leaves it."""
    made = Study.open(folder).take(name)
    for number, frame in enumerate(take, start=1):
        pictures.write(made.picture_path(number), frame, "rendered")
    made.set_note({"method": "render", "complete": True})
    return made


@pytest.fixture
def folder(tmp_path: Path, clip: list[Pixels]) -> Path:
    return study(tmp_path / "Car-0a1b2c3d", clip, flickering(painted(clip)))


def smooth(folder: Path, prior: Prior = QUICK, job: Job | None = None, **changes: Any) -> Smoothed:
    request = Smooth(str(folder), NAME, prior=prior, preview_every=0)
    return stage.smooth(replace(request, **changes), [], job or quiet_job(), Shelf())


def shown(smoothed: Smoothed) -> np.ndarray:
    take = Take(smoothed.take, Path(smoothed.folder))
    return np.stack([pictures.read(take.picture_path(n)) for n in range(smoothed.first, smoothed.last + 1)])


def written(smoothed: Smoothed) -> list[int]:
    take = Take(smoothed.take, Path(smoothed.folder))
    return [take.picture_path(n).stat().st_mtime_ns for n in take.numbers()]


def refusal(action: Callable[..., Any], *given: Any, **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*given, **more)
    assert caught.value.hint
    return caught.value


def cancelled_at(step: int) -> Job:
    """A job that somebody cancels when it is so far."""

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, Progress) and event.text.startswith("Smoothing") and event.done >= step:
            job.cancel()

    job = Job(1, look)
    job.SECONDS_BETWEEN = 0.0
    return job


# --- what it shows


def test_flicker_falls_and_the_truth_comes_nearer(folder: Path, clip: list[Pixels]) -> None:
    truth, take = np.stack(painted(clip)).astype(float), np.stack(flickering(painted(clip))).astype(float)
    smoothed = smooth(folder, replace(QUICK, width=8, steps=300))
    made = shown(smoothed).astype(float)
    assert (smoothed.take, smoothed.first, smoothed.last) == (f"{NAME} smooth", 1, COUNT)

    def flicker(some: np.ndarray) -> float:
        return float(np.std((some - truth).mean((1, 2)), axis=0).mean())

    assert flicker(made) < 0.3 * flicker(take)
    assert ((made - truth) ** 2).mean() < ((take - truth) ** 2).mean()


def test_again_nothing_is_done(folder: Path) -> None:
    first = smooth(folder)
    before = written(first)
    assert first.steps == 40 and not first.stopped
    assert smooth(folder) == first and written(first) == before
    note = Study.open(folder).take(first.take).note()
    assert (note["method"], note["source"], note["complete"]) == ("smooth", NAME, True)
    assert (note["prior"]["width"], note["first"], note["last"]) == (4, 1, COUNT)
    assert not (folder / "lock.json").exists()
    assert {path.suffix for path in Path(first.folder).iterdir()} == {".png", ".json"}, "no state is left"


def test_what_was_cancelled_goes_on_and_ends_the_same_to_the_bit(folder: Path, tmp_path: Path, clip: Any) -> None:
    prior = replace(QUICK, heads=2, level=True)
    whole = smooth(study(tmp_path / "whole", clip, flickering(painted(clip))), prior)
    for step in (3, 17, 31):
        assert refusal(smooth, folder, prior, cancelled_at(step)).code is ErrorCode.CANCELLED
        note = Study.open(folder).take(f"{NAME} smooth").note()
        assert not note["complete"]
    assert (shown(smooth(folder, prior)) == shown(whole)).all()


def test_another_prior_is_another_take_and_a_new_frame_only_another_picture(folder: Path) -> None:
    first = smooth(folder, replace(QUICK, steps=5))
    other = smooth(folder, replace(QUICK, steps=6))
    assert (first.take, other.take) == (f"{NAME} smooth", f"{NAME} smooth 2")
    assert (smooth(folder, replace(QUICK, steps=5)).take) == first.take
    before = shown(first)
    take = Study.open(folder).take(NAME)
    pictures.write(take.picture_path(2), picture(9, WIDTH, HEIGHT), "rendered again")
    again = smooth(folder, replace(QUICK, steps=5))
    assert again.take == first.take and (shown(again) != before).any()


def test_a_name_can_be_given(folder: Path) -> None:
    assert smooth(folder, replace(QUICK, steps=2), take="steady").take == "steady"


def test_from_the_command_line(folder: Path) -> None:
    words = f"smooth {folder} --steps 2 --width 4 --features 0 --keep-drift --name steady --take".split()
    asked = commands.parser().parse_args([*words, NAME])
    answer = asked.run(asked, quiet_job())
    assert (answer.plain["take"], answer.plain["steps"]) == ("steady", 2)
    assert answer.text.startswith(f"{COUNT} frames, 2 steps (all steps), ")
    note = Study.open(folder).take("steady").note()
    assert (note["prior"]["level"], note["prior"]["heads"]) == (False, 1)


def test_transparency_comes_back(folder: Path) -> None:
    alpha = picture(50, WIDTH, HEIGHT)[..., 0]
    take = Study.open(folder).take(NAME)
    pictures.write(take.picture_path(2), np.dstack([picture(1, WIDTH, HEIGHT), alpha]), "rendered")
    found = smooth(folder, replace(QUICK, steps=2))
    made = Take(found.take, Path(found.folder))
    assert (pictures.read_with_alpha(made.picture_path(2))[..., 3] == alpha).all()
    assert (pictures.read_with_alpha(made.picture_path(3))[..., 3] == 255).all()


def test_the_features_of_the_model_count(folder: Path) -> None:
    engine = Engine("pocket", device="cpu")
    with_them = smooth(folder, replace(QUICK, steps=5, features=1.0), engine=engine)
    without = smooth(folder, replace(QUICK, steps=5))
    assert (shown(with_them) != shown(without)).any()
    assert Study.open(folder).take(with_them.take).note()["model"] == "pocket"


def test_progress_and_pictures_are_told(folder: Path) -> None:
    heard: list[Any] = []
    job = Job(1, lambda event, blobs: heard.append((event, blobs)))
    smooth(folder, job=job, preview_every=10)
    progress = [event for event, _ in heard if isinstance(event, Progress) and event.text.startswith("Smoothing")]
    assert progress and {event.total for event in progress} == {40}
    previews = [blobs[0] for event, blobs in heard if isinstance(event, Preview)]
    assert len(previews) == 3 and {len(blob) for blob in previews} == {WIDTH * HEIGHT * 3}


# --- shot by shot


def test_shots_are_learned_by_themselves(tmp_path: Path, clip: list[Pixels]) -> None:
    """The second shot would be another one if the first had a say in it."""
    other = pan(place(8, height=HEIGHT), np.arange(6) * 3.0, width=WIDTH)
    both = study(tmp_path / "both", [*clip, *other], flickering(painted([*clip, *other])))
    frames.choose(ChooseReference(str(both), 4, 1, COUNT + 6), [], quiet_job())
    assert Study.open(both).reference().shots == (1, COUNT + 1)  # pyright: ignore[reportOptionalMemberAccess]
    first = smooth(both)
    assert first.steps == 2 * 40
    note = Study.open(both).take(first.take).note()
    assert [(shot["first"], shot["last"]) for shot in note["shots"]] == [(1, COUNT), (COUNT + 1, COUNT + 6)]
    take, before = Study.open(both).take(NAME), shown(first)
    pictures.write(take.picture_path(COUNT + 2), picture(9, WIDTH, HEIGHT), "rendered again")
    times = written(first)
    again = smooth(both)
    assert written(again)[:COUNT] == times[:COUNT], "a shot that stands is not learned again"
    assert (shown(again)[:COUNT] == before[:COUNT]).all() and (shown(again)[COUNT:] != before[COUNT:]).any()


def test_a_finished_shot_is_not_learned_again_after_a_cancel(tmp_path: Path, clip: list[Pixels]) -> None:
    other = pan(place(8, height=HEIGHT), np.arange(6) * 3.0, width=WIDTH)
    both = study(tmp_path / "both", [*clip, *other], flickering(painted([*clip, *other])))
    refusal(smooth, both, job=cancelled_at(55))
    take = Study.open(both).take(f"{NAME} smooth")
    assert take.numbers() == list(range(1, COUNT + 1))
    times = [take.picture_path(n).stat().st_mtime_ns for n in take.numbers()]
    done = smooth(both)
    assert written(done)[:COUNT] == times and done.steps == 80


def test_two_styles_keep_their_colours(folder: Path) -> None:
    """With two heads no drift is looked for."""
    two = replace(QUICK, steps=5, heads=2)
    assert (shown(smooth(folder, replace(two, level=True))) == shown(smooth(folder, two, take="as it is"))).all()


def test_a_shot_of_one_frame_is_copied(tmp_path: Path, clip: list[Pixels]) -> None:
    folder = study(tmp_path / "one", clip[:1], flickering(painted(clip[:1])))
    smoothed = smooth(folder)
    assert (smoothed.steps, smoothed.stopped) == (0, False)
    assert (shown(smoothed)[0] == flickering(painted(clip[:1]))[0]).all()
    assert smooth(folder) == smoothed


def test_two_frames(tmp_path: Path, clip: list[Pixels]) -> None:
    smoothed = smooth(study(tmp_path / "two", clip[:2], flickering(painted(clip[:2]))), replace(QUICK, level=True))
    assert shown(smoothed).shape == (2, HEIGHT, WIDTH, 3)


def test_a_static_clip_becomes_static(tmp_path: Path) -> None:
    same = [still(place(3, height=HEIGHT), 1)[0][:, :WIDTH]] * 6
    made = shown(smooth(study(tmp_path / "static", same, flickering(same)), replace(QUICK, level=True)))
    assert (made == made[0]).all()


def test_a_shot_that_does_not_fit_into_memory_is_smoothed_all_the_same(
    folder: Path, tmp_path: Path, clip: list[Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    prior = replace(QUICK, level=True)
    whole = shown(smooth(study(tmp_path / "whole", clip, flickering(painted(clip))), prior))
    monkeypatch.setattr(stage, "ROOM", 2 * WIDTH * HEIGHT * 3)
    held: list[int] = []
    read = pictures.read

    def watched(path: Path) -> Pixels:
        held.append(1)
        return read(path)

    monkeypatch.setattr(pictures, "read", watched)
    assert (shown(smooth(folder, prior)) == whole).all()
    assert len(held) > 40, "frames were read again and again"


def test_a_damaged_take_does_not_stop_another_one(folder: Path) -> None:
    torn = bring(folder, painted([picture(i, WIDTH, HEIGHT) for i in range(COUNT)]), "torn")
    (torn.folder / "take.json").write_text("{")
    assert smooth(folder).take == f"{NAME} smooth"
    assert "take.json” is damaged" in refusal(smooth, folder, source="torn").message


# --- what is refused


def test_a_take_that_is_not_there(folder: Path) -> None:
    assert refusal(smooth, folder, source="neon").message == "The study has no take “neon”."


def test_a_take_that_is_not_whole(folder: Path) -> None:
    take = Study.open(folder).take(NAME)
    take.picture_path(4).unlink()
    take.picture_path(6).write_bytes(b"half a picture")
    message = f"The take “{NAME}” lacks 2 of {COUNT} frames, the first is frame 4."
    assert refusal(smooth, folder).message == message
    assert not Study.open(folder).take(f"{NAME} smooth").folder.exists()


def test_a_frame_of_another_size(folder: Path) -> None:
    pictures.write(Study.open(folder).take(NAME).picture_path(3), picture(0, 40, HEIGHT), "rendered")
    message = f"Frame 3 of the take “{NAME}” is 40×32, and the strip's frames are 48×32."
    assert refusal(smooth, folder).message == message


def test_a_strip_whose_frames_are_not_all_there(folder: Path) -> None:
    begin(folder, replace(Study.open(folder).source, last=COUNT + 2))
    release(folder)
    assert refusal(smooth, folder).code is ErrorCode.BAD_STUDY


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0}, "A network of width 0 holds nothing."),
        ({"rate": 0.0}, "The learning rate is 0."),
        ({"rate": float("nan")}, "The learning rate is nan."),
        ({"steps": 0}, "0 steps are too few."),
        ({"heads": 3}, "A network with 3 heads is not known."),
        ({"features": -0.5}, "The features' weight is -0.5."),
        ({"seed": -1}, "The seed is -1."),
    ],
)
def test_a_prior_that_makes_no_sense(folder: Path, changes: dict[str, Any], message: str) -> None:
    assert refusal(smooth, folder, replace(QUICK, **changes)).message == message
    assert not (folder / "lock.json").exists()


def test_a_rate_at_which_nothing_is_learned(folder: Path) -> None:
    failure = refusal(smooth, folder, replace(QUICK, rate=1e12))
    assert failure.message.startswith("Smoothing went astray at step ") and "1e+12" in failure.hint


def test_a_study_that_is_none(tmp_path: Path) -> None:
    assert refusal(smooth, tmp_path).code is ErrorCode.BAD_STUDY
    assert not list(tmp_path.iterdir())


def test_frames_that_changed_are_learned_again(folder: Path) -> None:
    before = shown(smooth(folder, replace(QUICK, steps=5)))
    begin(folder, Study.open(folder).source)
    put(folder, 4, picture(99, WIDTH, HEIGHT))
    release(folder)
    assert (shown(smooth(folder, replace(QUICK, steps=5))) != before).any()
