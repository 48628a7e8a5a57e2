"""The propagate stage: what a few looks become over a strip, what is painted again and what is not, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from studies import begin, put, quiet_job, release, sample

from backend import measures, pictures, propagating, study
from backend.__main__ import main
from backend.api import ErrorCode, Failure, Look, Preview, Prior, Progress, Propagate, Smoothed
from backend.jobs import Job
from backend.patches import shown
from backend.pictures import Pixels
from backend.pocket import judges
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.stages import propagate as stage
from backend.study import Study
from backend.take import Take

STYLE = Style.OIL  # no local filter
SMALL = Prior(width=24, rate=3e-3, steps=120)
SHORT = replace(SMALL, width=8, steps=12)
CUT = 7  # the first frame behind it, by number

Propagating = Callable[..., Smoothed]


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(930, frames=12, size=(64, 40), cut_at=CUT - 1)


@pytest.fixture(scope="module")
def sampled(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve frames with a cut in the middle."""
    folder = tmp_path_factory.mktemp("studies") / "Car-0a1b2c3d"
    sample(folder, [clip.photo(i) for i in range(12)])
    release(folder)
    return folder


@pytest.fixture
def folder(sampled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sampled, tmp_path / sampled.name))


@pytest.fixture(scope="module")
def whole(sampled: Path, clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """What looks of frames 3 and 9 become where nothing happens meanwhile."""
    folder = Path(shutil.copytree(sampled, tmp_path_factory.mktemp("whole") / sampled.name))
    add_looks(folder, clip, 3, 9)
    return shown_by(stage.propagate(Propagate(str(folder), prior=SHORT), [], quiet_job(), None))  # type: ignore[arg-type]


@pytest.fixture
def run(folder: Path) -> Propagating:
    def propagate(job: Job | None = None, **changes: Any) -> Smoothed:
        request = replace(Propagate(str(folder), prior=SHORT), **changes)
        return stage.propagate(request, [], job or quiet_job(), None)  # type: ignore[arg-type]  # no model is loaded

    return propagate


def add_look(folder: Path, frame: int, picture: Pixels, copy: int = 1) -> str:
    gallery, name = Study.open(folder).gallery, f"{frame:03}-{copy}"
    pictures.write(gallery.picture_path(name), picture)
    gallery.add(Look(name, frame, "an oil painting", "", None, "/painted.png", 1.0, False, chosen=True))
    return name


def add_looks(folder: Path, clip: Clip, *frames: int) -> None:
    for frame in frames:
        add_look(folder, frame, clip.painted(frame - 1, STYLE))


def shown_by(made: Smoothed) -> np.ndarray:
    take = Take(made.take, Path(made.folder))
    return np.stack([pictures.read(take.picture_path(n)) for n in range(made.first, made.last + 1)])


def written(made: Smoothed) -> dict[int, int]:
    take = Take(made.take, Path(made.folder))
    return {n: take.picture_path(n).stat().st_mtime_ns for n in take.numbers()}


def refusal(action: Callable[..., Any], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(**more)
    assert caught.value.hint
    return caught.value


def still(folder: Path, frames: Sequence[Pixels]) -> Path:
    sample(folder, list(frames))
    release(folder)
    return folder


# --- what it shows


def test_it_is_nearer_to_the_truth_than_what_a_filter_makes_of_the_same_looks(
    folder: Path, run: Propagating, clip: Clip
) -> None:
    add_looks(folder, clip, 3, 9)
    made = run(prior=SMALL)
    truth = [clip.painted(i, STYLE) for i in range(12)]
    take = shown_by(made)
    assert (made.first, made.last, made.take, made.steps) == (1, 12, "propagated", 240)
    assert (take[2] == truth[2]).all() and (take[8] == truth[8]).all(), "a key frame is its look"

    frames = torch.from_numpy(np.stack([clip.photo(i) for i in range(12)])).permute(0, 3, 1, 2).float() / 127.5 - 1
    wanted = torch.from_numpy(np.stack([truth[2], truth[8]])).permute(0, 3, 1, 2).float() / 127.5 - 1
    rivals = [
        judges.fitted_colours(frames[[2, 8]], wanted)(frames),
        judges.fitted_patch_net(frames[[2, 8]], wanted, 120)(frames).detach(),
    ]
    others = [i for i in range(12) if i not in (2, 8)]
    ours = np.mean([measures.psnr(take[i], truth[i]) for i in others])
    for rival in rivals:
        theirs = (rival.clamp(-1, 1) * 127.5 + 127.5).permute(0, 2, 3, 1).numpy()
        assert ours > np.mean([measures.psnr(theirs[i], truth[i]) for i in others]) + 1.5


def test_nothing_crosses_a_cut(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3)
    red = np.full((40, 64, 3), (200, 10, 10), np.uint8)
    add_look(folder, 9, red)
    one = shown_by(run())
    add_look(folder, 9, red[..., ::-1])
    other = shown_by(run())
    assert (one[: CUT - 1] == other[: CUT - 1]).all()
    assert abs(one[8].astype(int) - other[8]).min(axis=-1).max() == 0, "the channel that both have"
    assert abs(one[CUT - 1 :].astype(int) - other[CUT - 1 :]).max() > 100


def test_a_second_look_in_a_shot_counts_on_its_side(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 1, 6, 9)
    one = shown_by(run())
    add_look(folder, 6, np.zeros((40, 64, 3), np.uint8))
    other = shown_by(run(take="black"))
    assert other[5].max() == 0
    assert (one[0] == other[0]).all()
    assert abs(one[4].astype(int) - other[4]).mean() > abs(one[1].astype(int) - other[1]).mean()


def test_a_shot_that_does_not_fit_into_memory_is_spread_all_the_same(
    folder: Path, run: Propagating, clip: Clip, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_looks(folder, clip, 3, 9)
    monkeypatch.setattr(stage, "HELD", 40 * 64 * 3)
    made = run()
    assert (shown_by(made) == whole).all()
    assert {path.suffix for path in Path(made.folder).iterdir()} == {".png", ".json"}, "nothing is left of what was put"


def test_a_still_shot_shows_its_look_and_learns_nothing(tmp_path: Path, run: Propagating, clip: Clip) -> None:
    folder = still(tmp_path / "still", [clip.photo(0)] * 5)
    add_looks(folder, clip, 1)
    made = run(folder=str(folder))
    assert made.steps == 0
    assert all((picture == clip.painted(0, STYLE)).all() for picture in shown_by(made))


@pytest.mark.parametrize("count", [1, 2])
def test_very_short_strips(tmp_path: Path, run: Propagating, clip: Clip, count: int) -> None:
    folder = still(tmp_path / "short", [clip.photo(i) for i in range(count)])
    add_looks(folder, clip, count)
    made = run(folder=str(folder))
    assert (made.first, made.last) == (1, count)
    assert (shown_by(made)[-1] == clip.painted(count - 1, STYLE)).all()


def test_a_look_of_another_size_is_brought_to_the_strips(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 9)
    add_look(folder, 3, pictures.resize(clip.painted(2, STYLE), (159, 100)))
    made = shown_by(run())
    assert made.shape == (12, 40, 64, 3)
    assert measures.psnr(made[2], clip.painted(2, STYLE)) > 30


def test_transparency_comes_back(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    alpha = np.arange(40 * 64, dtype=np.uint8).reshape(40, 64)
    begin(folder, Study.open(folder).source)
    put(folder, 4, clip.photo(3), alpha)
    release(folder)
    made = run()
    seen = pictures.read_with_alpha(Path(made.folder) / "000004.png")
    assert (seen[..., 3] == alpha).all()


# --- what is painted again, and what is not


def test_what_stands_is_not_painted_again(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    first = run()
    times = written(first)
    note = Take(first.take, Path(first.folder)).note()
    assert (note["method"], note["complete"]) == ("propagate", True)
    assert note["keys"] == [{"look": "003-1", "frame": 3}, {"look": "009-1", "frame": 9}]
    assert sorted(path.name for path in Path(first.folder).iterdir() if path.suffix != ".png") == ["take.json"]
    again = run()
    assert (again.take, again.steps, written(again)) == (first.take, 0, times)
    assert Take(again.take, Path(again.folder)).note() == note
    assert not (folder / "lock.json").exists()
    assert run(prior=replace(SHORT, seed=1)).take == "propagated 2"


def test_a_picture_that_was_lost_is_painted_as_it_was(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    first = run()
    before, times = shown_by(first), written(first)
    (Path(first.folder) / "000008.png").unlink()
    again = run()
    assert (shown_by(again) == before).all()
    assert [n for n, t in written(again).items() if t != times[n]] == [8]


def interrupted(folder: Path, when: str, how: Callable[[Job], None]) -> Job:
    """A job to which something happens as soon as its progress says so."""

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, Progress) and when in event.text:
            how(job)

    job = Job(1, look)
    job.SECONDS_BETWEEN = 0.0
    return job


@pytest.mark.parametrize("when", ["1 of 2, frame 3", "Learning the looks", "Painting, shot 1 of 2, frame 3 of 6"])
def test_after_a_cancel_it_goes_on_and_ends_in_the_same_pictures(
    folder: Path, run: Propagating, clip: Clip, whole: np.ndarray, when: str
) -> None:
    add_looks(folder, clip, 3, 9)
    failure = refusal(run, job=interrupted(folder, when, Job.cancel))
    assert failure.code is ErrorCode.CANCELLED
    assert Take("", folder / "takes" / "propagated").note()["complete"] is False
    assert (shown_by(run()) == whole).all()


def test_killed_while_it_learns_it_goes_on_where_it_was_saved(
    folder: Path, run: Propagating, clip: Clip, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_looks(folder, clip, 3, 9)
    monkeypatch.setattr(propagating, "SECONDS_TO_LOSE", 0.0)
    monkeypatch.setattr(propagating, "SHARE_OF_SAVING", 1e9)

    def die(job: Job) -> None:
        told.append(1)
        if len(told) == 5:
            raise KeyboardInterrupt

    told: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        run(job=interrupted(folder, "Learning the looks", die))
    state = folder / "takes" / "propagated" / stage.STATE
    assert state.is_file()
    counted: list[int] = []
    again = run(job=interrupted(folder, "Learning the looks, shot 1 of 2", lambda job: counted.append(1)))
    assert 0 < len(counted) < SHORT.steps
    assert (shown_by(again) == whole).all()
    assert not state.exists()


def test_a_damaged_state_is_learned_again(folder: Path, run: Propagating, clip: Clip, whole: np.ndarray) -> None:
    add_looks(folder, clip, 3, 9)
    refusal(run, job=interrupted(folder, "Painting, shot 1 of 2, frame 2", Job.cancel))
    (folder / "takes" / "propagated" / stage.STATE).write_bytes(b"half")
    assert (shown_by(run()) == whole).all()


def test_it_says_how_far_it_is_and_shows_it(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    events: list[Any] = []
    run(job=Job(1, lambda event, blobs: events.append(event)), preview_every=5)
    told = [event for event in events if isinstance(event, Progress)]
    done = [event.done for event in told if not event.text.startswith("Finding cuts")]
    assert done == sorted(done) and len(set(done)) > 3
    assert told[-1].done == told[-1].total
    assert any(isinstance(event, Preview) and (event.width, event.height) == (64, 40) for event in events)


# --- what is refused


def test_every_shot_needs_a_look(folder: Path, run: Propagating, clip: Clip) -> None:
    assert refusal(run).message == "No look is chosen."
    add_looks(folder, clip, 3)
    assert refusal(run).message == "A look is not carried across a cut, and none is of frames 7 to 12."
    assert not (folder / "takes").exists()


def test_looks_that_cannot_be_spread(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    assert refusal(run, looks=("004-1",)).message == "There is no look “004-1”."
    add_look(folder, 3, clip.painted(2, Style.NEON), copy=2)
    assert refusal(run).message == "Frame 3 has two looks, 003-1 and 003-2."
    assert run(looks=("003-2", "009-1")).steps, "those that are named count, and no others"
    add_look(folder, 4, clip.painted(3, STYLE)[:, :40])
    said = refusal(run, looks=("004-1", "009-1")).message
    assert said == "The look “004-1” is 40×40, and its frame 64×40."
    add_look(folder, 13, clip.painted(3, STYLE))
    assert "frame 13, which the strip does not show" in refusal(run, looks=("013-1",)).message


def test_a_chosen_look_of_a_frame_that_was_trimmed_away_is_left_out(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    add_look(folder, 13, clip.painted(3, STYLE))
    run()
    assert [key["frame"] for key in Study.open(folder).take("propagated").note()["keys"]] == [3, 9]


def test_at_most_five_looks_a_shot(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 1, 2, 3, 4, 5, 6, 9)
    said = refusal(run).message
    assert said == "Frames 1 to 6 have 6 looks, and at most 5 are spread over a shot."
    assert run(looks=("001-1", "002-1", "003-1", "004-1", "005-1", "009-1")).last == 12


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (replace(SHORT, steps=0), "0 steps are too few."),
        (replace(SHORT, width=0), "0 channels are too few."),
        (replace(SHORT, rate=0.0), "The learning rate is 0."),
        (replace(SHORT, seed=-1), "The seed is -1."),
        (replace(SHORT, rate=1e30, steps=30), "went astray"),
    ],
)
def test_numbers_that_make_no_sense(folder: Path, run: Propagating, clip: Clip, prior: Prior, said: str) -> None:
    add_looks(folder, clip, 3, 9)
    assert said in refusal(run, prior=prior).message


def test_while_another_writes_nothing_is_done(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    with study.locked(folder):
        assert refusal(run).code is ErrorCode.STUDY_LOCKED


# --- parts, and the command line


def test_the_network_sees_how_high_a_pixel_lies() -> None:
    seen = shown(torch.zeros((2, 3, 5, 4), dtype=torch.uint8))
    assert seen.shape == (2, 4, 5, 4)
    assert (seen[:, :3] == -1).all()
    assert seen[1, 3, :, 2].tolist() == [-1, -0.5, 0, 0.5, 1]


def test_the_command_line(folder: Path, clip: Clip, capsys: pytest.CaptureFixture[str]) -> None:
    add_looks(folder, clip, 3, 9)
    words = ["propagate", str(folder), "--look", "003-1", "--look", "009-1", "--steps", "5", "--width", "8", "--json"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["take"], answer["last"], answer["steps"]) == ("propagated", 12, 10)
    assert main(["propagate", str(folder), "--look", "nobody"]) == 1
    assert "There is no look “nobody”." in capsys.readouterr().err
