"""Whether packages can be imported here: `python -m backend.installer.imports NAME==VERSION=MODULE ...`."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys


def main(wanted: list[str]) -> int:
    """Print `ok` or `failed` for each; what a package itself prints goes to the log as it is."""
    failed = 0
    for item in wanted:
        name, _, rest = item.partition("==")
        version, _, module = rest.rpartition("=")
        problem = _problem(name, version, module)
        failed += bool(problem)
        print(f"failed {name}: {problem}" if problem else f"ok {name} {version}", flush=True)
    return 1 if failed else 0


def _problem(name: str, version: str, module: str) -> str:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "it is not installed"
    if found.split("+")[0] != version:
        return f"it is installed as {found}, and {version} is needed"
    try:
        importlib.import_module(module)
    except Exception as error:  # a broken package may raise anything, and each is the answer to what was asked
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
