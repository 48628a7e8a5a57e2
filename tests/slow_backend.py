"""A real backend with jobs that are slow, stuck, broken or large on purpose: what Blender must live with."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from backend import api, conversation, server
from backend.jobs import Job


def choose(request: api.ChooseReference, blobs: list[bytes], job: Job) -> api.Reference:
    """What to do is the request's folder, how often its count."""
    BEHAVIOURS[request.folder](request.count, job)
    return api.Reference((request.count,), (), 0.0, 0.0, (), "")


def count_up(count: int, job: Job) -> None:
    for done in range(count):
        job.progress(done, count, "Counting")
        time.sleep(0.02)
    job.progress(count, count, "Counting")


def show(count: int, job: Job) -> None:
    for number in range(count):
        job.preview(64, 64, bytes([number % 256]) * 64 * 64 * 3)
        job.log(f"picture {number}")


def lock_the_interpreter(count: int, job: Job) -> None:
    print("stuck in C", file=sys.stderr, flush=True)
    ctypes.PyDLL(None).sleep(count)  # unlike CDLL it keeps the lock: no thread of ours runs meanwhile


def sleep(count: int, job: Job) -> None:
    print("asleep", file=sys.stderr, flush=True)
    ctypes.CDLL(None).sleep(count)


def fork(count: int, job: Job) -> None:
    """As a loader of pictures with workers of its own does: they hold the socket open too."""
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print("forked", file=sys.stderr, flush=True)


def crash(count: int, job: Job) -> None:
    print("about to crash", file=sys.stderr, flush=True)
    ctypes.string_at(0)


def make_a_mistake(count: int, job: Job) -> None:
    raise ValueError("seven is not a colour")


def lose_the_card(count: int, job: Job) -> None:
    import torch  # here alone: it is Blender's Python too that starts this file

    raise torch.AcceleratorError("CUDA error: unspecified launch failure")


def refuse(count: int, job: Job) -> None:
    raise api.Failure(api.ErrorCode.BAD_INPUT, "The strip is too short.", "Use a longer one.")


def chatter(count: int, job: Job) -> None:
    for number in range(count):
        print(f"line {number} {'x' * 100}", file=sys.stderr)


def chatter_aloud(count: int, job: Job) -> None:
    for number in range(count):
        print(f"aloud {number} {'x' * 100}")


def read_standard_input(count: int, job: Job) -> None:
    subprocess.run([sys.executable, "-c", "import sys; sys.stdin.read()"], check=True)


def answer_too_much(count: int, job: Job) -> None:
    raise api.Failure(api.ErrorCode.BAD_INPUT, "x" * (2 << 20), "")


BEHAVIOURS: dict[str, Any] = {
    "count": count_up,
    "show": show,
    "lock": lock_the_interpreter,
    "sleep": sleep,
    "crash": crash,
    "fork": fork,
    "mistake": make_a_mistake,
    "lose": lose_the_card,
    "refuse": refuse,
    "chatter": chatter,
    "chatter aloud": chatter_aloud,
    "read": read_standard_input,
    "too much": answer_too_much,
}


def put_frame(request: api.PutFrame, blobs: list[bytes], job: Job) -> api.Done:
    if len(blobs[0]) != request.width * request.height * 3:
        raise api.Failure(api.ErrorCode.BAD_PARAMS, "The frame has another size.")
    return api.Done()


def handlers() -> server.Handlers:
    if "--lacking" in sys.argv:
        raise ModuleNotFoundError("No module named 'cv2'")
    if "--broken" in sys.argv:
        raise AttributeError("partially initialized module 'numpy' has no attribute 'ndarray'")
    return {api.ChooseReference: choose, api.PutFrame: put_frame}


def main() -> int:
    if "--version" in sys.argv:
        api.VERSION = "0.0.9"  # a backend of another version
    if "--small" in sys.argv:
        conversation.MAX_WAITING = 1 << 20
    if "--never" in sys.argv:
        threading.Event().wait()
    if "--die" in sys.argv:
        print("no room for me here", file=sys.stderr)
        os._exit(3)
    if "--wait" in sys.argv:
        return server.serve(True, Path(sys.argv[sys.argv.index("--wait") + 1]), handlers)
    return server.serve(handlers=handlers)


if __name__ == "__main__":
    sys.exit(main())
