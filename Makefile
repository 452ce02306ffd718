# Alle Befehle des Projekts; „make“ allein erklärt sie.
# Das von Debian ist mit allen Optimierungen übersetzt; ein anderes, das im Suchpfad davor steht, ist oft ein Fünftel langsamer.
export PYTHON ?= $(firstword $(wildcard /usr/bin/python3.1[1-9]) python3)
ENVIRONMENT = $(PYTHON) -I intmk/server/virtual_environment.py
VENV_PYTHON = .venv/bin/python
export INTMK_BEGUN := $(shell date +%s)

.PHONY: help run upgrade test audit attack check bench texts docs handbook locks
.DEFAULT_GOAL := help

help:
	@echo 'make run     richtet alles ein und liefert die Website aus (http://localhost:8000, anders: PORT=8001)'
	@echo 'make upgrade bringt eine Website im Betrieb auf die neueste Fassung (eine andere: VERSION=v1.2.0)'
	@echo 'make test    führt die Tests aus (Auswahl: ARGS="-k vorsitz")'
	@echo 'make audit   führt die langen Tests aus: alles auf jedem Weg (vor einer Veröffentlichung)'
	@echo 'make attack  greift eine eigene Website an, wie sie ausgeliefert wird, und nennt in Zahlen, was geschah'
	@echo 'make check   prüft Stil, Typen, Schichten, Einstellungen und fehlende Migrationen'
	@echo 'make bench   misst gespeicherte Seiten, Archiv und Suche (var/bench.json)'
	@echo 'make texts   übersetzt die Texte der Oberfläche (locale) in die Form, die das Programm liest'
	@echo 'make docs    schreibt auf, was ein Speichern auslöst (docs/signals.md)'
	@echo 'make handbook nimmt die Bilder des Handbuchs von den wirklichen Ansichten neu auf'
	@echo 'make locks   schreibt die festgelegten Paketversionen in requirements/ neu'

run:
	@$(ENVIRONMENT) run
	@$(VENV_PYTHON) -m intmk.server.serve

upgrade:
	@$(VENV_PYTHON) -m intmk.server.upgrade $(VERSION)

test:
	@$(ENVIRONMENT) test
	@$(VENV_PYTHON) -m pytest $(ARGS)

audit:
	@$(ENVIRONMENT) test
	@$(VENV_PYTHON) -m pytest -m audit --numprocesses=3 $(ARGS)

attack:
	@$(ENVIRONMENT) test
	@$(ENVIRONMENT) schemathesis
	@DJANGO_SETTINGS_MODULE=intmk.settings.test $(VENV_PYTHON) -m tests.attack

PRODUCTION = DJANGO_SETTINGS_MODULE=intmk.settings.production INTMK_BASE_URL=https://www.example.org \
	INTMK_SECRET_KEY=$$($(VENV_PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')

check:
	@$(ENVIRONMENT) test
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m djhtml --tabwidth 2 --check templates
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(PRODUCTION) $(VENV_PYTHON) manage.py check --deploy --fail-level WARNING
	@$(PRODUCTION) $(VENV_PYTHON) manage.py makemigrations --check --dry-run

bench:
	@$(ENVIRONMENT) run
	@DJANGO_SETTINGS_MODULE=intmk.settings.development $(VENV_PYTHON) manage.py bench

texts:
	@$(ENVIRONMENT) test
	@$(VENV_PYTHON) -m tests.english_texts

docs:
	@$(ENVIRONMENT) test
	@DJANGO_SETTINGS_MODULE=intmk.settings.test $(VENV_PYTHON) -m tests.signal_page

handbook:
	@$(ENVIRONMENT) test
	@INTMK_TAKE_PICTURES=1 $(VENV_PYTHON) -m pytest -q --numprocesses=0 -m audit tests/test_handbook_pictures.py

LOCK = $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

locks:
	@$(ENVIRONMENT) test
	$(LOCK) --upgrade --group install --output-file requirements/uv.txt
	$(LOCK) --upgrade --group schemathesis --output-file requirements/schemathesis.txt
	$(LOCK) --upgrade pyproject.toml --output-file requirements/run.txt
	$(LOCK) --upgrade pyproject.toml --extra test --constraint requirements/run.txt --output-file requirements/test.txt
