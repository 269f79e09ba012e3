# Two commands need nothing before them: `make run` opens the page, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser
AXE := 4.14.1

.PHONY: run setup test quick check eval clean

run: setup
	$(BIN)/linping index
	$(BIN)/linping serve --open

setup: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[test,train]"
	touch $@

# Chromium, a Chinese font and, where it is not there in another way already, npm for the browser tests; apt needs root, so elsewhere they are only looked for. The
# rules of accessibility come from npm, into the environment: nothing of it is served or shipped.
$(BROWSER): $(STAMP)
	command -v chromium >/dev/null && command -v npm >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { test "$$(id -u)" = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium fonts-noto-cjk fontconfig $$(command -v npm >/dev/null || echo npm); } \
	  || echo "浏览器测试需要 chromium、中文字体和 npm：apt-get install chromium fonts-noto-cjk npm"
	npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix $(VENV) axe-core@$(AXE) \
	  || echo "没有装上 axe-core $(AXE)，无障碍规则的测试会跳过"
	touch $@

test: $(BROWSER) check
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

quick: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: setup
	$(BIN)/python -m evals.unseen --gate
	$(BIN)/linping eval

clean:
	rm -rf build .linping
