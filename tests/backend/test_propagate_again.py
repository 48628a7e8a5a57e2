"""What is spread again, and what is not; what was broken off goes on and ends in the same pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spreads
from spreads import SHORT, Propagating, add_looks, interrupted, refusal, shown_by, written
from studies import begin, put, release

from backend import fingerprint, pictures, propagating, unfinished
from backend.api import ErrorCode, Preview, Progress
from backend.jobs import Job
from backend.pocket.world import Clip
from backend.stages import propagate as stage
from backend.study import Study
from backend.take import Take

clip, sampled, folder, run = spreads.clip, spreads.sampled, spreads.folder, spreads.run
whole = spreads.whole


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


def test_a_look_whose_frame_has_changed_is_spread_and_said(folder: Path, run: Propagating, clip: Clip) -> None:
    """Also where it was painted here."""
    add_looks(folder, clip, 3, 9)
    gallery = Study.open(folder).gallery
    for look in gallery.looks():
        gallery.add(replace(look, model="pocket", brought="", shown=fingerprint.shown_by(frame_of(folder, look.frame))))
    assert run().warning == ""
    begin(folder, Study.open(folder).source)
    for number in (3, 9):
        put(folder, number, 255 - pictures.read(frame_of(folder, number)))
    release(folder)
    assert run().warning == " ".join(
        f"The look {look} was painted when frame {frame} showed something else: see whether it still fits."
        for look, frame in (("003-1", 3), ("009-1", 9))
    )


def frame_of(folder: Path, number: int) -> Path:
    return Study.open(folder).frame_path(number)


def test_a_picture_that_was_lost_is_painted_as_it_was(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    first = run()
    before, times = shown_by(first), written(first)
    (Path(first.folder) / "000008.png").unlink()
    again = run()
    assert (shown_by(again) == before).all()
    assert [n for n, t in written(again).items() if t != times[n]] == [8]


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
    monkeypatch.setattr(unfinished, "SHARE_OF_SAVING", 1e9)

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
