"""The smooth stage: what a smoothed take shows, shot by shot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import smoothed_takes
from smoothed_takes import (
    COUNT,
    HEIGHT,
    NAME,
    QUICK,
    WIDTH,
    bring,
    flickering,
    painted,
    refusal,
    shown,
    smooth,
    study,
    written,
)
from studies import noise as picture
from studies import pan, place, quiet_job, still

from backend import commands, levels, pictures
from backend.api import ChooseReference, Engine, Preview, Progress
from backend.jobs import Job
from backend.pictures import Pixels
from backend.stages import frames
from backend.stages import smooth as stage
from backend.study import Study
from backend.take import Take

clip, folder = smoothed_takes.clip, smoothed_takes.folder

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


def test_a_name_can_be_given(folder: Path) -> None:
    assert smooth(folder, replace(QUICK, steps=2), take="steady").take == "steady"


def test_from_the_command_line(folder: Path) -> None:
    words = f"smooth {folder} --steps 2 --width 4 --features 0 --keep-drift --always --name steady --take".split()
    asked = commands.parser().parse_args([*words, NAME])
    answer = asked.run(asked, quiet_job())
    assert (answer.plain["take"], answer.plain["steps"]) == ("steady", 2)
    assert answer.text.startswith(f"{COUNT} frames, 2 steps (all steps), ")
    note = Study.open(folder).take("steady").note()
    assert (note["prior"]["level"], note["prior"]["always"], note["prior"]["heads"]) == (False, True, 1)


def test_it_stops_by_itself_before_its_steps_run_out_and_says_so(tmp_path: Path, clip: list[Pixels]) -> None:
    """It hardly learns, so what it paints stays the same, and is as steady as it will be: on any processor. How soon
    that is where it learns differs from one to the next."""
    folder = study(tmp_path / "noisy", clip, noisy(painted(clip), 40))
    words = f"smooth {folder} --steps 300 --width 4 --rate 1e-9 --features 0 --keep-drift --take".split()
    asked = commands.parser().parse_args([*words, NAME])
    answer = asked.run(asked, quiet_job())
    assert answer.plain["stopped"] and answer.plain["steps"] < 300
    assert f"{answer.plain['steps']} steps (stopped by itself), " in answer.text
    (shot,) = Study.open(folder).take(answer.plain["take"]).note()["shots"]
    assert (shot["stopped"], shot["steps"]) == (True, answer.plain["steps"])


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
    assert progress and {event.total for event in progress} == {40 + COUNT}, "its steps, and its frames"
    previews = [blobs[0] for event, blobs in heard if isinstance(event, Preview)]
    assert len(previews) == 3 and {len(blob) for blob in previews} == {WIDTH * HEIGHT * 3}


def test_while_shots_are_painted_their_frames_are_counted_and_the_bar_never_goes_back(
    tmp_path: Path, clip: list[Pixels]
) -> None:
    other = pan(place(8, height=HEIGHT), np.arange(6) * 3.0, width=WIDTH)
    both = study(tmp_path / "both", [*clip, *other, *clip[:1]], flickering(painted([*clip, *other, *clip[:1]])))
    frames.choose(ChooseReference(str(both), 4, 1, COUNT + 7), [], quiet_job())
    heard: list[Progress] = []
    job = Job(1, lambda event, blobs: heard.append(event) if isinstance(event, Progress) else None)
    job.SECONDS_BETWEEN = 0.0
    smooth(both, replace(QUICK, level=True, always=True), job)
    total, of_other = 3 * 40 + COUNT + 7, [event for event in heard if "shot 2 of 3, frame " in event.text]
    assert {event.total for event in heard} == {total}
    assert [event.done for event in heard] == sorted(event.done for event in heard) and heard[-1].done == total
    assert [event.done for event in of_other] == [2 * 40 + COUNT + frame for frame in range(1, 7)]
    assert of_other[2].text.startswith("Painting the frames, shot 2 of 3, frame 3 of 6, ")
    assert all(event.text.endswith(" left") for event in of_other[:-1])


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


def drifting(clip: list[Pixels]) -> list[Pixels]:
    """Only its brightness drifts."""
    return [np.clip(each * (1 + 0.02 * i), 0, 255).astype(np.uint8) for i, each in enumerate(painted(clip))]


def noisy(take: list[Pixels], sigma: float) -> list[Pixels]:
    dice = np.random.default_rng(7)  # other than those of the clip's grain
    return [np.clip(each + dice.normal(0, sigma, each.shape), 0, 255).astype(np.uint8) for each in take]


def test_with_no_steps_only_the_drift_of_colours_is_taken_out(tmp_path: Path, clip: list[Pixels]) -> None:
    take = drifting(clip)
    folder = study(tmp_path / "drifting", clip, take)
    smoothed = smooth(folder, replace(QUICK, steps=0, level=True))
    assert (smoothed.steps, smoothed.stopped) == (0, False)
    drift = levels.correction(COUNT, lambda i: (clip[i], take[i]), lambda: None)
    assert (shown(smoothed) == np.stack([drift.of(i, each) for i, each in enumerate(take)])).all()
    steady = np.stack(painted(clip)).astype(float)
    off = [np.abs(shown - steady).mean(axis=(1, 2, 3)) for shown in (np.stack(take), shown(smoothed))]
    assert np.ptp(off[1]) < 0.3 * np.ptp(off[0])
    assert smooth(folder, replace(QUICK, steps=0, level=True)) == smoothed


def test_where_evening_the_colours_was_enough_nothing_is_learned(tmp_path: Path, clip: list[Pixels]) -> None:
    folder, prior = study(tmp_path / "even", clip, drifting(clip)), replace(QUICK, level=True)
    smoothed = smooth(folder, prior)
    assert (smoothed.steps, smoothed.stopped) == (0, False)
    assert smoothed.warning == "Nothing flickers once the colours are even: the network was not needed."
    assert smooth(folder, prior) == smoothed, "it says so again, and finds it done"
    assert (shown(smoothed) == shown(smooth(folder, replace(prior, steps=0), take="levelled"))).all()
    assert not smooth(folder, replace(prior, steps=0), take="levelled").warning
    asked = smooth(folder, replace(prior, always=True), take="learned")
    assert (asked.steps, asked.warning) == (QUICK.steps, "")
    assert smooth(folder, replace(prior, level=False), take="as it drifts").steps == QUICK.steps


def test_each_shot_is_learned_where_it_flickers(tmp_path: Path, clip: list[Pixels]) -> None:
    other = pan(place(8, height=HEIGHT), np.arange(6) * 3.0, width=WIDTH)
    both = study(tmp_path / "both", [*clip, *other], [*drifting(clip), *noisy(painted(other), 15)])
    frames.choose(ChooseReference(str(both), 4, 1, COUNT + 6), [], quiet_job())
    smoothed = smooth(both, replace(QUICK, level=True))
    assert smoothed.steps == QUICK.steps
    assert smoothed.warning.startswith("In 1 of 2 shots nothing flickers once the colours are even")
    shots = Study.open(both).take(smoothed.take).note()["shots"]
    assert [(shot["first"], shot["even"]) for shot in shots] == [(1, True), (COUNT + 1, False)]


@pytest.mark.parametrize("sigma", [0, 2.5])
def test_whether_a_cut_out_strip_flickers_is_told_by_what_is_seen_of_it(
    tmp_path: Path, clip: list[Pixels], sigma: float
) -> None:
    """A figure that goes along with the camera covers a tenth of the frame, and around it is black."""
    alphas = [np.zeros((HEIGHT, WIDTH), np.uint8) for _ in clip]
    for index, alpha in enumerate(alphas):
        alpha[4:18, 26 - 3 * index : 38 - 3 * index] = 255
    shown = [frame * (alpha > 0)[..., None] for frame, alpha in zip(clip, alphas, strict=True)]
    take = [frame * (alpha > 0)[..., None] for frame, alpha in zip(noisy(painted(clip), sigma), alphas, strict=True)]
    folder = study(tmp_path / "figure", shown, take)
    made = Study.open(folder).take(NAME)
    for number, (frame, alpha) in enumerate(zip(take, alphas, strict=True), start=1):
        pictures.write(made.picture_path(number), np.dstack([frame, alpha]), "rendered")
    assert smooth(folder, replace(QUICK, level=True)).steps == (QUICK.steps if sigma else 0)


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
    made = shown(smooth(study(tmp_path / "static", same, flickering(same)), replace(QUICK, level=True, always=True)))
    assert (made == made[0]).all()


def test_a_shot_that_does_not_fit_into_memory_is_smoothed_all_the_same(
    folder: Path, tmp_path: Path, clip: list[Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    prior = replace(QUICK, level=True, always=True)
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
