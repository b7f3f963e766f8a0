# The two commands of the README are `make demo` and `make test`; both set up all they need, in any folder, any number of times.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
DATA ?= data
PORT ?= 8000
SERVE ?= 1
KILLS ?= 200
FUZZ ?= 10
SEED ?= $(shell date +%s)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help demo serve test lint assets lock soak clean

help: ## what there is
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/run.done assets ## a made-up city through the real gate, then http://127.0.0.1:8000
	@$(BIN)/xinheng demo --data "$(DATA)" --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,)

serve: $(VENV)/run.done assets ## serve what DATA holds
	@$(BIN)/xinheng serve --data "$(DATA)" --port $(PORT)

test: $(VENV)/test.done assets ## every test, with all set-up it needs
	@sh tests/system_packages.sh
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/xinheng rulebook check
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile

soak: $(VENV)/test.done assets ## the long run under kills and fuzz; its result belongs in docs/soak.md
	@seed=$(SEED); echo "kills $(KILLS), fuzz $(FUZZ), generated inputs by seed $$seed"; \
	  XINHENG_KILLS=$(KILLS) XINHENG_FUZZ=$(FUZZ) XINHENG_FUZZ_SEED=$$seed XINHENG_RUN_SEED=$$seed $(BIN)/python -m pytest -q --timeout=14400 \
	  --numprocesses=auto --maxprocesses=4 --dist=loadfile \
	  --hypothesis-seed=$$seed tests/faults tests/intake/bulk tests/intake/test_two_at_once.py $(wildcard tests/fuzz)

lint: $(VENV)/test.done ## style and floors only
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

assets: $(VENV)/run.done ## style sheets, icons, message catalogues
	@$(BIN)/python frontend/assets.py

lock: ## write the hashed requirement files anew
	@for name in run test assets; do \
	  uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 \
	    requirements/$$name.in -o requirements/$$name.txt; done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed ($(PYTHON) is older): install it or call make PYTHON=python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "python3-venv is needed: apt-get install python3-venv" >&2; exit 2; }
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing locked dependencies / 安装锁定的依赖"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.done: requirements/test.txt $(VENV)/run.done
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@

clean: ## remove what was built, never data
	@rm -rf build $(VENV)
