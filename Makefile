# Two commands need nothing before them: `make run` opens the page, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser
AXE := 4.14.1
OPENAI_NPM := 6.49.0
LLAMAINDEX := 0.8.1

LOCKS := locks
EXACTLY := -m pip install --quiet --require-hashes --no-deps --requirement
TOOLS := $(VENV)/supply
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-package torch --no-annotate --no-header $(UPGRADE)

.PHONY: run setup test quick check eval bench lock sbom audit dist clients soak rehearsal pythons nginx clean

run: setup
	$(BIN)/linping index
	$(BIN)/linping serve --open

setup: $(STAMP)

# Exactly what locks/ says, each file by its hash, the builder first. Torch comes by its version alone: which of its builds
# there is depends on the index, and the CPU build carries other hashes than the one with CUDA.
$(STAMP): pyproject.toml $(LOCKS)/build.txt $(LOCKS)/develop.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(EXACTLY) $(LOCKS)/build.txt
	$(BIN)/python $(EXACTLY) $(LOCKS)/develop.txt --no-build-isolation
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable ".[test,train,traces,postgres,milvus]"
	touch $@

# PostgreSQL without a cluster that starts by itself: the tests start their own. Chromium, a Chinese font and, where it is not there in another way already, npm for the browser tests; apt needs root, so elsewhere they are only looked for. The
# rules of accessibility come from npm, into the environment: nothing of it is served or shipped.
$(BROWSER): $(STAMP)
	command -v chromium >/dev/null && command -v npm >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { test "$$(id -u)" = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium fonts-noto-cjk fontconfig $$(command -v npm >/dev/null || echo npm); } \
	  || echo "浏览器测试需要 chromium、中文字体和 npm：apt-get install chromium fonts-noto-cjk npm"
	test -n "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" || command -v initdb >/dev/null \
	  || { test "$$(id -u)" = 0 && mkdir -p /etc/postgresql-common && { test -e /etc/postgresql-common/createcluster.conf \
	    || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; } \
	    && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } \
	  || echo "没有 PostgreSQL 服务器，答复台在它上面的测试会跳过：apt-get install postgresql"
	npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix $(VENV) axe-core@$(AXE) openai@$(OPENAI_NPM) \
	  || echo "没有装上 axe-core $(AXE) 和 openai $(OPENAI_NPM)，无障碍规则和 Node 客户端的测试会跳过"
	touch $@

test: $(BROWSER) check
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

quick: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup
	$(BIN)/python -m evals.unseen --gate
	$(BIN)/linping eval

# Ours beside its peers, into docs/benchmark.md; hours on two cores. `make bench SIZES=2000,20000` measures those alone.
bench: $(STAMP)
	test -x $(VENV)/bench/bin/python || $(PYTHON) -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --editable ".[bench]"
	$(VENV)/bench/bin/python -m evals.bench $(if $(SIZES),--sizes $(SIZES))
	$(VENV)/bench/bin/python -m evals.bench.simulation

$(TOOLS)/.installed: $(LOCKS)/supply.txt | $(STAMP)
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python $(EXACTLY) $(LOCKS)/supply.txt
	touch $@

# After pyproject.toml has changed; `make lock UPGRADE=--upgrade` takes the newest of everything.
lock: $(TOOLS)/.installed
	$(COMPILE) pyproject.toml --group build --extra test --extra train --extra traces --extra postgres --extra milvus --output-file $(LOCKS)/develop.txt
	$(COMPILE) pyproject.toml --constraint $(LOCKS)/develop.txt --extra traces --extra postgres --output-file $(LOCKS)/serve.txt
	$(COMPILE) --group build --constraint $(LOCKS)/develop.txt --output-file $(LOCKS)/build.txt
	$(COMPILE) --group supply --output-file $(LOCKS)/supply.txt

# What the environment holds, as CycloneDX and as a list of licences, into build/.
sbom: $(TOOLS)/.installed
	mkdir -p build
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json $(BIN)/python
	$(BIN)/python -m tests.licences > build/licences.tsv

# Known faults in what is locked; fails as well where they cannot be looked up, for silence would read as safety.
audit: $(TOOLS)/.installed
	for lock in serve develop build supply; do \
	  $(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement $(LOCKS)/$$lock.txt || exit; done

# Wheel and sdist, byte for byte the same from the same files.
dist: $(STAMP)
	$(BIN)/python -m hatchling build --directory dist --target sdist --target wheel

# LlamaIndex wants another `openai` than the one that we are tried with: it gets an environment of its own.
$(VENV)/clients/.installed: | $(STAMP)
	$(BIN)/python -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install --quiet llama-index-llms-openai-like==$(LLAMAINDEX)
	touch $@

clients: $(BROWSER) $(VENV)/clients/.installed
	$(BIN)/python -m pytest tests/ui/test_clients.py tests/ui/test_api_openai.py tests/ui/test_mcp_tools.py

# An hour at 80 % of what the server can do: memory flat, no crossed answer, no file left open.
soak: setup
	$(BIN)/python -m ui.trials.soak

# Opening day: the wheel in an empty environment, two commands, nginx under a path, an article corrected under load.
rehearsal: $(STAMP) nginx
	$(BIN)/python -m ui.trials.rehearsal

# The same on every Python that is there; others may be named: `make pythons PYTHONS=/opt/python3.15/bin/python3`.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
pythons: $(STAMP) nginx
	@for python in $(PYTHONS); do \
	  $$python -c "" 2>/dev/null || { echo "$$python: not here"; continue; }; \
	  $(BIN)/python -m ui.trials.rehearsal --python $$python || exit; done

nginx:
	@command -v nginx >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light; }

clean:
	rm -rf build dist .linping
