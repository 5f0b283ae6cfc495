# Everything a newcomer types. Each target makes the virtual environment first if it is not there.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test check format screenshots clean

demo: $(READY)      ## answer a question from the sample collection
	@$(BIN)/footnote demo

test: $(READY)      ## run all tests
	@$(BIN)/python -m pytest

check: $(READY)     ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)    ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(READY) ## pictures of the chat page in each state, to docs/screens/
	@$(BIN)/python scripts/screenshots.py docs/screens

clean:
	rm -rf $(VENV)

# pip is upgraded first (older ones resolve for minutes); torch comes first, by its exact version, so
# that pip takes the build for this machine and not gigabytes of GPU libraries with a newer one.
$(READY): pyproject.toml
	@echo "Setting up $(VENV): about 2 GB and a few minutes, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[bench,models,mcp]" --group dev
	@touch $(READY)
