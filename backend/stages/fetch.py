"""The download of a model, in a process of its own: the hub's tools cannot be stopped, and a process can."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .. import hub, processes
from ..api import ErrorCode, Failure, Fetched, FetchModel, Offered, OfferModel
from ..jobs import Job
from ..space import in_words

LOOK = 0.3  # seconds between two looks at how much is there
ROOT = Path(__file__).resolve().parents[2]
# The child sees to it that it does not outlive us, and is the command line from then on.
DOWNLOAD = """\
import sys
from backend import processes
processes.die_with_parent()
from backend.__main__ import main
sys.exit(main())
"""


def offer(request: OfferModel, blobs: list[bytes], job: Job) -> Offered:
    job.progress(0, 1, "Asking the hub")
    return Offered(request.model, hub.offer(request.model).size)


def fetch(request: FetchModel, blobs: list[bytes], job: Job) -> Fetched:
    """The files that are whole stay where it is cancelled, and the next time goes on from there."""
    job.progress(0, 1, "Asking the hub")
    total = hub.offer(request.model).size
    kept = hub.blobs_folder(request.model, Path(request.models) if request.models else None)
    words = ["-c", DOWNLOAD, "fetch", request.model, "--json", "--in-this-process"]
    words += ["--models", request.models] if request.models else []
    with tempfile.TemporaryFile() as heard:  # a pipe that nobody reads meanwhile would stop it once it is full
        child = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=heard,
            env=processes.child_environment() | {"HF_HUB_DISABLE_PROGRESS_BARS": "1"},
            **processes.child_options(),
        )
        processes.adopt(child)
        try:
            while child.poll() is None:
                done = min(total, _size(kept))
                job.progress(done, max(1, total), f"Downloading {in_words(done)} of {in_words(total)}")
                time.sleep(LOOK)
        finally:
            processes.kill(child)
            child.wait()
            hub.sweep(kept)
        if child.returncode != 0:
            heard.seek(0)
            raise _failure(heard.read().decode(errors="replace"), child.returncode, request.model)
    return Fetched(str(hub.folder(request.model, Path(request.models) if request.models else None, False)), total)


def _size(blobs: Path) -> int:
    """Of what is there by now, also in files that are not whole yet. Those that are whole the hub's tools link to from
    the snapshots, or move there where nobody may link."""
    sizes = []
    for file in (*blobs.glob("*"), *blobs.with_name("snapshots").rglob("*")):
        try:
            found = file.lstat()
        except OSError:  # it was whole, and has another name
            continue
        if stat.S_ISREG(found.st_mode):
            sizes.append(found.st_size)
    return sum(sizes)


def _failure(said: str, code: int, model: str) -> Failure:
    """What the process said last, as the command line says it to programs."""
    for line in reversed(said.splitlines()):
        try:
            body = json.loads(line)
            return Failure(ErrorCode(body["code"]), body["message"], body["hint"])
        except (ValueError, LookupError, TypeError):
            continue
    text = f"“{model}” could not be downloaded: it {processes.ending(code)}."
    return Failure(ErrorCode.INTERNAL, text, "Try again: what is here already is kept.")
