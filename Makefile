# One command each. Everything lands in .venv/ and widget/node_modules/; a second set-up finds its stamps and does nothing.
SHELL = /bin/sh
.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint format widget coverage bench torture lock wheel clean

VENV = .venv
BIN = $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
# The system's Node.js where it is 20 or newer, else the one that set-up put beside Python.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_PYTHON_DOWNLOADS = never
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Where the caller forbids it, each of a thousand processes would compile the whole house anew.
unexport PYTHONDONTWRITEBYTECODE
# npm reads no SSL_CERT_FILE of its own accord.
export NODE_EXTRA_CA_CERTS ?= $(SSL_CERT_FILE)
RUN_READY = $(VENV)/run.stamp
DEV_READY = $(VENV)/dev.stamp
NODE_READY = widget/node_modules/.stamp

# $(call install,LOCK): uv is quick; where it cannot reach an index that pip is configured for, pip does the same.
install = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1) \
	|| $(BIN)/python -m pip install --quiet --require-hashes -r $(1)

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV_READY) $(NODE_READY)  ## install everything the targets below need

run: $(RUN_READY)  ## serve the demo: backend on PORT (8000), a site that embeds it on SITE_PORT (8080)
	@WADJET_HOME="$${WADJET_HOME:-.demo}" exec $(BIN)/wadjet demo

test: setup  ## lint, then run every test, browser journeys included
	@.ci/system chromium redis postgresql dovecot nginx caddy pango
	@$(MAKE) --no-print-directory lint
	node --test tests/widget/*.test.js
	@# Four on two cores: much of what browsers and servers do is waited for. What fails in that crowd is tried once more
	@# by itself, and both are told: that a machine was too busy for a test is no fault of what it tests.
	$(BIN)/pytest -n 4 --dist worksteal || $(BIN)/pytest --last-failed --last-failed-no-failures none --maxfail 5

lint: setup  ## check form, types, the house's imports, and that the built widget is the sources' own
	node widget/build.mjs --check
	widget/node_modules/.bin/tsc -p widget
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV_READY)  ## lay out the Python files
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

widget: $(NODE_READY)  ## build widget/static from widget/src
	node widget/build.mjs

coverage: setup  ## print the branches of keys, jose, consent and ledger that no test of a room takes; fails below 99 %
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n0 tests/consent tests/ledger tests/contact tests/registers tests/retention tests/inspector tests/web/test_errors.py tests/web/test_askers.py tests/test_keys.py tests/test_jose.py
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=99 \
		--include='backend/wadjet/keys.py,backend/wadjet/jose.py,backend/wadjet/consent/*,backend/wadjet/ledger/*'

bench: setup  ## measure and print (takes minutes; leave the machine alone meanwhile)
	$(BIN)/python -m benchmarks

torture: setup  ## the long tests: 500 kill -9, a million mutations, nginx and Caddy, every browser engine there is
	@.ci/system chromium firefox webkit redis postgresql dovecot nginx caddy pango
	$(BIN)/pytest -m torture --durations=20

lock: $(DEV_READY)  ## choose versions anew and write the hash-pinned locks
	for group in setup dev node; do .ci/lock $$group || exit 1; done

wheel: $(RUN_READY)  ## build dist/*.whl, widget included
	$(BIN)/hatchling build -t wheel

clean:  ## remove what set-up and the tools made; the demo's data too
	rm -rf $(VENV) .demo dist widget/node_modules .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
		.ruff_cache test-results

$(BIN)/uv: requirements.txt
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer found; name one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@PYTHON=$(PYTHON) .ci/system venv
	@echo 'Setting up $(VENV) …'
	@$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.txt
	@touch $@

$(RUN_READY): $(BIN)/uv requirements.txt pyproject.toml
	@$(call install,requirements.txt)
	@$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): $(RUN_READY) requirements-dev.txt
	@$(call install,requirements-dev.txt)
	@touch $@

$(NODE_READY): widget/package-lock.json requirements-node.txt | $(RUN_READY)
	@.ci/system node || { $(call install,requirements-node.txt); }
	@cd widget && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@
