# Grappe: every command a person needs. `make run` and `make test` set up what they use.

VENV   := .venv
PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
PORT   ?= 8000
WORKERS ?= 2

.PHONY: run test test-services lint bench lock tools clean

$(VENV)/run: requirements.txt
	test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PIP) -r requirements.txt
	@touch $@

# With PostgreSQL's and Redis's clients besides.
$(VENV)/services: requirements-services.txt
	test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PIP) -r requirements-services.txt
	@touch $@ $(VENV)/run

$(VENV)/dev: requirements-dev.txt
	test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run $(VENV)/services

run: $(VENV)/$(if $(DATABASE_URL)$(CACHE_URL),services,run)
	$(PYTHON) manage.py migrate --verbosity 0
	$(PYTHON) manage.py sync_roles --verbosity 0
	$(PYTHON) manage.py collectstatic --noinput --verbosity 0
	$(PYTHON) manage.py demo --if-empty
	PORT=$(PORT) exec $(VENV)/bin/granian --interface wsgi config.wsgi:application \
	  --host $${HOST:-127.0.0.1} --port $(PORT) --workers $(WORKERS) --blocking-threads 2 --backpressure 64 \
	  --workers-kill-timeout 15 --respawn-failed-workers --no-ws --log-level warning

# Chromium, a Java runtime (for the HTML checker) and LibreOffice come from Debian; where they cannot be had, this says so.
tools: $(VENV)/dev
	@sh .ci/tools

test: tools
	$(PYTHON) -m pytest -n auto --dist loadgroup $(ARGS)

lint: $(VENV)/dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djlint --quiet --lint templates
	$(PYTHON) manage.py makemigrations --check --dry-run
	SITE_URL=https://example.org SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/dev
	$(PYTHON) -m tests.bench
	$(PYTHON) -m tests.bench.registry
	$(PYTHON) -m tests.bench.takeaway
	$(PYTHON) -m tests.bench.typing
	$(PYTHON) -m tests.bench.desk --saves 100 --kills 10
	$(PYTHON) -m tests.bench.edits --trials 250
	$(PYTHON) -m tests.bench.lists

# Written without any address of a package registry, so that they hold wherever pip is pointed.
lock: $(VENV)/dev
	sh .ci/lock

clean:
	rm -rf $(VENV) var .pytest_cache .ruff_cache
