"""Messages over the local socket: a JSON-RPC 2.0 object, then as many raw blobs as it says. Both sides import this."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import shutil
import socket
import struct
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge, wait
from pathlib import Path
from typing import Any

from . import api
from .frozen import frozen
from .plain import from_json, to_json
from .processes import WINDOWS

MAX_JSON = 1 << 20
MAX_BLOB = 256 << 20
MAX_BLOBS = 16
SEND_BUFFER = 1 << 20  # holds a whole frame of 512²: fewer changes from one process to the other
MAX_UNIX_PATH = 100  # macOS allows 104 bytes, with the closing zero
KEY_BYTES = 32
GREETING = 5.0  # seconds for the handshake of a connection


@frozen
class Message:
    """One JSON-RPC object, not yet looked into, and its blobs."""

    body: dict[str, Any]
    blobs: list[bytes]


# --- where to meet


def make_address() -> str:
    """A fresh address that only this user can reach: a socket in a 0700 folder, or a pipe's name on Windows."""
    if WINDOWS:
        return rf"\\.\pipe\steady-{secrets.token_hex(16)}"
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > MAX_UNIX_PATH - len("/steady-socket-xxxxxxxx/s"):
        folder = "/tmp"
    return str(Path(tempfile.mkdtemp(prefix="steady-socket-", dir=folder)) / "s")


def remove_address(address: str) -> None:
    """Remove the folder that `make_address` made."""
    if address and not WINDOWS:
        shutil.rmtree(Path(address).parent, ignore_errors=True)


def listen(address: str) -> Listener:
    return Listener(address, backlog=8)


# --- the connection


class Channel:
    """A connection whose two sides have proven that they hold the same key. One thread may send and one receive."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._socket: socket.socket | None = None
        if not WINDOWS:
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            self._socket.settimeout(None)  # an add-on may have set another default

    def send(self, body: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        """Send one message. Raises Failure LOST when the other side is gone."""
        data = json.dumps({"jsonrpc": "2.0", **body, "blobs": len(blobs)}).encode()
        if len(data) > MAX_JSON or len(blobs) > MAX_BLOBS or any(len(b) > MAX_BLOB for b in blobs):
            raise api.Failure(
                api.ErrorCode.BAD_REQUEST, "A message is too large for the socket.", "Use smaller frames."
            )
        try:
            self._write([data, *blobs])
        except (OSError, ValueError) as error:  # ValueError: closed by another thread
            raise gone(error) from error

    def receive(self) -> Message:
        """The next message. Raises Failure: LOST at the end, NOT_JSON, BAD_REQUEST after which nothing can follow."""
        data = self._read(MAX_JSON, "message")
        try:
            body = json.loads(data)
        except ValueError as error:
            raise api.Failure(api.ErrorCode.NOT_JSON, "A message is not JSON.", OTHER_PROGRAM) from error
        count = body.get("blobs", 0) if isinstance(body, dict) else None
        if type(count) is not int or not 0 <= count <= MAX_BLOBS:
            raise api.Failure(api.ErrorCode.BAD_REQUEST, "A message is not a JSON-RPC object.", OTHER_PROGRAM)
        return Message(body, [self._read(MAX_BLOB, "blob") for _ in range(count)])

    def set_deadline(self, seconds: float) -> None:
        """Give up on a message whose bytes stop coming for so long; 0: never. Windows' pipes carry whole ones."""
        if self._socket:
            wait = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)

    def interrupt(self) -> None:
        """Free a thread that is stuck in `send` or `receive`: to it, the other side is gone."""
        if not self._socket:
            self.connection.close()
            return
        with contextlib.suppress(OSError):  # gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.connection.close()
        if self._socket:
            self._socket.close()

    def _write(self, parts: Sequence[bytes]) -> None:
        """As `send_bytes` for each part would write them, and all at once where the system can."""
        if not self._socket:
            for part in parts:
                self.connection.send_bytes(part)
            return
        framed = [piece for part in parts for piece in (struct.pack("!i", len(part)), part)]
        sent = self._socket.sendmsg(framed)
        for piece in framed:  # a signal may have cut it short
            if sent < len(piece):
                self._socket.sendall(memoryview(piece)[sent:])
            sent = max(0, sent - len(piece))

    def _read(self, limit: int, what: str) -> bytes:
        try:
            data = self._next_bytes(limit) if self._socket else self._next_bytes_of_pipe(limit)
        except EOFError as error:
            raise gone(error) from error
        except BlockingIOError as error:
            raise api.Failure(api.ErrorCode.LOST, f"A {what} stopped halfway.", "Start the backend again.") from error
        except (OSError, ValueError, TypeError) as error:  # TypeError: closed by another thread while it waited
            raise gone(error) from error
        if data is None:
            text = f"A {what} is larger than the {limit >> 20} MiB that are allowed."
            raise api.Failure(api.ErrorCode.BAD_REQUEST, text, OTHER_PROGRAM)
        return data

    def _next_bytes(self, limit: int) -> bytes | None:
        """As `recv_bytes` reads it, and ten times as fast: that one takes a large message in pieces and copies them."""
        assert self._socket
        header = b""
        while not header:
            with contextlib.suppress(BlockingIOError):  # silence between messages has no deadline
                header = self._socket.recv(4, socket.MSG_WAITALL)
                if not header:
                    raise EOFError("before")
        (size,) = struct.unpack("!i", header + self._exactly(4 - len(header)))
        return self._exactly(size) if 0 <= size <= limit else None

    def _exactly(self, count: int) -> bytes:
        assert self._socket
        data = b""
        while len(data) < count:  # once, but for a signal
            more = self._socket.recv(count - len(data), socket.MSG_WAITALL)
            if not more:
                raise EOFError("during")
            data = data + more if data else more
        return data

    def _next_bytes_of_pipe(self, limit: int) -> bytes | None:
        try:
            return self.connection.recv_bytes(limit)
        except OSError as error:
            if error.args == ("bad message length",):  # as multiprocessing puts it
                return None
            raise


OTHER_PROGRAM = "Something else, or another version, is at the other end: start the backend of this extension."
OTHER_VERSION = (
    "Stop that backend, and start “python -B -m backend serve --wait” in this extension's folder, which its "
    "preferences name."
)


def gone(error: Exception) -> api.Failure:
    truncated = isinstance(error, EOFError) and error.args == ("during",)
    text = "The other side went away in the middle of a message." if truncated else "The other side is gone."
    return api.Failure(api.ErrorCode.LOST, text, "Start the backend again.")


def greet_server(address: str, key: bytes) -> Channel:
    """Connect to a backend, which must prove that it holds the key, as we do."""
    try:
        channel = Channel(Client(address))
    except OSError as error:
        text = "No backend is listening where it said it would."
        raise api.Failure(api.ErrorCode.LOST, text, "Start the backend again.") from error
    return _greeted(channel, key, asked_first=False)


def greet_client(connection: Connection, key: bytes) -> Channel:
    """Let a client prove that it holds the key, and prove it in turn."""
    return _greeted(Channel(connection), key, asked_first=True)


def _greeted(channel: Channel, key: bytes, asked_first: bool) -> Channel:
    """The handshake of multiprocessing.connection, with the deadline that its Listener and Client lack."""
    steps = [deliver_challenge, answer_challenge] if asked_first else [answer_challenge, deliver_challenge]
    try:
        channel.set_deadline(GREETING)
        for step in steps:
            step(channel.connection, key)
        channel.set_deadline(0)
        return channel
    except AuthenticationError as error:
        failure = api.Failure(api.ErrorCode.BAD_REQUEST, WRONG_KEY, "Start the backend again, and use its new key.")
        cause: Exception = error
    except BlockingIOError as error:
        text = "The other side does not answer."
        failure, cause = api.Failure(api.ErrorCode.LOST, text, "Start the backend again."), error
    except (OSError, EOFError, AssertionError, ValueError) as error:
        failure, cause = gone(error), error
    channel.close()
    raise failure from cause


WRONG_KEY = "The key is wrong: this backend belongs to another session."


def waiter(*connections: Connection) -> Callable[[float], Sequence[Any]]:
    """Tells which of them can be read, as `multiprocessing.connection.wait`, which gets ready anew at every call."""
    if WINDOWS:
        return lambda seconds: wait(connections, seconds)
    selector = selectors.DefaultSelector()
    for connection in connections:
        selector.register(connection, selectors.EVENT_READ)
    return lambda seconds: [key.fileobj for key, _ in selector.select(seconds)]


# --- what the messages say


def request(number: int, asked: Any) -> dict[str, Any]:
    return {"id": number, "method": asked.method, "params": to_json(asked)}


def result(number: int, answer: Any) -> dict[str, Any]:
    return {"id": number, "result": to_json(answer)}


def error(number: int | None, failure: api.Failure) -> dict[str, Any]:
    body = {"code": failure.code.value, "message": failure.message, "data": {"hint": failure.hint}}
    return {"id": number, "error": body}


def event(told: Any) -> dict[str, Any]:
    return {"method": told.method, "params": to_json(told)}


def read_call(body: dict[str, Any], known: dict[str, type]) -> Any:
    """The request or event in a message, one of `known`."""
    kind = known.get(body["method"]) if isinstance(body.get("method"), str) else None
    if kind is None:
        text = f"“{str(body.get('method'))[:40]}” is not known here."
        raise api.Failure(api.ErrorCode.UNKNOWN_METHOD, text, OTHER_PROGRAM)
    return from_json(kind, body.get("params"))


def check_version(said: Any, here: str, there: str) -> None:
    """Refuse another version of the other side before anything of its greeting is read: it may mean something else."""
    fields = said if isinstance(said, dict) else {}
    theirs = fields.get("version"), fields.get("protocol")
    if theirs != (api.VERSION, api.PROTOCOL):
        text = f"The {here} is version {api.VERSION}, and the {there} is version {str(theirs[0])[:20]}."
        raise api.Failure(api.ErrorCode.VERSION_MISMATCH, text, OTHER_VERSION)


def read_error(body: Any) -> api.Failure:
    """The Failure in the `error` member of a response, as far as it can be read."""
    fields = body if isinstance(body, dict) else {}
    data = fields.get("data")
    hint = data.get("hint", "") if isinstance(data, dict) else ""
    try:
        code = api.ErrorCode(fields.get("code"))
    except ValueError:
        code = api.ErrorCode.INTERNAL
    return api.Failure(code, str(fields.get("message", "The backend failed.")), str(hint))
