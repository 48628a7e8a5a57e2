"""`blender -b edit.blend --command steady_diffusion restyle …`, and batch.py: words in, lines and a code out."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.api import Error, ErrorCode, Failure
from ..backend.jobs import PrintedJob
from ..backend.plain import to_json

NAME = "steady_diffusion"
DONE, FAILED, CANCELLED = 0, 1, 130  # 2 is argparse's own, for a wrong command


def run(words: Sequence[str]) -> int:
    """What `--command steady_diffusion` calls."""
    if list(words[:1]) != ["restyle"]:
        print(f"usage: blender -b FILE.blend --command {NAME} restyle --help", file=sys.stderr)
        return 2
    return main(words[1:], f"blender -b FILE.blend --command {NAME} restyle")


def main(words: Sequence[str], program: str) -> int:
    from .command_words import parser  # not before: Blender waits for this extension whenever it starts
    from .headless import work

    try:
        asked = parser(program).parse_args(words)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    printed = PrintedJob(as_json=asked.json)
    try:
        with chatter_aside(), cancelled_by_signals(printed):
            try:
                answer = work(asked, printed)
            finally:
                session.current.close()
    except Failure as failure:
        return _say_failure(failure, asked.json)
    except Exception as error:  # a mistake of ours: whoever called has to end, and with a code
        traceback.print_exc()
        text = f"“restyle” failed: {type(error).__name__}: {error}."
        hint = "The lines before this one have the details: please report them."
        return _say_failure(Failure(ErrorCode.INTERNAL, text, hint), asked.json)
    print(json.dumps(to_json(answer)) if asked.json else answer.text(), flush=True)
    return DONE


def _say_failure(failure: Failure, as_json: bool) -> int:
    error = {"method": "error", **to_json(Error(failure.code, failure.message, failure.hint))}
    print(json.dumps(error) if as_json else failure, file=sys.stderr, flush=True)
    return CANCELLED if failure.code is ErrorCode.CANCELLED else FAILED


@contextlib.contextmanager
def chatter_aside(to: int = 2) -> Iterator[None]:
    """Blender writes a line for each frame past Python: to the other stream, or to an open file, so that this one holds
    only the answer."""
    sys.stdout.flush()
    terminal = os.dup(1)
    os.dup2(to, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(terminal, 1)
        os.close(terminal)


@contextlib.contextmanager
def cancelled_by_signals(printed: PrintedJob) -> Iterator[None]:
    """They only leave a mark, which is looked at between two steps: they may come in the middle of a render."""
    before = {n: signal.signal(n, lambda *_: printed.cancel()) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # None: Blender's own, not Python's


def end(code: int) -> None:
    """The last word of a Blender without a window. Its own way out crashes where bpy 4.2 is a module, and hangs in 4.5,
    while anything is registered, and the code would be lost with it."""
    if not bpy.app.background:
        if code:
            sys.exit(code)
        return
    own = Path(bpy.app.tempdir)
    if own.name.startswith("blender_"):  # as Blender would at its end; others have no folder of their own
        shutil.rmtree(own, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


_command: list[Any] = []  # Blender's handle, which only serves to give it back


def register() -> None:
    _command.append(bpy.utils.register_cli_command(NAME, lambda words: end(run(words))))


def unregister() -> None:
    bpy.utils.unregister_cli_command(_command.pop())
