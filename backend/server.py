"""The backend as a program that serves one client: a queue, one job at a time, and an end when the client is gone."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from . import api, devices, processes, wire
from .conversation import Conversation, Work
from .jobs import Job

Handler = Callable[[Any, list[bytes], Job], Any]
Handlers = dict[type, Handler]

GRACE = 2.0  # seconds a job has to leave when the client is gone
PATIENCE = 3.0  # seconds until the guard kills a process that could not leave
FIRST_CLIENT = 60.0  # seconds a child waits for the session that started it
FAREWELL = 1.0  # seconds that a client may need to be gone
GREETED_AT_ONCE = 8
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
LACKING = f"Install the backend again; a Python of your own needs what “{REQUIREMENTS}” lists."


def log(line: str) -> None:
    """Write to the log, which Blender may no longer read."""
    with contextlib.suppress(OSError):
        print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)


def read_key(line: str) -> bytes:
    """The key in a line of hexadecimal digits; empty if it is not one."""
    try:
        key = bytes.fromhex(line)
    except ValueError:
        return b""
    return key if len(key) == wire.KEY_BYTES else b""


def take_standard_input() -> int:
    """A file number for it of our own; what a stage starts gets an empty one, and cannot wait for it."""
    ours = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return ours


def stage_handlers() -> Handlers:
    from .stages import handlers  # late: `hello` must not wait for the packages of the stages

    return handlers()


def serve(
    wait: bool = False, connection_file: Path | None = None, handlers: Callable[[], Handlers] = stage_handlers
) -> int:
    """Serve the session that started this process; with `wait`, anyone who reads the connection file, in turn."""
    faulthandler.enable()  # a crash in C code leaves its traceback in the log
    return serve_all(connection_file or processes.connection_file(), handlers) if wait else serve_parent(handlers)


def serve_all(connection_file: Path, handlers: Callable[[], Handlers]) -> int:
    server = Server(os.urandom(wire.KEY_BYTES), handlers, once=False)
    server.publish(connection_file)
    return server.run()


def serve_parent(handlers: Callable[[], Handlers]) -> int:
    """The key comes on stdin, the address goes to stdout. Stdin then stays open for as long as the parent lives."""
    key = read_key(sys.stdin.readline())
    if not key:
        print("The key on stdin is not whole: `serve` is started by Blender, `serve --wait` by you.", file=sys.stderr)
        return 2
    lifeline = take_standard_input()
    processes.guard(lifeline, PATIENCE)
    processes.signal_at_parents_end(signal.SIGTERM)  # a fork of Blender's may keep our stdin and socket open
    server = Server(key, handlers, once=True)
    print(json.dumps({"address": server.address, "pid": os.getpid()}), flush=True)
    os.dup2(2, 1)  # nobody reads on: what a package prints belongs into the log
    threading.Thread(target=server.watch, args=(lifeline,), name="lifeline", daemon=True).start()
    return server.run()


class Server:
    """Accepts clients, gives their work to the worker, and ends the process."""

    def __init__(self, key: bytes, handlers: Callable[[], Handlers], once: bool) -> None:
        self.address = wire.make_address()
        self._listener = wire.listen(self.address)
        self._key = key
        self._handlers = handlers
        self._once = once
        self._client: Conversation | None = None
        self._greeting = threading.BoundedSemaphore(GREETED_AT_ONCE)
        self._work: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._idle = threading.Event()
        self._idle.set()
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._leaving = False
        self._closed = False
        self._connection_file: Path | None = None

    def publish(self, file: Path) -> None:
        """Write where and with which key to connect into a file that only this user can read."""
        content = {"address": self.address, "key": self._key.hex(), "pid": os.getpid(), "version": api.VERSION}
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(content, out)
        fresh.replace(file)
        self._connection_file = file
        print(f"Waiting for Blender. Its connection file is {file}", flush=True)

    def run(self) -> int:
        """Accept clients. The main thread does nothing else, so that it is free for signals."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=self.leave, args=("it was told to",)).start())
        threading.Thread(target=self._work_on, name="worker", daemon=True).start()
        if self._once:
            threading.Thread(target=self._expect_client, name="expect", daemon=True).start()
        while True:
            try:
                connection = self._listener.accept()
            except OSError:  # a client that left before it was greeted; or there is nobody left to greet
                if self._closed:
                    break
                time.sleep(0.1)
                continue
            self._greeting.acquire()
            threading.Thread(target=self._greet, args=(connection,), name="greet", daemon=True).start()
        threading.Event().wait()  # `leave` ends the process
        return 0

    def watch(self, lifeline: int) -> None:
        """The parent holds the other end and never writes again: the end of it is the end of the parent."""
        while os.read(lifeline, 1024):
            pass
        self.leave("Blender is gone")

    def leave(self, why: str) -> None:
        """End this process: cancel, let the job leave, clean up. Every thread may call it, the first one does it."""
        with self._lock:
            if self._leaving:
                return
            self._leaving = True
        log(f"Ending: {why}.")
        if self._client:
            self._client.cancel_all()
            self._client.flush(0.5)
        self._idle.wait(GRACE)
        wire.remove_address(self.address)
        if self._connection_file:
            self._forget(self._connection_file)
        os._exit(0)

    def _forget(self, file: Path) -> None:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(file.read_text(encoding="utf-8"))["pid"] == os.getpid():  # else another one took it over
                file.unlink()

    def _expect_client(self) -> None:
        time.sleep(FIRST_CLIENT)
        if not self._client:
            self.leave("nobody connected")

    def _greet(self, connection: Connection) -> None:
        try:
            channel = wire.greet_client(connection, self._key)
        except api.Failure as failure:
            log(f"A client was refused: {failure.message}")
            return
        finally:
            self._greeting.release()
        client = Conversation(channel, self._enqueue, self.leave)
        with self._lock:
            # a Blender that reconnects is back before it was noticed that it left
            free = self._free.wait_for(lambda: self._client is None, FAREWELL)
            self._client = client if free else self._client
        if not free:
            turn_away(channel)
            return
        if self._once:
            self._closed = True
            self._listener.close()
            wire.remove_address(self.address)
        self._converse(client)

    def _converse(self, client: Conversation) -> None:
        reason = client.run()
        if self._once:
            self.leave(reason)
        with self._lock:
            self._client = None
            self._free.notify_all()

    def _enqueue(self, work: Work) -> None:
        with self._lock:
            self._idle.clear()
            self._work.put(work)

    def _work_on(self) -> None:
        handlers: Handlers | api.Failure | None = None
        while True:
            work = self._work.get()
            if handlers is None:
                handlers = self._load()
            if isinstance(handlers, api.Failure):
                work.fail(handlers)
            elif work.request is not None:
                self._do(work, handlers)
            with self._lock:
                if self._work.empty():
                    self._idle.set()

    def _load(self) -> Handlers | api.Failure:
        """Once: a package that broke while it was read in would say something else the second time."""
        try:
            return self._handlers()
        except (Exception, SystemExit) as error:  # a package that is there and damaged can end in any error
            traceback.print_exc()
            text = f"The backend could not read in a package it needs: {type(error).__name__}: {error}."
            if isinstance(error, ImportError):
                text = f"The backend lacks a package it needs: {error}."
            return api.Failure(api.ErrorCode.INTERNAL, text, LACKING)

    def _do(self, work: Work, handlers: Handlers) -> None:
        try:
            if not isinstance(work.request, api.ReleaseFrames):
                work.job.check()
            handler = handlers.get(type(work.request))
            if handler is None:
                text = f"This backend has nothing that does “{work.request.method}”."
                raise api.Failure(api.ErrorCode.UNKNOWN_METHOD, text, wire.OTHER_PROGRAM)
            engine = getattr(work.request, "engine", None)
            devices.forget_peak()
            value = handler(work.request, work.blobs, work.job)
            if engine is not None:
                work.job.peak(devices.peak_memory(engine.device))
            work.answer(value)
        except api.Failure as failure:
            work.fail(failure)
        except (Exception, SystemExit) as error:  # a stage's mistake: the log has it whole, the client in a sentence
            traceback.print_exc()
            if isinstance(error, Exception) and devices.has_lost_card(error):
                work.fail(lost_card(error))
                threading.Thread(target=self.leave, args=("the graphics card was lost",), name="leave").start()
                return
            text = f"The backend failed at “{work.request.method}”: {type(error).__name__}: {error}"
            work.fail(
                api.Failure(api.ErrorCode.INTERNAL, text, "The backend's log has the details: please report them.")
            )


def turn_away(channel: wire.Channel) -> None:
    """Tell a client that another one is served. Closing before it has read that would take the words back."""
    channel.set_deadline(wire.GREETING)
    with contextlib.suppress(api.Failure):
        channel.receive()  # its hello
        channel.send(wire.error(None, BUSY))
        channel.receive()  # its end
    channel.close()


def lost_card(error: Exception) -> api.Failure:
    said = (str(error).splitlines() or [""])[0].rstrip(".")
    hint = "Start the backend again and resume: what is finished is kept."
    return api.Failure(api.ErrorCode.LOST, f"The graphics card was lost: {said}.", hint)


BUSY = api.Failure(api.ErrorCode.BAD_REQUEST, "This backend serves another Blender already.", "Close that one first.")
