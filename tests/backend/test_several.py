"""Several processes on one job: real ones, started as a launcher starts them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from backend.several import Team, team

ROOT = Path(__file__).parents[2]
BEGIN = "import sys, torch\nfrom backend.several import team\nus = team(torch.device('cpu'))\n"


def started(code: str, count: int) -> list[subprocess.Popen[str]]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    team_of = {"WORLD_SIZE": count, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": 1}
    return [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN + code],
            cwd=ROOT,
            env={**os.environ, **{k: str(v) for k, v in {**team_of, "RANK": rank, "LOCAL_RANK": rank}.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for rank in range(count)
    ]


def test_one_process_is_a_team_of_its_own() -> None:
    us = team(torch.device("cpu"))
    assert us == Team(0, 1)
    assert us.leads
    assert (us.share([1, 2, 3]), us.told("a"), us.gather("a")) == ([1, 2, 3], "a", ["a"])
    us.meet()


@pytest.mark.parametrize(("things", "count"), [(0, 2), (1, 2), (5, 2), (96, 7), (3, 8)])
def test_every_thing_is_someones_and_nobody_has_more_than_one_over(things: int, count: int) -> None:
    parts = [list(Team(rank, count).share(range(things))) for rank in range(count)]
    assert [thing for part in parts for thing in part] == list(range(things))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_two_processes_meet_and_the_one_left_alone_is_told() -> None:
    code = """
from backend.api import Failure
again = team(torch.device('cpu'))
us.meet()
print(again == us, us.rank, us.count, us.leads, us.told(us.rank + 7), us.gather(us.rank * 2))
if us.rank == 1:
    sys.exit(5)
try:
    us.meet()
except Failure as failure:
    print(failure.message)
"""
    first, second = started(code, 2)
    met, left = first.communicate(timeout=120)[0].splitlines()
    assert met == "True 0 2 True 7 [0, 2]"
    assert left == "Another of the processes that share this job has ended."
    assert second.communicate(timeout=120)[0].strip() == "True 1 2 False 7 [0, 2]"
    assert second.returncode == 5
