"""Messages over the local socket: what arrives, and what is refused with which words."""

from __future__ import annotations

import os
import pickle
import socket
import stat
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client, Connection, Pipe
from pathlib import Path
from typing import Any

import pytest
from patience import LONG, promise

from backend import api, wire
from backend.api import ErrorCode, Failure


@pytest.fixture
def ends() -> Iterator[tuple[wire.Channel, wire.Channel]]:
    left, right = (wire.Channel(connection) for connection in Pipe())  # pyright: ignore[reportArgumentType]
    yield left, right
    left.close()
    right.close()


@pytest.fixture
def raw() -> Iterator[tuple[wire.Channel, socket.socket]]:
    """A channel whose other end is a bare socket, to send what no honest client would."""
    near, far = socket.socketpair()
    channel = wire.Channel(Connection(near.detach()))
    yield channel, far
    channel.close()
    far.close()


def packed(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data


def refusal(channel: wire.Channel) -> Failure:
    with pytest.raises(Failure) as caught:
        channel.receive()
    assert caught.value.message.endswith(".")
    assert caught.value.hint.endswith(".")
    return caught.value


# --- what arrives


@pytest.mark.parametrize(
    "told",
    [api.Ping(), api.Cancel(7), api.PutFrame("/a folder/ü:?*", 3, 512, 288, True), api.ChooseReference("x", 30, 1, 9)],
)
def test_a_request_arrives_as_it_was(ends: Any, told: Any) -> None:
    near, far = ends
    near.send(wire.request(5, told), [b"", b"\x00\xff" * 9])
    message = far.receive()
    assert message.body["jsonrpc"] == "2.0"
    assert message.body["id"] == 5
    assert wire.read_call(message.body, api.REQUESTS) == told
    assert message.blobs == [b"", b"\x00\xff" * 9]


def test_an_error_arrives_with_its_hint(ends: Any) -> None:
    near, far = ends
    near.send(wire.error(4, Failure(ErrorCode.DISK, "The disk is full.", "Free some space.")))
    failure = wire.read_error(far.receive().body["error"])
    assert (failure.code, failure.message, failure.hint) == (ErrorCode.DISK, "The disk is full.", "Free some space.")


@pytest.mark.parametrize("body", [None, {}, {"code": 17, "data": "?"}, {"code": "x", "data": {"hint": 3}}])
def test_an_error_that_cannot_be_read_is_an_error_still(body: Any) -> None:
    assert wire.read_error(body).code is ErrorCode.INTERNAL


def test_a_large_frame_arrives_whole(ends: Any) -> None:
    near, far = ends
    frame = os.urandom(3840 * 2160 * 3)
    sender = threading.Thread(target=near.send, args=(wire.event(api.Preview(1, 3840, 2160)), [frame]))
    sender.start()
    assert far.receive().blobs == [frame]
    sender.join()


# --- what is refused


@pytest.mark.parametrize("data", [b"", b"hello", b"{", b"\xff\xfe", b"{'a': 1}", pickle.dumps({"method": "ping"})])
def test_what_is_not_json(raw: Any, data: bytes) -> None:
    channel, far = raw
    far.sendall(packed(data))
    assert refusal(channel).code is ErrorCode.NOT_JSON
    far.sendall(packed(b'{"id": 1, "method": "ping"}'))  # the next one is read as if nothing had been
    assert channel.receive().body["method"] == "ping"


@pytest.mark.parametrize(
    "data", [b"[1]", b'"x"', b"3", b'{"blobs": -1}', b'{"blobs": 17}', b'{"blobs": "2"}', b'{"blobs": true}']
)
def test_what_is_json_and_no_message(raw: Any, data: bytes) -> None:
    channel, far = raw
    far.sendall(packed(data))
    assert refusal(channel).code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("header", [struct.pack("!i", wire.MAX_JSON + 1), struct.pack("!iQ", -1, 1 << 60)])
def test_an_oversized_message_is_refused_before_it_is_read(raw: Any, header: bytes) -> None:
    channel, far = raw
    far.sendall(header)
    failure = refusal(channel)
    assert failure.code is ErrorCode.BAD_REQUEST
    assert "larger than the 1 MiB" in failure.message


def test_an_oversized_frame(raw: Any) -> None:
    channel, far = raw
    far.sendall(packed(b'{"blobs": 1}') + struct.pack("!i", wire.MAX_BLOB + 1))
    assert "larger than the 256 MiB" in refusal(channel).message


@pytest.mark.parametrize("data", [b"\x00", struct.pack("!i", 100), packed(b"x" * 100)[:-1], packed(b'{"blobs": 1}')])
def test_a_truncated_message(raw: Any, data: bytes) -> None:
    channel, far = raw
    far.sendall(data)
    far.close()
    assert refusal(channel).code is ErrorCode.LOST


def test_a_message_that_stops_halfway_is_given_up(raw: Any) -> None:
    channel, far = raw
    channel.set_deadline(0.2)
    far.sendall(packed(b"x" * 100)[:50])
    begun = time.monotonic()
    failure = refusal(channel)
    assert failure.code is ErrorCode.LOST
    assert "halfway" in failure.message
    assert 0.1 < time.monotonic() - begun < promise(2.0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"method": "format.disk"}, ErrorCode.UNKNOWN_METHOD),
        ({"method": ["ping"]}, ErrorCode.UNKNOWN_METHOD),
        ({}, ErrorCode.UNKNOWN_METHOD),
        ({"method": "cancel"}, ErrorCode.BAD_PARAMS),
        ({"method": "cancel", "params": {"job": "1"}}, ErrorCode.BAD_PARAMS),
        ({"method": "cancel", "params": {"job": 1, "force": True}}, ErrorCode.BAD_PARAMS),
        ({"method": "cancel", "params": {}}, ErrorCode.BAD_PARAMS),
    ],
)
def test_a_call_that_is_none_of_ours(body: dict[str, Any], code: ErrorCode) -> None:
    with pytest.raises(Failure) as caught:
        wire.read_call(body, api.REQUESTS)
    assert caught.value.code is code


def test_nothing_too_large_is_sent(ends: Any) -> None:
    near, _ = ends
    for body, blobs in [({"id": "x" * wire.MAX_JSON}, []), ({}, [bytes(wire.MAX_BLOB + 1)]), ({}, [b""] * 17)]:
        with pytest.raises(Failure, match="too large"):
            near.send(body, blobs)


def test_sending_to_someone_who_is_gone(ends: Any) -> None:
    near, far = ends
    far.close()
    with pytest.raises(Failure) as caught:
        near.send({}, [bytes(1 << 20)])
    assert caught.value.code is ErrorCode.LOST


@pytest.mark.parametrize("stuck", ["send", "receive"])
def test_a_thread_that_is_stuck_can_be_freed(ends: Any, stuck: str) -> None:
    near, _ = ends
    caught: list[ErrorCode] = []

    def wait_for_ever() -> None:
        try:
            near.send({}, [bytes(8 << 20)]) if stuck == "send" else near.receive()
        except Failure as failure:
            caught.append(failure.code)

    thread = threading.Thread(target=wait_for_ever)
    thread.start()
    time.sleep(0.1)
    near.interrupt()
    thread.join(LONG)
    assert caught == [ErrorCode.LOST]


# --- where to meet, and with which key


@pytest.fixture
def listening() -> Iterator[Callable[[bytes, bytes], tuple[Any, Any]]]:
    """Lets a client and a server greet each other; what each of them got of it."""
    address = wire.make_address()
    listener = wire.listen(address)
    channels: list[wire.Channel] = []

    def greet(server_key: bytes, client_key: bytes) -> tuple[Any, Any]:
        got: dict[str, Any] = {}

        def side(name: str, step: Callable[[], wire.Channel]) -> None:
            try:
                got[name] = step()
                channels.append(got[name])
            except Failure as failure:
                got[name] = failure

        server = threading.Thread(
            target=side,
            args=("server", lambda: wire.greet_client(listener.accept(), server_key)),  # pyright: ignore
        )
        server.start()
        side("client", lambda: wire.greet_server(address, client_key))
        server.join()
        return got["server"], got["client"]

    yield greet
    for channel in channels:
        channel.close()
    listener.close()
    wire.remove_address(address)
    assert not Path(address).parent.exists()


def test_two_with_the_same_key_meet(listening: Any) -> None:
    server, client = listening(b"k" * 32, b"k" * 32)
    client.send(wire.request(1, api.Ping()))
    assert server.receive().body["method"] == "ping"


def test_a_wrong_key_is_refused_on_both_sides(listening: Any) -> None:
    server, client = listening(b"k" * 32, b"x" * 32)
    assert "key is wrong" in server.message
    assert client.code in (ErrorCode.BAD_REQUEST, ErrorCode.LOST)


def test_a_server_that_does_not_know_the_key_is_refused() -> None:
    """Something that took over the address accepts anybody, and still learns nothing."""
    address = wire.make_address()
    listener = wire.listen(address)

    def pretend() -> None:
        connection = listener.accept()
        connection.send_bytes(b"#CHALLENGE#" + b"x" * 20)
        connection.recv_bytes()
        connection.send_bytes(b"#WELCOME#")
        connection.recv_bytes()  # our challenge
        connection.send_bytes(b"no idea")
        connection.recv_bytes()  # its refusal
        connection.close()

    thread = threading.Thread(target=pretend)
    thread.start()
    with pytest.raises(Failure) as caught:
        wire.greet_server(address, b"k" * 32)
    assert "key is wrong" in caught.value.message
    thread.join()
    listener.close()
    wire.remove_address(address)


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "GREETING", 0.2)
    address = wire.make_address()
    listener = wire.listen(address)
    with pytest.raises(Failure, match="does not answer"):
        wire.greet_server(address, b"k" * 32)
    listener.close()
    wire.remove_address(address)


def test_nobody_listens() -> None:
    address = wire.make_address()
    with pytest.raises(Failure, match="No backend is listening"):
        wire.greet_server(address, b"k" * 32)
    wire.remove_address(address)


def test_only_this_user_can_reach_the_socket() -> None:
    address = wire.make_address()
    assert stat.S_IMODE(Path(address).parent.stat().st_mode) == 0o700
    wire.remove_address(address)


def test_the_address_is_short_enough_where_the_temporary_folder_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/var/folders/" + "x" * 80)
    address = wire.make_address()
    assert len(address.encode()) <= wire.MAX_UNIX_PATH
    listener = wire.listen(address)
    Client(address).close()
    listener.close()
    wire.remove_address(address)


def test_a_pipe_on_windows_carries_the_same_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its rules: nothing of a socket is used, and each message is sent and received as a whole."""
    monkeypatch.setattr(wire, "WINDOWS", True)
    near, far = (wire.Channel(connection) for connection in Pipe())  # pyright: ignore[reportArgumentType]
    near.set_deadline(1.0)
    near.send(wire.request(5, api.Cancel(7)), [b"", b"\x00\xff" * 9])
    assert list(wire.waiter(far.connection)(LONG)) == [far.connection]
    message = far.receive()
    assert (message.body["id"], message.blobs) == (5, [b"", b"\x00\xff" * 9])
    near.connection.send_bytes(b"no json")
    assert refusal(far).code is ErrorCode.NOT_JSON
    os.write(near.connection.fileno(), struct.pack("!i", wire.MAX_JSON + 1))
    assert "larger than the 1 MiB" in refusal(far).message
    near.interrupt()
    assert refusal(near).code is ErrorCode.LOST
    far.close()


def test_the_address_on_windows_is_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "WINDOWS", True)
    first, second = wire.make_address(), wire.make_address()
    assert first.startswith("\\\\.\\pipe\\steady-")
    assert first != second
    wire.remove_address(first)  # nothing to remove
