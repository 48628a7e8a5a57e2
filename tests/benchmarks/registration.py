"""How long Blender waits for the extension when it starts. `tools/host tests/benchmarks/registration.py` adds it to
bench.json."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "steady_diffusion"
CACHE = ROOT / "build" / "bench"
ONCE = "--once"
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode, sys.pycache_prefix = False, str(CACHE / "bytecode")  # as every start but the first finds it

bpy: Any = importlib.import_module("bpy")
figures: Any = importlib.import_module("tests.benchmarks.engine.figures")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=CACHE / "bench.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(ONCE, action="store_true", help="print the milliseconds of this one process")
    asked = parser.parse_args(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    if asked.once:
        print(1000 * registering())
        return 0
    seen = [in_a_fresh_blender() for _ in range(asked.rounds + 1)][1:]
    found = [figures.figure(f"Blender {bpy.app.version_string}: registering the extension", seen, "ms", most=50)]
    figures.write(asked.json, found)
    print(figures.table(found))
    return int(not all(made.met for made in found))


def in_a_fresh_blender() -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [str(ROOT / "tools" / "host"), __file__, ONCE]
    return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)


def registering() -> float:
    """Seconds, with the reading in of all its modules."""
    extension = package()
    begun = figures.clock()
    extension.register()
    return figures.clock() - begun


def package() -> Any:
    spec = importlib.util.spec_from_file_location(PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    assert spec and spec.loader
    sys.modules[PACKAGE] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


code = main()
sys.stdout.flush()
os._exit(code)  # bpy may hang at exit
