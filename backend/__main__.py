"""The command line: the server that Blender talks to, and every stage on a study folder."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run by its path, from whatever folder: its name then is not known, and its neighbours neither
    sys.path[0], __package__ = str(Path(__file__).resolve().parents[1]), "backend"

from . import api, commands
from .commands.words import Answer
from .jobs import Job, PrintedJob
from .plain import to_json

DONE, FAILED, CANCELLED = 0, 1, 130  # 2 is argparse's own, for a wrong command


def main(words: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a sign must not end the work
    asked = commands.parser().parse_args(words)
    if asked.command == "serve":
        return asked.serve(asked)
    leads = os.environ.get("RANK", "0") == "0"  # of the processes that a launcher started one speaks
    job = PrintedJob(as_json=asked.json) if leads else Job(0, lambda event, blobs: None)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: job.cancel())
    try:
        answer: Answer = asked.run(asked, job)
    except api.Failure as failure:
        return _say_failure(failure, asked.json)
    except ImportError as error:
        text, hint = f"This Python lacks a package the backend needs ({error}).", "Use the backend's own environment."
        return _say_failure(api.Failure(api.ErrorCode.INTERNAL, text, hint), asked.json)
    except Exception as error:  # a mistake of ours: the log has it whole, and its last line says it in a sentence
        traceback.print_exc()
        text = f"“{asked.command}” failed: {type(error).__name__}: {error}."
        hint = "The lines before this one have the details: please report them."
        return _say_failure(api.Failure(api.ErrorCode.INTERNAL, text, hint), asked.json)
    if leads:
        print(json.dumps(answer.plain) if asked.json else answer.text)
    return DONE


def _say_failure(failure: api.Failure, as_json: bool) -> int:
    error = {"method": "error", **to_json(api.Error(failure.code, failure.message, failure.hint))}
    print(json.dumps(error) if as_json else failure, file=sys.stderr)
    return CANCELLED if failure.code is api.ErrorCode.CANCELLED else FAILED


if __name__ == "__main__":
    sys.exit(main())
