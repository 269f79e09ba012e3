# Two commands need nothing before them: `make run` opens the page, `make test` runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser

.PHONY: run setup test check eval clean

run: setup
	$(BIN)/linping index
	$(BIN)/linping serve --open

setup: $(STAMP)

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable ".[test,train]"
	touch $@

# Chromium and a Chinese font for the browser tests; apt needs root, so elsewhere they are only looked for.
$(BROWSER): $(STAMP)
	command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { test "$$(id -u)" = 0 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig; } \
	  || echo "浏览器测试需要 chromium 和中文字体：apt-get install chromium fonts-noto-cjk"
	touch $@

test: $(BROWSER) check
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: setup
	$(BIN)/linping eval

clean:
	rm -rf build .linping
