"""What is asked of a real backend: answers, events, cancelling, its log, and how much memory it takes. Needs no bpy."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from live_backends import (
    ErrorCode,
    State,
    api,
    backend_pid,
    do,
    frame,
    until,
    until_ready,
)
from patience import LONG

pytest_plugins = ["live_backends"]


# --- asking


def test_progress_comes_while_it_runs(ready: Any) -> None:
    told: list[Any] = []
    answer = ready.ask(do("count", 60), on_event=lambda event, blobs: told.append(event))
    until(lambda: answer.done)
    counts = [event.done for event in told]
    assert counts == sorted(counts)
    assert len(counts) > 3
    assert told[-1] == api.Progress(answer.id, 60, 60, "Counting")


def test_previews_and_logs_come_with_their_pictures(ready: Any) -> None:
    told: list[Any] = []
    answer = ready.ask(do("show", 5), on_event=lambda event, blobs: told.append((event, blobs)))
    answer.result(LONG)
    assert [event.text for event, _ in told if isinstance(event, api.Log)] == [f"picture {n}" for n in range(5)]
    last, blobs = [(event, blobs) for event, blobs in told if isinstance(event, api.Preview)][-1]
    assert (last.width, last.height) == (64, 64)
    assert blobs == [bytes([4]) * 64 * 64 * 3]


def test_previews_that_nobody_looks_at_do_not_pile_up(ready: Any) -> None:
    answer = ready.ask(do("show", 3000), on_event=lambda event, blobs: None)
    time.sleep(0.5)  # Blender renders, and looks at nothing
    ready.ask(do("count")).result(LONG)
    assert len(answer._latest) <= 2
    assert len(answer._lines) <= answer.LINES_KEPT


def test_frames_arrive_whole_and_a_wrong_one_is_refused(ready: Any) -> None:
    assert ready.ask(*frame(1)).result(LONG) == api.Done()
    request, _ = frame(2)
    with pytest.raises(api.Failure, match="another size"):
        ready.ask(request, [b"too short"]).result(LONG)


def test_an_error_is_told_in_its_own_words(ready: Any) -> None:
    with pytest.raises(api.Failure) as caught:
        ready.ask(do("refuse")).result(LONG)
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        ErrorCode.BAD_INPUT,
        "The strip is too short.",
        "Use a longer one.",
    )


def test_a_mistake_in_the_backend_is_no_end_of_it(ready: Any) -> None:
    with pytest.raises(api.Failure, match="seven is not a colour") as caught:
        ready.ask(do("mistake")).result(LONG)
    assert caught.value.code is ErrorCode.INTERNAL
    assert ready.ask(do("count", 1)).result(LONG).numbers == (1,)
    until(lambda: any("make_a_mistake" in line for line in ready.log_tail))


def test_an_answer_too_large_for_the_socket_is_an_error(ready: Any) -> None:
    with pytest.raises(api.Failure, match="too large"):
        ready.ask(do("too much")).result(LONG)
    assert ready.state is State.READY


def test_more_frames_than_the_backend_can_hold_are_refused(sessions: Any) -> None:
    one = until_ready(sessions("--small"))
    busy = one.ask(do("count", 10_000))
    answers = [one.ask(*frame(number, 512)) for number in range(3)]
    with pytest.raises(api.Failure, match="Too many frames wait"):
        answers[1].result(LONG)
    busy.cancel()
    assert answers[0].result(LONG) == api.Done()
    assert one.ask(*frame(9, 512)).result(LONG) == api.Done()  # there is room again


def test_requests_are_worked_on_one_after_the_other(ready: Any) -> None:
    answers = [ready.ask(do("count", n)) for n in (10, 2, 1)]
    order: list[int] = []
    until(lambda: order.extend(n for n, a in enumerate(answers) if a.done and n not in order) or len(order) == 3)
    assert order == [0, 1, 2]


def test_cancel_a_running_and_a_queued_request(ready: Any) -> None:
    told: list[Any] = []
    running = ready.ask(do("count", 10_000), on_event=lambda event, blobs: told.append(event))
    queued = ready.ask(do("count", 10_000))
    kept = ready.ask(do("count", 2))
    until(lambda: running.done or told)
    queued.cancel()
    running.cancel()
    for answer in (running, queued):
        with pytest.raises(api.Failure) as caught:
            answer.result(LONG)
        assert caught.value.code is ErrorCode.CANCELLED
    assert kept.result(LONG).numbers == (2,)


# --- the log


def test_the_log_is_kept_in_few_small_files(ready: Any, tmp_path: Path) -> None:
    ready.ask(do("chatter", 80_000)).result(LONG)
    until(lambda: ready.log_tail[-1].startswith("line 79999"))
    logs = list((tmp_path / "logs").iterdir())
    assert len(logs) == 5
    assert sum(log.stat().st_size for log in logs) > 4_000_000
    assert all(log.stat().st_size <= 1_000_000 for log in logs)
    assert "line 79999" in ready.log_file.read_text()


def test_what_a_package_prints_is_in_the_log_too(ready: Any) -> None:
    ready.ask(do("chatter aloud", 3000)).result(LONG)  # far more than a pipe holds
    until(lambda: ready.log_tail[-1].startswith("aloud 2999"))
    assert "aloud 2999" in ready.log_file.read_text()


def test_what_a_stage_starts_does_not_wait_for_our_input(ready: Any) -> None:
    assert ready.ask(do("read")).result(LONG)


def test_a_log_folder_that_cannot_be_written_stops_nothing(sessions: Any, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    one = until_ready(sessions())
    with pytest.raises(api.Failure):
        one.ask(do("mistake")).result(LONG)
    until(lambda: any("cannot be written" in line for line in one.log_tail))
    assert one.ask(do("count")).result(LONG)


# --- memory


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_does_not_grow_with_the_number_of_frames(ready: Any) -> None:
    def send(count: int) -> tuple[int, int]:
        answers: list[Any] = []
        for number in range(count):
            answers.append(ready.ask(*frame(number)))
            if len(answers) == 8:
                answers.pop(0).result(LONG)
        for answer in answers:
            answer.result(LONG)
        return resident(os.getpid()), resident(backend_pid(ready))

    host, backend = send(300)
    host_after, backend_after = send(3000)
    assert host_after - host < 8 << 20  # 3000 such frames are 562 MiB
    assert backend_after - backend < 8 << 20
