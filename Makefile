# Two commands: `make demo` and `make test`. Each sets everything up first, once.
SHELL := /bin/bash
PY := .venv/bin/python
TESTS ?= tests
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: demo test lint setup setup-dev screen-tests wheel images translations clean

demo: setup
	@$(PY) -m baiyun_gis demo --out out/demo

setup:
	@packaging/setup.sh app

setup-dev:
	@packaging/setup.sh dev

test: setup-dev lint
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -q -n 2 --dist loadfile -m "not window" $(TESTS)
	@packaging/with_screen.sh $(PY) -m pytest -q -m window $(TESTS)

lint: setup-dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-cache --config pyproject.toml > /dev/null || .venv/bin/lint-imports --no-cache --config pyproject.toml
	@.venv/bin/basedpyright --level error --pythonpath $(PY)

wheel: setup-dev
	@$(PY) -m build --wheel --outdir dist .

images: setup-dev
	@PYTHONPATH=tests packaging/with_screen.sh $(PY) packaging/screenshots.py docs/images

translations: setup-dev
	@.venv/bin/pyside6-lupdate -no-obsolete -locations none $$(git ls-files 'ui/*.py') -ts ui/i18n/zh_CN.ts
	@.venv/bin/pyside6-lrelease ui/i18n/zh_CN.ts -qm ui/i18n/zh_CN.qm

clean:
	rm -rf .venv out dist
