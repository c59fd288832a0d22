# Daily commands, with the environment that the README's test command makes (.venv).
bin ?= .venv/bin

.PHONY: setup test quick lint format types docs bench slow mutants ci

setup: ## a fresh environment with everything that tests need
	python3 -m venv .venv && $(bin)/pip install -e '.[test]'
test: ## all tests, as the README and CI run them
	$(bin)/python -m pytest -n auto
quick: ## the tests of the project as a whole, in seconds
	$(bin)/python -m pytest -n auto tests/test_project.py tests/test_catalogue.py tests/cli
lint: ## style, formatting, import contracts
	$(bin)/ruff check . && $(bin)/ruff format --check . && $(bin)/lint-imports
format: ## mend what can be mended
	$(bin)/ruff check --fix . && $(bin)/ruff format .
types: ## mypy, strict, over the package and the tests
	$(bin)/mypy
docs: ## the generated tables and the picture anew
	$(bin)/python -m tests.docs && $(bin)/python -m tests.picture
bench: ## every benchmark, as ratios of two things measured in turns
	$(bin)/python -m tests.benchmarks
slow: ## what is too slow for CI
	$(bin)/python -m pytest -m slow
mutants: ## mutation testing of the rooms that hold facts; hours (pip install -e '.[test,mutation]' before)
	$(bin)/mutmut run
ci: ## everything a change has to pass, in a fresh copy
	.ci/run
