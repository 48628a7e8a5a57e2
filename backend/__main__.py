"""The command line: the server that Blender talks to, and every stage on a study folder."""

from __future__ import annotations

import argparse
import io
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import api
from .jobs import Job, PrintedJob
from .plain import to_json

DONE, FAILED, CANCELLED = 0, 1, 130  # 2 is argparse's own, for a wrong command


def main(words: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a sign must not end the work
    asked = _parser().parse_args(words)
    if asked.command == "serve":
        return _serve(asked)
    job = PrintedJob(as_json=asked.json)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: job.cancel())
    try:
        answer = asked.run(asked, job)
    except api.Failure as failure:
        return _say_failure(failure, asked.json)
    except ImportError as error:
        text, hint = f"This Python lacks a package the backend needs ({error}).", "Use the backend's own environment."
        return _say_failure(api.Failure(api.ErrorCode.INTERNAL, text, hint), asked.json)
    print(json.dumps(answer, ensure_ascii=False) if asked.json else answer["text"])
    return DONE


def _say_failure(failure: api.Failure, as_json: bool) -> int:
    error = {"method": "error", **to_json(api.Error(failure.code, failure.message, failure.hint))}
    print(json.dumps(error, ensure_ascii=False) if as_json else failure, file=sys.stderr)
    return CANCELLED if failure.code is api.ErrorCode.CANCELLED else FAILED


# --- the commands


def _serve(asked: argparse.Namespace) -> int:
    from .server import serve

    return serve(asked.wait, asked.connection)


def _frames(asked: argparse.Namespace, job: Job) -> dict[str, Any]:
    from .stages import frames
    from .study import Study

    source = Study.open(asked.study).source
    first = source.first if asked.first is None else asked.first
    last = source.last if asked.last is None else asked.last
    reference = frames.choose(api.ChooseReference(str(asked.study), asked.count, first, last), [], job)
    numbers = " ".join(map(str, reference.numbers))
    lines = [
        f"Reference frames: {numbers}",
        f"Shots begin at: {' '.join(map(str, reference.shots))}",
        f"Distance to the nearest reference frame: {reference.mean:.2f} on average, {reference.worst:.2f} at most "
        "(1 is a hard cut)",
        reference.warning,
    ]
    return {**to_json(reference), "text": "\n".join(filter(None, lines))}


def _lay_back(asked: argparse.Namespace, job: Job) -> dict[str, Any]:
    from .stages import frames

    take = frames.lay_back(asked.study, asked.take, job)
    count = len(take.numbers())
    return {"folder": str(take.folder), "frames": count, "text": f"{count} frames in {take.folder}"}


def _convert(asked: argparse.Namespace, job: Job) -> dict[str, Any]:
    from .convert import convert

    made = [str(path) for path in convert(asked.source, asked.target)]
    return {"files": made, "text": "\n".join(made)}


# --- the words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend", description="Steady Diffusion without Blender.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve Blender over a local socket")
    serve.add_argument("--wait", action="store_true", help="wait for a Blender that is set to “connect only”")
    serve.add_argument("--connection", type=Path, metavar="FILE", help="with --wait: where Blender finds the socket")

    frames = _stage(commands, "frames", "choose the reference frames of a study again")
    frames.add_argument("--count", type=int, default=30, metavar="N", help="how many (default: %(default)s)")
    frames.add_argument("--first", type=int, metavar="N", help="only from this frame (default: all)")
    frames.add_argument("--last", type=int, metavar="N", help="only up to this frame (default: all)")
    frames.set_defaults(run=_frames)

    lay_back = _stage(commands, "lay-back", "lay a strip's own frames in as a take")
    lay_back.add_argument("--take", default="lay-back", metavar="NAME", help="the take's name (default: %(default)s)")
    lay_back.set_defaults(run=_lay_back)

    convert = _command(commands, "convert", "convert a pickled model to safetensors, reading its tensors only")
    convert.add_argument("source", type=Path, help="a .ckpt, .pt, .pth or .bin file, or a diffusers folder")
    convert.add_argument("target", type=Path, nargs="?", help="the .safetensors to write (default: beside a file)")
    convert.set_defaults(run=_convert)
    return parser


def _stage(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    stage = _command(commands, name, what)
    stage.add_argument("study", type=Path, metavar="STUDY", help="the folder that holds study.json")
    return stage


def _command(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=what, description=f"{what.capitalize()}.")
    command.add_argument("--json", action="store_true", help="progress and answer as JSON, a line each")
    return command


if __name__ == "__main__":
    sys.exit(main())
