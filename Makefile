# Each target does all of its own set-up: a bare checkout, python3 (3.11 or later) and make are enough.

PYTHON ?= python3
VENV := .venv
PORT ?= 8000
DATA ?= data
BENCH ?=
FAULTS ?=
FUZZ ?= 20000
FUZZ_SEED ?= 1

.PHONY: run test bench fuzz screenshots lint format requirements

run: $(VENV)/.run
	@$(VENV)/bin/python manage.py up --port $(PORT) --data $(DATA)

test: $(VENV)/.dev
	@$(VENV)/bin/python -m tests.run $(if $(EVERYTHING),--everything)

bench: $(VENV)/.dev
	@$(VENV)/bin/python -m tests.benchmarks $(BENCH)

# The pictures of docs/images, anew. Needs Chromium.
screenshots: $(VENV)/.dev
	@$(VENV)/bin/python -m tests.screenshots

# Breaks a running hub on purpose and counts what was lost; the table goes to docs/reliability.md.
faults: $(VENV)/.dev
	@$(VENV)/bin/python -m tests.faults --document $(FAULTS)

# 20,000 spoiled requests; what fails is kept in tests/fuzz/corpus. Another FUZZ_SEED makes others.
fuzz: $(VENV)/.dev
	@STREAMHUB_FUZZ=$(FUZZ) STREAMHUB_FUZZ_SEED=$(FUZZ_SEED) $(VENV)/bin/pytest -q tests/fuzz

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python manage.py makemigrations --check --dry-run --data $(VENV)/lint-data
	STREAMHUB_DATA=$(VENV)/lint-data $(VENV)/bin/mypy
	$(VENV)/bin/djlint --lint --quiet templates

format: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

# Compiled without index lines, so that any package index serves.
requirements: $(VENV)/.dev
	echo uv | $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--quiet - -o requirements-uv.txt
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--quiet pyproject.toml -o requirements.txt
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--quiet --extra dev pyproject.toml -o requirements-dev.txt
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--quiet --extra traces pyproject.toml -o requirements-traces.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("StreamHub needs Python 3.11 to 3.13; this is " + sys.version.split()[0] + \
		". Name another with: make PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	@$(PYTHON) -m venv $(VENV) || { echo "Making $(VENV) failed. On Debian and Ubuntu: apt install python3-venv" >&2; \
		rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what StreamHub needs into $(VENV) …"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

# uv takes seconds where pip takes a minute, but knows nothing of what pip alone is configured for.
$(VENV)/.dev: requirements-dev.txt requirements-uv.txt | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) …"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes \
		-r requirements-dev.txt \
		|| $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run
