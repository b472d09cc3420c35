# Hot Corner. `make` shows the menu.

.DEFAULT_GOAL := menu
.PHONY: menu run codes test check types rules compiled bench browser fuzz storm pictures fmt migrate lock environment setup setup-dev machine
MAKEFLAGS += --no-print-directory

# Compiled bytecode halves the time each process needs to start.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUNBUFFERED = 1

PY := .venv/bin/python
# The long storm has minutes of its own: `make storm`. A short one blows on SQLite.
PYTEST := $(PY) -m pytest -n $(or $(JOBS),3) --dist worksteal --ignore=tests/chaos/test_sabotage.py
# Both databases see the whole journey and what outages do. What a crowd does takes a minute: a storm blows on SQLite,
# a rush comes on PostgreSQL. What is told about pages, one database sees (decision 81).
CROWDS := tests/browser/test_rush.py
BOTH := $(patsubst %,tests/browser/test_%.py,journey outages)
ONE_DATABASE := $(addprefix --ignore=,$(filter-out $(BOTH) $(CROWDS),$(wildcard tests/browser/test_*.py)) tests/chaos)

menu:
	@echo "make run      start the shop: PORT=$(or $(PORT),8000), data in VAR=$(or $(VAR),var)"
	@echo "make codes    the codes that staff of that shop need as a second step, right now"
	@echo "make test     check, then the tests on SQLite, and on PostgreSQL all that may differ there"
	@echo "make check    lint, format, types, import contracts, templates, house rules"
	@echo "make browser  only the tests that drive a browser"
	@echo "make fuzz     shoot at the API longer: FUZZ_SECONDS=$(or $(FUZZ_SECONDS),120) as each of those who may ask"
	@echo "make storm    kill the shop's programs while people order, and count what was lost: STORM_CHECKOUTS=$(or $(STORM_CHECKOUTS),1000)"
	@echo "make bench    measure, and write down what README quotes"
	@echo "make pictures renew the pictures in README"
	@echo "make fmt      put the code in its form"
	@echo "make migrate  write a migration from the models: make migrate m='add tips'"
	@echo "make lock     renew the pinned requirements"

run: environment
	@$(PY) -m dev.place
	@$(PY) -m dev.install requirements.txt
	@exec $(PY) -m dev.up

codes: setup
	@$(PY) -m dev.codes

test:
	@$(MAKE) -j2 setup-dev machine
	@$(MAKE) -j2 -O types rules compiled
	@echo "== Tests on SQLite"
	@HOTCORNER_TEST_DB=sqlite $(PYTEST) --ignore=$(CROWDS)
	@echo "== Tests on PostgreSQL"
	@HOTCORNER_TEST_DB=postgres $(PY) -m dev.postgres -- $(PYTEST) $(ONE_DATABASE)

check: setup-dev
	@$(MAKE) -j2 -O types rules

types:
	@$(PY) -m mypy

rules:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/djlint templates --lint --quiet
	@$(PY) -m dev.house

# Workers that begin at once would each compile all tests. One does it, while types still keep the other core.
compiled:
	@told=$$($(PY) -m pytest --collect-only -qq) || { echo "$$told"; exit 1; }

browser: setup-dev machine
	@$(PYTEST) --ignore=tests/chaos -m browser

fuzz: setup-dev
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),50) FUZZ_SECONDS=$(or $(FUZZ_SECONDS),120) $(PY) -m pytest -o faulthandler_timeout=0 tests/api/test_fuzz.py

storm: setup-dev machine
	@$(PY) -m pytest tests/chaos/test_told.py tests/chaos/test_mailed.py tests/chaos/test_sabotage.py
	@$(PY) -m tests.chaos

bench: setup
	@$(PY) -m bench

pictures: setup-dev machine
	@$(PY) -m tests.browser.pictures docs/pictures

fmt: setup-dev
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

migrate: setup
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export DATABASE_URL="sqlite:///$$scratch/schema.db" && \
	  $(PY) -m flask --app wsgi db upgrade && $(PY) -m flask --app wsgi db migrate -m "$(or $(m),change)"

lock: setup
	@dev/lock

environment:
	@dev/python

setup: environment
	@$(PY) -m dev.install requirements.txt

setup-dev: environment
	@$(PY) -m dev.install requirements.txt requirements-dev.txt

machine: environment
	@$(PY) -m dev.machine
