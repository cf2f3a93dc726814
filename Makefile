# Needs python3 (3.11 or newer) and make; and, to get the Pulumi CLI, either a `pulumi`, internet, or Go.
# Each target is a command of scripts/, which runs with nothing installed.

STACK ?= staging
HOURS ?= 24
SEED ?= 1
EXAMPLES ?= 2000
STEPS ?= 30
ARGS ?=

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
RUN = $(if $(PYTHON),$(PYTHON) scripts,echo "Python 3.11 or newer is missing: https://www.python.org/downloads" && false)

.DEFAULT_GOAL := help
.PHONY: help setup up preview refresh down bench shell lint reference test matrix mutation soak

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## create .venv from the lock and get the Pulumi CLI
	@$(RUN) setup

up: ## deploy the quickstart to an emulator on this machine (STACK=staging)
	@$(RUN) up --stack $(STACK)

preview: ## show what `make up` would change
	@$(RUN) preview --stack $(STACK)

refresh: ## read what the emulated cloud has back into the state
	@$(RUN) refresh --stack $(STACK)

down: ## destroy what `make up` deployed and stop the emulator
	@$(RUN) down

shell: ## a shell in which pulumi works against the emulator, for the examples
	@$(RUN) shell

lint: ## formatting, lint, types, layer contracts, dependencies
	@$(RUN) lint

reference: ## write sdk/ and docs/reference.md from the declarations of inputs and outputs
	@$(RUN) reference

test: ## lint, then every test (ARGS="-k budget" for some)
	@$(RUN) test $(ARGS)

matrix: ## every fault and every kill against every operation, as tables (ARGS="-k refused" for some)
	@$(RUN) matrix $(ARGS)

mutation: ## change the code in small ways and see which no test notices (ARGS="_reconcile/gate.py" for some)
	@$(RUN) mutation $(ARGS)

soak: ## simulate lives of programs at length (HOURS=24 EXAMPLES=2000 STEPS=30 SEED=1)
	@$(RUN) soak --hours $(HOURS) --examples $(EXAMPLES) --steps $(STEPS) --seed $(SEED)

bench: ## measure how fast it is (QUICK=1 for less of it, in under 3 minutes)
	@$(RUN) bench $(if $(QUICK),--quick) $(ARGS)
