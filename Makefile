# Everything one does with the code. `make help` lists the lines below that carry two number signs.

SHELL = /bin/sh
PYTHON ?= python3
PORT ?= 8000
DATA ?= var/demo
JOBS ?= 2
IN_VENV = .venv/bin/python -m

.DEFAULT_GOAL = help
.PHONY: help demo demo-clock test lint format build bench faults clean python-is-there for-demo for-tests

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r name words; do printf '  make %-11s %s\n' "$$name" "$$words"; done

demo: for-demo ## run the portal with people, cases, a card page and a mailbox; PORT=8100 moves it, FRESH=1 starts afresh
	@$(IN_VENV) demo --port '$(PORT)' --data '$(DATA)' $(if $(filter-out 0 no,$(FRESH)),--fresh)

demo-clock: for-demo ## move the demo's clock ahead: DAYS=30, HOURS=1; without either, show it
	@$(IN_VENV) demo --data '$(DATA)' clock $(if $(DAYS),--days '$(DAYS)') $(if $(HOURS),--hours '$(HOURS)')

test: for-tests ## run every test, with real PostgreSQL and Chromium; ARGS=… goes to pytest, JOBS=1 runs one at a time
	@$(IN_VENV) pytest -n $(JOBS) --dist worksteal $(ARGS)

bench: for-tests ## measure the case page against a bare Flask page; ARGS='--seconds 8' goes to it
	@$(IN_VENV) bench.page $(ARGS)

faults: for-tests ## repeat the tests that kill processes RUNS=100 times each, then plant faults of our own
	@FAULT_RUNS='$(or $(RUNS),100)' $(IN_VENV) pytest -m faults --timeout 0 $(ARGS)
	@$(IN_VENV) tests.faults.mutate

lint: for-tests ## check style, types, layers and translations
	@$(IN_VENV) ruff check
	@$(IN_VENV) ruff format --check
	@$(IN_VENV) mypy
	@.venv/bin/lint-imports
	@$(IN_VENV) app.i18n.catalog check

format: for-tests ## tidy the code
	@$(IN_VENV) ruff check --fix
	@$(IN_VENV) ruff format

build: for-demo ## build the static files and the translations for a production server
	@$(IN_VENV) app.web.assets
	@$(IN_VENV) app.i18n.catalog compile

clean: ## remove what was built and cached; the demo's data and .venv stay
	@rm -rf app/static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name '__pycache__' -type d -prune -exec rm -rf {} +
	@find app -name '*.mo' -type f -exec rm -f {} +

python-is-there:
	@command -v '$(PYTHON)' >/dev/null || { \
	  echo "Amicus needs Python 3.11 or newer, and there is no $(PYTHON). On Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Amicus needs Python 3.11 or newer; this is $$('$(PYTHON)' -V). Name a newer one: make PYTHON=python3.12 …" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python cannot make virtual environments here. On Debian: apt-get install python3-venv" >&2; exit 1; }

# $(call installed,FILE,PURPOSE): .venv has the present Python and the packages of FILE. A stamp holds the sum of what is there.
installed = \
	wanted=$$({ '$(PYTHON)' -V; cat requirements.txt demo/requirements.txt '$(1)'; } | cksum); \
	stamp=.venv/installed-for-$(2); \
	if [ "$$(cat "$$stamp" 2>/dev/null)" != "$$wanted" ]; then \
	  echo "Installing $(1) into .venv; the first time takes a minute or two."; \
	  { .venv/bin/python -c 'import pip' 2>/dev/null && [ "$$(.venv/bin/python -V)" = "$$('$(PYTHON)' -V)" ]; } || \
	    '$(PYTHON)' -m venv --clear .venv && \
	  $(IN_VENV) pip install --disable-pip-version-check -r '$(1)' && \
	  echo "$$wanted" > "$$stamp"; \
	fi

for-demo: python-is-there
	@$(call installed,demo/requirements.txt,demo)

for-tests: python-is-there
	@$(call installed,requirements-dev.txt,tests)
