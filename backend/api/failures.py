"""What can go wrong between the two sides, as one code, one sentence and one hint."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from ..frozen import frozen


class ErrorCode(Enum):
    """JSON-RPC's own codes, and ours below -32000."""

    NOT_JSON = -32700
    BAD_REQUEST = -32600
    UNKNOWN_METHOD = -32601
    BAD_PARAMS = -32602
    INTERNAL = -32603
    CANCELLED = -32001
    VERSION_MISMATCH = -32002
    BAD_STUDY = -32003
    STUDY_LOCKED = -32004
    DISK = -32005
    BAD_INPUT = -32006
    OFFLINE = -32008  # it would take the network, which is not allowed
    LOST = -32007  # never sent: the client's own, when the other side is gone


class Failure(Exception):
    """What went wrong in one sentence, and what to do about it in another. The only error that reaches a user."""

    def __init__(self, code: ErrorCode, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


@frozen
class Error:
    """The `error` member of a JSON-RPC response."""

    code: ErrorCode
    message: str
    hint: str = field(default="")
