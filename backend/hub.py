"""Models of the Hugging Face hub: found on this computer, and downloaded only when that is allowed."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import filelock
import httpx2  # what huggingface_hub speaks through: a lost connection comes as its error
import huggingface_hub
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
)

from . import disk, layout
from .api import ErrorCode, Failure
from .frozen import frozen

# Some errors of the network have the numbers of errors of the disk: one of TLS that of a forbidden file.
NETWORK = (httpx2.TransportError, ConnectionError, TimeoutError, ssl.SSLError, socket.gaierror)
UNKNOWN, CLOSED = (401, 404), 403  # as the hub says of a model: of one that it hides, too, that there is none
CONVERTED_BY = "python -m backend convert FOLDER"
PATIENCE = 10.0  # seconds: asked with none given, the hub's tools would wait for ever
OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


@frozen
class Offer:
    """What a download would bring: for the button that says how large it is."""

    files: tuple[str, ...]
    size: int


def offer(name: str) -> Offer:
    """Asks the hub, so only when going online is allowed."""
    asked = huggingface_hub.HfApi(endpoint=_endpoint())
    with _in_words(name, asking=True):
        info = asked.model_info(name, files_metadata=True, timeout=PATIENCE)
        if info.gated:  # its sizes are shown to everybody, and its files are not
            asked.auth_check(name)
    sizes = {f.rfilename: f.size or 0 for f in info.siblings or ()}
    parts = layout.repository(sizes)
    _check_parts(name, parts)
    files = layout.wanted(parts)
    return Offer(tuple(files), sum(sizes[f] for f in files))


def _check_parts(name: str, parts: layout.Parts) -> None:
    """What could not be loaded is not downloaded."""
    absent = layout.lacking(parts)
    if not absent:
        return
    hint = "Choose one whose files lie in unet/, vae/ and so on."
    if layout.pickled(parts):
        message = f"On the hub “{name}” has pickled weights only, and loading those can run code that came with them."
        hint = f"Choose one that has safetensors, or get it yourself and convert it: {CONVERTED_BY}"
    elif layout.wanted(parts):
        message = f"“{name}” on the hub lacks its {layout.listed([layout.PARTS[p] for p in absent])}."
    else:
        message = f"“{name}” on the hub is no diffusers model."
    raise Failure(ErrorCode.BAD_INPUT, message, hint)


def folder(name: str, models: Path | None, may_download: bool) -> Path:
    """Where the model lies. With `models` None that is in the hub's own cache. The hub is asked for what is missing."""
    here = _here(name, models)
    if here is not None and not (may_download and layout.absent(here)):
        return here
    if not may_download:
        hint = "Allow downloading it, or choose pocket, which ships with Steady Diffusion."
        raise Failure(ErrorCode.OFFLINE, f"“{name}” is not on this computer.", hint)
    files = list(offer(name).files)
    sweep(blobs_folder(name, models))
    with _in_words(name), _disk_in_words(blobs_folder(name, models).parent):
        return Path(
            huggingface_hub.snapshot_download(name, cache_dir=models, allow_patterns=files, endpoint=_endpoint())
        )


def whole(name: str, models: Path | None) -> Path | None:
    """Where the model lies, if nothing of it is missing. The hub is not asked."""
    here = _here(name, models)
    return here if here is not None and not layout.absent(here) else None


def blobs_folder(name: str, models: Path | None) -> Path:
    """Where what is downloaded of a model lies, also while it comes."""
    root = models or Path(huggingface_hub.constants.HF_HUB_CACHE)
    return root / f"models--{name.replace('/', '--')}" / "blobs"


def sweep(blobs: Path) -> None:
    """Free what killed downloads have left: the hub's tools take up no half file, and each attempt leaves another one.
    What somebody downloads at this moment is locked."""
    for left in blobs.glob("*.incomplete"):
        lock = blobs.parents[1] / ".locks" / blobs.parent.name / f"{left.name.partition('.')[0]}.lock"
        with contextlib.suppress(filelock.Timeout, OSError, NotImplementedError), filelock.FileLock(lock, timeout=0):
            left.unlink(missing_ok=True)


def _here(name: str, models: Path | None) -> Path | None:
    try:  # one file that every model has: the hub would else ask for all files of the repository, wanted or not
        found = huggingface_hub.snapshot_download(
            name, cache_dir=models, local_files_only=True, allow_patterns=["unet/config.json"]
        )
        return Path(found)
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _endpoint() -> str | None:
    """A mirror, in the variable that the hub's own tools heed."""
    return os.environ.get("HF_ENDPOINT")


@contextlib.contextmanager
def _in_words(name: str, asking: bool = False) -> Iterator[None]:
    try:
        yield
    except (httpx2.HTTPError, OSError, ValueError) as error:
        if refused := _refusal(name, error):
            raise refused from error
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
        message = f"“{name}” could not be downloaded ({said})."
        if asking:
            message = f"The hub could not be asked about “{name}” ({said})."
        hint = "Look at its name and at the connection, or choose pocket, which ships with Steady Diffusion."
        if isinstance(error, NETWORK):
            hint = "Look at the connection. Try again: what is here already is kept."
        if "CERTIFICATE_VERIFY_FAILED" in said:
            hint = "Behind a company's proxy start Blender with SSL_CERT_FILE set to its certificate file."
        raise Failure(ErrorCode.BAD_INPUT, message, hint) from error


def _refusal(name: str, error: Exception) -> Failure | None:
    """What the hub has said of the model itself; None where something else went wrong."""
    if not isinstance(error, HfHubHTTPError) or isinstance(error, RemoteEntryNotFoundError):
        return None
    if isinstance(error, GatedRepoError) or error.response.status_code == CLOSED:
        hint = "Ask for it on its page there and start Blender with your token in HF_TOKEN, or choose another model."
        return Failure(ErrorCode.BAD_INPUT, f"“{name}” is given only to those whom its maker lets in.", hint)
    if error.response.status_code in UNKNOWN:
        hint = "Look at its name, or choose pocket, which ships with Steady Diffusion."
        return Failure(ErrorCode.BAD_INPUT, f"The hub shows no model “{name}”.", hint)
    return None


@contextlib.contextmanager
def _disk_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, NETWORK) or error.errno not in OF_THE_DISK:
            raise
        failure = disk.in_words(error, folder)
        hint = failure.hint.replace("studies folder", "models folder")
        raise Failure(failure.code, failure.message, hint) from error
