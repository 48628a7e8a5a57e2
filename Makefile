# What a person types. Everything is made inside the checkout, once.
export OMP_NUM_THREADS ?= 2
export OMP_WAIT_POLICY ?= PASSIVE
HOST_TESTS = tools/pytest_in_blender.py tests/host
TWO_AT_ONCE = -n 2 --dist loadfile
ONCE_MORE = tools/once_more.py

.PHONY: help demo docs-pictures test test-host test-backend test-host-4.2 test-host-4.5 check format build build-platform bench bench-quality clean

help:
	@echo "make demo    set up what is needed and run the example; leaves its result in demo/"
	@echo "make test    set up what is needed and run the tests"
	@echo "make check   ruff, ruff format, pyright, and the extension platform's validator"
	@echo "make build   the extension as a zip for Blender's preferences, in build/"
	@echo "make build-platform  the same without an installer, for extensions.blender.org: it only connects to a backend"
	@echo "make bench   the benchmarks of docs/benchmarks.md"
	@echo "make bench-quality  what tuning achieves, in docs/method.md; hours on two cores, and goes on where it stopped"
	@echo "make docs-pictures  the manual's pictures, from a real Blender's window and from demo/"
	@echo "make format  put the code into its layout"
	@echo "make clean   remove what the above have made, the environments too"

demo:
	@tools/setup host
	@tools/setup backend
	tools/host tools/demo.py

docs-pictures:
	@tools/setup backend
	tests/gui/run tests/gui/workflow_in_window.py
	.venv-backend/bin/python tools/docs_pictures.py

test: test-backend test-host

# Two run at once on two cores, these by themselves and those of the older Blenders beside each other.
test-backend test-host test-host-4.2 test-host-4.5: export OMP_NUM_THREADS = 1

test-backend:
	@tools/setup backend
	.venv-backend/bin/python $(ONCE_MORE) backend .venv-backend/bin/python -m pytest $(TWO_AT_ONCE) tests/backend

test-host:
	@tools/setup host
	@tools/setup backend
	.venv-host/bin/python $(ONCE_MORE) host tools/host $(HOST_TESTS) $(TWO_AT_ONCE)

test-host-4.2 test-host-4.5: test-host-%:
	@tools/setup host-$*
	@tools/setup backend
	.venv-host-$*/bin/python $(ONCE_MORE) host-$* tools/host -$* $(HOST_TESTS)

check:
	@tools/setup check
	@tools/setup backend
	@tools/setup host
	.venv-check/bin/ruff check .
	.venv-check/bin/ruff format --check .
	.venv-check/bin/pyright
	tools/host tools/extension.py validate

format:
	@tools/setup check
	.venv-check/bin/ruff check --fix .
	.venv-check/bin/ruff format .

build:
	@tools/setup host
	tools/host tools/extension.py build

build-platform:
	@tools/setup host
	tools/host tools/extension.py build-platform

bench:
	@tools/setup host
	@tools/setup backend
	tools/bench

bench-quality:
	@tools/setup backend
	.venv-backend/bin/python -m tests.benchmarks.quality --settings A B --threads $(OMP_NUM_THREADS)

clean:
	rm -rf .venv-* build demo
