"""Children that install packages: started so that they die with us, watched through their log, and put into words."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from .. import processes
from ..api import ErrorCode, Failure

MEGABYTE = 1_000_000
# The child takes care of its own end before it becomes pip, venv or what else it is to be.
BECOME = """\
import os, runpy, sys
root, module, *arguments = sys.argv[1:]
sys.path.append(root)
from backend import processes
processes.die_with_parent()
sys.argv = [module, *arguments]
if os.sep in module:  # pip out of its own wheel
    runpy.run_path(module, run_name="__main__")
else:
    runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def run(
    python: Path, module: Sequence[str], log: Path, root: Path, extra: Mapping[str, str], heard: Callable[[str], None]
) -> Generator[None, None, int]:
    """Run a module with its arguments, yielding while it runs; each line it prints goes to the log and to `heard`.

    It writes to the log by itself, so that nothing is lost when we are. Closing the generator kills it."""
    # -I and -B: nothing of the user's is imported, and nothing is written into the extension's folder.
    command = [str(python), "-I", "-B", "-u", "-c", BECOME, str(root), *module]
    with log.open("ab") as out:
        start = out.tell()
        out.write(f"\n$ {python} -m {' '.join(module)}\n".encode())
        out.flush()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**processes.child_environment(), **extra},
            **processes.child_options(),
        )
    try:
        processes.adopt(process)
        with log.open("rb") as printed:
            printed.seek(start)
            rest = b""
            while True:
                ended = process.poll()  # before reading, so that the last lines are read too
                *lines, rest = (rest + printed.read()).split(b"\n")
                for line in lines:
                    heard(line.decode(errors="replace").rstrip())
                if ended is not None:
                    return ended
                yield
    finally:
        processes.kill(process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


class Reader:
    """What pip is doing, from what it prints with `--progress-bar raw`: a share of 1 and a line for the panel."""

    def __init__(self, expected: int, packages: Callable[[], int]) -> None:
        self.text = "Asking what is needed"
        self.unpacking = 0
        self._expected = expected
        self._packages = packages  # how many are unpacked in the environment by now: pip itself does not say
        self._before = 0
        self._fetched = 0
        self._file, self._size, self._done = "", 0, 0

    def hear(self, line: str) -> None:
        line = line.strip()
        if found := re.match(r"Progress (\d+) of (\d+)", line):
            self._done, self._size = int(found[1]), int(found[2])
            done, size = self._done / MEGABYTE, self._size / MEGABYTE
            self.text = f"Downloading {self._file}: {done:.0f} of {size:.0f} MB"
        elif found := re.match(r"Downloading (?:\S*/)?([\w.]+)-\S+\.whl( |$)", line):
            self._fetched += self._size
            self._file, self._size, self._done = found[1], 0, 0
            self.text = f"Downloading {self._file}"
        elif found := re.match(r"Collecting (\S+?)[ =<>!~\[;(]|Collecting (\S+)$", line):
            self.text = f"Looking for {found[1] or found[2]}"
        elif line.startswith("Installing collected packages: "):
            self.unpacking = line.count(",") + 1
            self._before = self._packages()

    def look(self) -> tuple[float, str]:
        """How far it is, most of the way being the download."""
        if not self.unpacking:
            got = self._fetched + self._done
            return 0.75 * got / max(self._expected, got, 1), self.text
        count = min(max(self._packages() - self._before, 0), self.unpacking)
        return 0.75 + 0.25 * count / self.unpacking, f"Unpacking: {count} of {self.unpacking} packages"


SHORT = r"C:\steady"
SHORTER = f"Choose a data folder with a short path in the preferences, such as “{SHORT}”."
# What pip and venv print when they fail, and what a person should know and do. The first that is found is the cause.
# Windows speaks its user's language: there the number of an error tells what its words do not.
CAUSES = (
    (
        r"No space left on device|WinError 112\b|not enough space on the disk|Disk quota exceeded|File too large",
        ErrorCode.DISK,
        "The disk is full: the backend could not be installed.",
        "Make room, or choose another data folder in the preferences, and install again: what is downloaded is kept.",
    ),
    (
        r"WinError 206\b|warnings/enable-long-paths",
        ErrorCode.BAD_INPUT,
        "The path of the backend's folder is too long for Windows.",
        SHORTER,
    ),
    (
        r"ensurepip is not(?:.*apt install (?P<name>\S+))?|No module named (?:venv|ensurepip|pip)\b",
        ErrorCode.BAD_INPUT,
        "This Python cannot make environments: its venv module is missing.",
        "On Debian and Ubuntu: sudo apt install {name}. Then install again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        ErrorCode.BAD_INPUT,
        "The package server could not be trusted: its certificate does not fit.",
        "Behind a company's proxy start Blender with SSL_CERT_FILE set to its certificate file.",
    ),
    (
        r"SSLError|SSLEOFError|SSL: ",
        ErrorCode.BAD_INPUT,
        "The secure connection to the package server broke.",
        "Look at the network, or at a proxy in between, and install again: what is downloaded is kept.",
    ),
    (
        r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|ConnectTimeout|ReadTimeout"
        r"|Connection (?:refused|reset|aborted)|ProxyError|IncompleteRead|incomplete-download|Network is unreachable"
        r"|urlopen error|the connection broke",
        ErrorCode.BAD_INPUT,
        "The package server could not be reached, or the connection broke.",
        "Look at the network and install again: what is downloaded is kept.",
    ),
    (
        r"not what its hash promised",
        ErrorCode.BAD_INPUT,
        "The package server sent a spoilt file.",
        "Install again; where it happens again, a proxy or a mirror may be at fault.",
    ),
    (
        r"No matching distribution found for (?P<name>\S+)",
        ErrorCode.BAD_INPUT,
        "The package server has no {name} for this Python and system.",
        "Name a Python of 3.11 to 3.14 as “Backend Python” in the preferences, or update the extension.",
    ),
    (
        r"Permission denied|Access is denied|WinError 5\b|Read-only file system",
        ErrorCode.DISK,
        "The backend's folder cannot be written.",
        "Allow writing there, or choose another data folder in the preferences.",
    ),
)


def cause(printed: str) -> Failure | None:
    for pattern, kind, message, hint in CAUSES:
        if found := re.search(pattern, printed, re.DOTALL):
            names = {"name": "python3-venv", **{k: v for k, v in found.groupdict().items() if v}}
            return Failure(kind, message.format(**names), hint.format(**names))
    return None


def explain(what: str, code: int, lines: Sequence[str], log: Path) -> Failure:
    """Why a child failed, from its last lines; the log is named, for whoever wants to know more."""
    if known := cause("\n".join(lines)):
        return Failure(known.code, known.message, f"{known.hint} The log is “{log}”.")
    errors = [line for line in lines if re.match(r"\s*(ERROR|Error|\w+Error)\b", line)]
    said = f": {errors[-1].strip().removeprefix('ERROR: ')}" if errors else "."
    message = f"{what} {processes.ending(code)}{said}"
    return Failure(ErrorCode.INTERNAL, message, f"Install again to go on where it stopped. The log is “{log}”.")
