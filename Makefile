# The commands of the project; docs/house.md says what lies where. Needs Python 3.11 or newer and nothing else.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy
# Whatever the machine says: programs that tests start again and again begin in half the time.
export PYTHONDONTWRITEBYTECODE =
# Tests make thousands of databases and wait for each to reach the disk: where there is memory to spare, they lie there.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')
PYTEST = TMPDIR="$${TMPDIR:-$(or $(MEMORY),/tmp)}" CHROMIUM="$$(cat $(VENV)/browser.path)" $(PYTHON) -m pytest
# Tests wait for servers, browsers and mails more than they compute: several at a time, whole files together.
TOGETHER = -n 3 --dist loadfile --no-loadscope-reorder

# Hashed pins, through uv where it is to be had (a third of the time) and through pip where not.
define install
if test -x $(BIN)/uv; then $(BIN)/uv pip install -q --python $(PYTHON) --require-hashes -r $(1); \
else $(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r $(1); fi
endef

.PHONY: run test proof safety audit check bench clean

run: $(VENV)/.run
	@exec $(PYTHON) -m coachapp.demo.run

test: $(VENV)/.browser
	$(PYTEST) $(TOGETHER)

proof: $(VENV)/.browser
	$(PYTEST) $(TOGETHER) --proof --timeout 3600 -m "not alone"
	$(PYTEST) --proof --timeout 3600 -m alone

safety: $(VENV)/.browser
	$(PYTEST) -m safety -rA

# Asks public lists of known weaknesses; needs the network, so it is no part of CI.
audit: $(VENV)/.dev
	$(BIN)/uvx pip-audit --strict --disable-pip --require-hashes -r requirements.txt
	npx --yes lighthouse http://127.0.0.1:$${PORT:-8000}/ --quiet --output html \
	  --output-path $(VENV)/lighthouse.html --chrome-flags="--headless=new --no-sandbox"

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	$(PYTHON) -m tests.house.words
	$(PYTHON) -m tests.house.library_words

bench: $(VENV)/.run
	$(PYTHON) -m benchmarks

clean:
	rm -rf $(VENV)

$(VENV)/.python:
	@$(PY) -c 'import sys; sys.exit("Python 3.11 or newer is needed; name it with PY=python3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(PYTHON) || $(PY) -m venv $(VENV) || { echo "On Debian, the package python3-venv is missing."; exit 1; }
	@$(PYTHON) -m pip install -q --disable-pip-version-check uv || echo "uv is not to be had; pip does the rest."
	@touch $@

$(VENV)/.run: requirements.txt | $(VENV)/.python
	@echo "Installing what the app needs ..."
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(call install,requirements-dev.txt)
	@touch $@

$(VENV)/.browser: $(VENV)/.dev tests/setup_browser.sh
	@sh tests/setup_browser.sh $(PYTHON) > $(VENV)/browser.path
	@touch $@
