# Every target does its own set-up; VENV and PYTHON may be given on the command line.
PYTHON ?= $(firstword $(shell command -v python3.11 python3))
VENV ?= .venv
BIN = $(VENV)/bin
ROOTS = netroute solvers envs datasets experiments

.PHONY: demo test lint types links clean

demo: $(VENV)/.installed
	mkdir -p out
	$(BIN)/netroute solve cvrp examples/sample.vrp --time 10 --out out/sample.sol --plot out/sample.png

# The workers share the cores: PyTorch and BLAS get one thread each.
test: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed links
	$(BIN)/mypy

# mypy cannot see setup.py's mapping of folders to packages: show it links in the mapped shape.
links:
	rm -rf .typing
	mkdir -p .typing/netroute
	for entry in netroute/*; do ln -s "../../$$entry" .typing/netroute/; done
	for root in $(filter-out netroute,$(ROOTS)); do ln -s "../../$$root" .typing/netroute/; done

$(VENV)/.installed: pyproject.toml setup.py constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -P -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf .typing .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist out *.egg-info
	find $(ROOTS) tests -name __pycache__ -type d -prune -exec rm -rf {} +
