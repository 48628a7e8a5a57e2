"""Frames a second over the local socket, against a bare copy of the same bytes; and what memory does meanwhile.

`python tests/benchmarks/socket_speed.py [--frames 300 3000]` needs no Blender and no package; it adds to bench.json."""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import sys
import tempfile
import time
import types
from collections import deque
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SIDE = 512
OUTSTANDING = 8  # as the operators send them
BURST = 100  # frames: short, to find moments in which nothing else runs
PACKAGE = "steady_by_itself"
sys.path.insert(0, str(ROOT))
sys.modules.setdefault(PACKAGE, types.ModuleType(PACKAGE)).__path__ = [str(ROOT)]
session = importlib.import_module(f"{PACKAGE}.session")
api = importlib.import_module(f"{PACKAGE}.backend.api")
figures: Any = importlib.import_module("tests.benchmarks.engine.figures")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs=2, default=(300, 3000), help="a short and a long clip")
    parser.add_argument("--runs", type=int, default=30, help="of BURST frames each; the best counts")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "bench.json")
    asked = parser.parse_args()
    found = measure(asked.frames[0], asked.frames[1], asked.runs)
    figures.write(asked.json, found)
    print(figures.table(found))
    return int(any(made.met is False for made in found))


def measure(few: int, many: int, runs: int) -> list[Any]:
    frame = os.urandom(SIDE * SIDE * 3)
    one = session.Session()
    with tempfile.TemporaryDirectory() as logs:
        arguments = ("tests/slow_backend.py", "mark=socket_speed")
        one.start(session.Launch(Path(sys.executable), ROOT, Path(logs), arguments))
        try:
            pairs = [(copy(BURST, frame), send(one, BURST, frame)) for _ in range(runs)]
            send(one, few, frame)
            memory = [resident(one)]
            many_per_second = send(one, many, frame)
            memory.append(resident(one))
        finally:
            one.close()
    bare, ours = (max(speeds) for speeds in zip(*pairs, strict=True))  # what else runs here can only slow them
    grown = [(after - before) / 2**20 for before, after in zip(*memory, strict=True)]
    named = f"512² RGB over the socket, bursts of {BURST}:"
    return [
        figures.figure(f"{named} a bare socketpair, the best", [bare], "frames/s"),
        figures.figure(f"{named} the session, the best", [ours], "frames/s"),
        figures.figure(f"{named} the session against the socketpair", [ours / bare], "×", least=0.5),
        figures.figure(f"{named} {many} frames on end", [many_per_second], "frames/s"),
        *(
            figures.figure(f"{side}: memory grown from {few} to {many} frames", [more], "MiB", most=8)
            for side, more in zip(("Blender's side", "the backend"), grown, strict=True)
        ),
    ]


def send(one: Any, count: int, frame: bytes) -> float:
    """Frames a second as a stage gets them: asked by the session, decoded by the backend, handed over, answered."""
    one.ask(put(0), [frame]).result(60)
    begun = time.perf_counter()
    answers: deque[Any] = deque()
    for number in range(count):
        answers.append(one.ask(put(number), [frame]))
        if len(answers) == OUTSTANDING:
            answers.popleft().result(60)
    for answer in answers:
        answer.result(60)
    return count / (time.perf_counter() - begun)


def put(number: int) -> Any:
    return api.PutFrame("", number, SIDE, SIDE, False)


def copy(count: int, frame: bytes) -> float:
    """Frames a second of the same bytes through a bare socketpair, from one process into another."""
    near, far = socket.socketpair()
    reader = os.fork()
    if reader == 0:
        near.close()
        into = bytearray(len(frame))
        for _ in range(count):
            receive_whole(far, memoryview(into))
        far.sendall(b"!")
        os._exit(0)
    far.close()
    begun = time.perf_counter()
    for _ in range(count):
        near.sendall(frame)
    near.recv(1)
    seconds = time.perf_counter() - begun
    near.close()
    os.waitpid(reader, 0)
    return count / seconds


def receive_whole(source: socket.socket, into: memoryview) -> None:
    filled = 0
    while filled < len(into):
        filled += source.recv_into(into[filled:])


def resident(one: Any) -> list[int]:
    """The memory of this process and of the backend, in bytes."""
    pids = (os.getpid(), one._link.child.process.pid)
    pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return [count * os.sysconf("SC_PAGE_SIZE") for count in pages]


if __name__ == "__main__":
    sys.exit(main())
