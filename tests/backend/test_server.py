"""The backend as a process: hello, its manners towards strangers and nonsense, and how it ends."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import left_behind
import pytest
from patience import LONG, promise

from backend import api, wire
from backend.api import ErrorCode, Failure
from backend.conversation import Work
from backend.jobs import Job
from backend.plain import from_json
from backend.server import Server

ROOT = Path(__file__).parents[2]


class Backend:
    """A started backend and a bare client of it: what is sent and received is seen as it is on the wire."""

    def __init__(self, *words: str) -> None:
        self.key = os.urandom(32)
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.say(self.key.hex() + "\n")
        assert self.process.stdout
        self.address = json.loads(self.process.stdout.readline())["address"]

    def say(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def greet(self) -> wire.Channel:
        return wire.greet_server(self.address, self.key)

    def end(self) -> str:
        """Its log, after it has ended by itself or been ended."""
        self.process.kill()
        return self.process.communicate()[1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Backend]]:
    """Starts backends, and after the test sees that none is left."""
    started: list[Backend] = []
    mark = f"mark={tmp_path}"

    def make(*words: str) -> Backend:
        started.append(Backend(*(words or ("tests/slow_backend.py", mark))))
        return started[-1]

    yield make
    for backend in started:
        backend.end()
    left_behind.wait_until_gone(mark, promise(5.0))
    for backend in started:
        wire.remove_address(backend.address)


@pytest.fixture
def backend(start: Any) -> Backend:
    return start()


@pytest.fixture
def client(backend: Backend) -> Iterator[wire.Channel]:
    """A client that has said hello."""
    channel = backend.greet()
    channel.send(wire.request(1, HELLO))
    assert channel.receive().body["id"] == 1
    yield channel
    channel.close()


HELLO = api.Hello(api.PROTOCOL, api.VERSION)


def do(what: str, count: int = 1) -> api.ChooseReference:
    return api.ChooseReference(what, count, 1, 1)


def answer_to(channel: wire.Channel, number: int | None) -> dict[str, Any]:
    """The response with this id; events and other responses are passed over."""
    while True:
        body = channel.receive().body
        if "method" not in body and body.get("id") == number:
            return body


def error_of(body: dict[str, Any]) -> Failure:
    return wire.read_error(body["error"])


# --- hello


def test_hello_tells_version_and_machine(backend: Backend) -> None:
    channel = backend.greet()
    channel.send(wire.request(1, HELLO))
    welcome = from_json(api.Welcome, channel.receive().body["result"])
    assert (welcome.protocol, welcome.version, welcome.pid) == (api.PROTOCOL, api.VERSION, backend.process.pid)
    assert welcome.machine.memory > 1 << 30
    assert welcome.machine.python == sys.version.split()[0]
    channel.close()


def test_the_real_backend_says_hello_within_a_second_and_a_half(start: Any) -> None:
    begun = time.monotonic()
    backend = start("-m", "backend", "serve")
    channel = backend.greet()
    channel.send(wire.request(1, HELLO))
    assert channel.receive().body["result"]
    assert time.monotonic() - begun < promise(1.5)
    channel.send(wire.request(2, api.ChooseReference("/nowhere", 30, 1, 2)))  # its stages do load
    assert error_of(answer_to(channel, 2)).code is not ErrorCode.INTERNAL
    channel.close()
    assert backend.process.wait(promise(5.0)) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"protocol": api.PROTOCOL, "version": "0.0.9"},
        {"protocol": 99, "version": "9.0", "wishes": ["new"]},
        {},
        None,
    ],
)
def test_a_client_of_another_version_is_refused_in_words(backend: Backend, params: Any) -> None:
    channel = backend.greet()
    channel.send({"id": 1, "method": "hello", "params": params})
    failure = error_of(channel.receive().body)
    assert failure.code is ErrorCode.VERSION_MISMATCH
    assert f"The backend is version {api.VERSION}" in failure.message
    assert "serve --wait" in failure.hint, "a backend that was only connected to is the user's to exchange"
    channel.close()


def test_nothing_is_done_before_hello(backend: Backend) -> None:
    channel = backend.greet()
    channel.send(wire.request(1, api.Ping()))
    assert error_of(channel.receive().body).code is ErrorCode.BAD_REQUEST
    channel.close()


# --- nonsense


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"id": 9, "method": "format.disk", "params": {}}, ErrorCode.UNKNOWN_METHOD),
        ({"id": 9, "method": "frames.choose", "params": {"folder": 3}}, ErrorCode.BAD_PARAMS),
        ({"id": 9, "method": "frames.choose", "params": []}, ErrorCode.BAD_PARAMS),
        ({"id": 9}, ErrorCode.UNKNOWN_METHOD),
    ],
)
def test_a_request_that_is_none_is_answered(client: wire.Channel, body: dict[str, Any], code: ErrorCode) -> None:
    client.send(body)
    assert error_of(answer_to(client, 9)).code is code
    client.send(wire.request(10, api.Ping()))
    assert "result" in answer_to(client, 10)


@pytest.mark.parametrize("number", ["x", None, 1.5, True])
def test_an_id_that_is_none(client: wire.Channel, number: Any) -> None:
    client.send({"id": number, "method": "ping", "params": {}})
    assert error_of(answer_to(client, None)).code is ErrorCode.BAD_REQUEST


def test_an_id_that_is_taken(client: wire.Channel) -> None:
    client.send(wire.request(5, do("count", 20)))
    client.send(wire.request(5, do("count", 20)))
    assert error_of(answer_to(client, 5)).code is ErrorCode.BAD_REQUEST
    assert answer_to(client, 5)["result"]


def test_what_is_not_json_is_answered_and_the_rest_is_heard(client: wire.Channel) -> None:
    client.connection.send_bytes(b"hello?")
    assert error_of(answer_to(client, None)).code is ErrorCode.NOT_JSON
    client.send(wire.request(3, api.Ping()))
    assert "result" in answer_to(client, 3)


def send_oversized(channel: wire.Channel) -> None:
    os.write(channel.connection.fileno(), struct.pack("!i", 100 << 20))


def send_truncated(channel: wire.Channel) -> None:
    os.write(channel.connection.fileno(), struct.pack("!i", 1000) + b"{")
    with socket.socket(fileno=os.dup(channel.connection.fileno())) as copy:
        copy.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize(
    ("send", "words"),
    [(send_oversized, "larger than the 1 MiB"), (send_truncated, "in the middle of a message")],
)
def test_after_a_message_without_end_the_backend_ends(
    backend: Backend, client: wire.Channel, send: Callable[[wire.Channel], None], words: str
) -> None:
    send(client)
    assert backend.process.wait(promise(5.0)) == 0
    assert words in backend.end()


def test_a_wrong_key_is_refused_and_the_right_one_still_served(backend: Backend) -> None:
    with pytest.raises(Failure):
        wire.greet_server(backend.address, b"x" * 32)
    channel = backend.greet()
    channel.send(wire.request(1, HELLO))
    assert "result" in channel.receive().body
    channel.close()
    assert backend.process.wait(promise(5.0)) == 0
    assert "The key is wrong" in backend.end()


def test_silent_strangers_block_nobody(backend: Backend) -> None:
    strangers = [socket.socket(socket.AF_UNIX) for _ in range(5)]
    for stranger in strangers:
        stranger.connect(backend.address)
    begun = time.monotonic()
    channel = backend.greet()
    assert time.monotonic() - begun < promise(2.0)
    channel.close()
    for stranger in strangers:
        stranger.close()


@pytest.mark.parametrize("line", ["", "no hex", "00" * 31])
def test_a_key_that_is_none(line: str) -> None:
    words = [sys.executable, "tests/slow_backend.py"]
    done = subprocess.run(words, cwd=ROOT, input=line + "\n", capture_output=True, text=True, timeout=LONG, check=False)
    assert done.returncode == 2
    assert "serve --wait" in done.stderr
    assert "Traceback" not in done.stderr


# --- packages that are damaged


def test_a_package_that_cannot_be_read_in_is_the_answer_to_every_job(start: Any, tmp_path: Path) -> None:
    backend = start("tests/slow_backend.py", f"mark={tmp_path}", "--broken")
    channel = backend.greet()
    channel.set_deadline(LONG)  # of a test, not of a client: else it would wait for ever
    channel.send(wire.request(1, HELLO))
    for number in (2, 3):
        channel.send(wire.request(number, do("count", 3)))
    for number in (2, 3):
        failure = error_of(answer_to(channel, number))
        assert failure.message.startswith("The backend could not read in a package it needs: AttributeError: partially")
        assert f"a Python of your own needs what “{ROOT / 'backend' / 'requirements.txt'}” lists" in failure.hint
    channel.close()
    begun = time.monotonic()
    assert backend.process.wait(promise(5.0)) == 0
    assert time.monotonic() - begun < promise(1.0)  # nothing is left to be waited for
    assert "Traceback" in backend.end()


# --- both sides talk at once


def test_a_client_that_sends_and_never_reads_is_still_heard(client: wire.Channel) -> None:
    """Its cancel arrives although nothing that is said to it leaves."""
    client.send(wire.request(2, do("show", 5000)))  # far more than the socket holds
    frame = bytes(512 * 512 * 3)
    for number in range(3, 60):
        client.send(wire.request(number, api.PutFrame("", number, 512, 512, False)), [frame])
    client.send(wire.request(60, do("count", 10_000)))
    client.send(wire.request(61, api.Cancel(60)))
    assert "result" in answer_to(client, 61)
    assert error_of(answer_to(client, 60)).code is ErrorCode.CANCELLED


# --- how it ends


def test_it_ends_when_the_client_closes_in_the_middle_of_a_job(backend: Backend, client: wire.Channel) -> None:
    client.send(wire.request(2, do("count", 10_000)))
    assert client.receive().body["method"] == "progress"
    client.close()
    begun = time.monotonic()
    assert backend.process.wait(promise(5.0)) == 0
    assert time.monotonic() - begun < promise(1.0)  # the job heard of it and left


def test_it_ends_when_stdin_does_although_nobody_ever_connected(backend: Backend) -> None:
    assert backend.process.stdin
    backend.process.stdin.close()
    backend.process.stdin = None  # else `communicate` flushes it
    assert backend.process.wait(promise(5.0)) == 0
    assert not Path(backend.address).parent.exists()


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_cleanly_when_terminated(backend: Backend, client: wire.Channel, busy: bool) -> None:
    if busy:
        client.send(wire.request(2, do("count", 10_000)))
        assert client.receive().body["method"] == "progress"
    begun = time.monotonic()
    backend.process.send_signal(signal.SIGTERM)
    assert backend.process.wait(promise(5.0)) == 0
    assert time.monotonic() - begun < promise(1.5)  # the job heard of it and left
    assert not Path(backend.address).parent.exists()


def test_shutdown_is_answered_before_it_ends(backend: Backend, client: wire.Channel) -> None:
    client.send(wire.request(2, api.Shutdown()))
    assert "result" in answer_to(client, 2)
    assert backend.process.wait(promise(5.0)) == 0


def test_it_ends_once_its_card_is_lost_and_says_so(backend: Backend, client: wire.Channel) -> None:
    """From then on this process cannot use the card; another one mostly can."""
    client.set_deadline(LONG)
    client.send(wire.request(2, do("lose")))
    failure = error_of(answer_to(client, 2))
    assert failure.code is ErrorCode.LOST, "Blender offers Restart and Resume"
    assert failure.message == "The graphics card was lost: CUDA error: unspecified launch failure."
    assert failure.hint.startswith("Start the backend again")
    assert backend.process.wait(promise(5.0)) == 0
    assert "Ending: the graphics card was lost." in backend.end()


def test_work_that_comes_when_the_worker_looks_up_is_waited_for() -> None:
    """Else whoever leaves then would break it off."""
    begun, done = threading.Event(), threading.Event()

    def choose(request: Any, blobs: list[bytes], job: Job) -> Any:
        begun.set()
        done.wait(LONG)

    def put() -> None:
        if not asked:
            asked.append(threading.Thread(target=server._enqueue, args=(Work(do("count")),), daemon=True))
            asked[0].start()
            asked[0].join(0.5)

    class Watched(queue.SimpleQueue[Work]):
        def empty(self) -> bool:
            found = super().empty()
            put()
            return found

    server = Server(bytes(32), lambda: {api.ChooseReference: choose}, once=True)
    server._work, asked = Watched(), []
    threading.Thread(target=server._work_on, daemon=True).start()
    server._enqueue(Work())
    assert begun.wait(LONG)
    assert not server._idle.is_set()
    done.set()
    assert server._idle.wait(LONG)
    server._listener.close()
    wire.remove_address(server.address)


def test_its_socket_is_gone_once_the_client_is_there(backend: Backend, client: wire.Channel) -> None:
    """Whatever happens to either of them later, nothing is left in the temporary folder."""
    assert client
    assert not Path(backend.address).parent.exists()
    assert backend.process.poll() is None


def test_the_key_is_nowhere_to_be_read(backend: Backend) -> None:
    for file in ("cmdline", "environ"):
        assert backend.key.hex().encode() not in Path(f"/proc/{backend.process.pid}/{file}").read_bytes()
