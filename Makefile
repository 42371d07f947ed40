# bpslides: `make serve` shows the decks, `make test` runs every check. Both set up what they need.
# Needs Python 3.11 or newer, make and a network; node and a browser are fetched where they are missing.

PYTHON ?= python3
# What `make serve` passes on, such as ARGS="decks/backprop --port 8001"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Which node: the system's, or the packaged one (worked out when first used, after the install).
NODE = $(shell $(BIN)/python hatch_build.py node)

.DEFAULT_GOAL := help
.PHONY: help install browser web serve test lint types imports pytest webtest fuzz bench shots reference lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

$(VENV)/installed: requirements/dev.txt requirements/node.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "bpslides needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) # also mends one that was interrupted
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements/dev.txt
	@$(BIN)/python hatch_build.py node >/dev/null 2>&1 || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements/node.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(VENV)/installed ## Set up .venv with everything for running and checking

web: install ## Build the browser runtime where web/ has changed
	@$(BIN)/python hatch_build.py

browser: install ## Find a Chromium, Chrome or Edge, or install one
	@$(BIN)/python tools/install_browser.py

serve: web ## Show the decks in the browser (ARGS="DECK --port 8001")
	@$(BIN)/bpslides serve $(ARGS)

test: lint types imports pytest webtest ## Run every check, the browser tests among them

lint: install ## Style of the Python sources
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: web ## Types of the Python and TypeScript sources
	$(BIN)/mypy
	cd web && $(NODE) node_modules/typescript/bin/tsc --noEmit

imports: install ## Layers of the package
	$(BIN)/lint-imports

# The browser's driver keeps an event loop in the process, where tests that start one of their own cannot run.
pytest: web browser ## The Python tests, then those in the browser, two at a time (ARGS="-k name")
	for which in "not browser" browser; do \
		$(BIN)/pytest --numprocesses 2 --dist worksteal -m "$$which" $(ARGS) || [ $$? -eq 5 ] || exit 1; done # 5: none of these

webtest: web ## The tests of the browser runtime, in node
	$(NODE) web/test.mjs

fuzz: web ## Fuzz what reads a deck for a minute each (ARGS="loader --seconds 600")
	$(BIN)/python -m tests.fuzz $(ARGS)

bench: web ## Measure speed
	$(BIN)/python -m tools.bench $(ARGS)

shots: web browser ## Take pictures of every slide
	$(BIN)/python tools/shots.py

reference: web browser ## Write the reference, its pictures and the JSON Schema anew
	$(BIN)/python -m tools.reference $(ARGS)

lock: install ## Pin anew what requirements/*.in and web/package.json ask for
	$(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv
	for name in run dev node; do build/uv/bin/uv pip compile --quiet requirements/$$name.in -o requirements/$$name.txt --upgrade --generate-hashes \
		--universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links || exit 1; done
	cd web && npm install --package-lock-only --ignore-scripts && $(NODE) lock.mjs

clean: ## Remove what the builds made, .venv and node_modules too
	rm -rf $(VENV) web/node_modules src/bpslides/_static dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
