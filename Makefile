# Each target does its own set-up. Settings come from .env, which is read as it is by Node and by
# Docker Compose; make itself never parses it, so nothing in it needs quoting for make.

.DEFAULT_GOAL := help
.PHONY: help install mock ask doctor why slack-app test check start bench soak sync \
	build up down restart logs shell \
	prod-build prod-up prod-logs prod-ready prod-doctor prod-down monitoring-up monitoring-down

# The npm package `node` brings Node 24, whatever the machine has; npm scripts find it by themselves.
NODE := node_modules/.bin/node
# Touched after each installation; older than package.json or the lockfile means: install again.
INSTALLED := node_modules/.installed

# The profile is given here and not in .env alone, so that a target never starts the other's process.
DEVELOPMENT := COMPOSE_PROFILES=development docker compose
PRODUCTION := COMPOSE_PROFILES=production docker compose
MONITORING := COMPOSE_PROFILES=monitoring docker compose

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install the dependencies, if they changed since the last time

# `npm install` and not `npm ci`: npm 11 refuses a lockfile that lacks other platforms' binaries.
# Warnings are hidden because those about the machine's own Node are wrong: scripts run on Node 24.
$(INSTALLED): package.json package-lock.json .npmrc
	@command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { \
		echo "Node.js 20 or newer with npm is needed, and this machine has $$(node --version 2>/dev/null || echo none): install it from https://nodejs.org" >&2; exit 1; }
	npm install --no-save --loglevel=error
	@$(NODE) --version >/dev/null || { \
		echo "npm did not unpack Node 24: it may not run install scripts here (npm config get ignore-scripts)." >&2; exit 1; }
	@touch $@

mock: export KNOWLEDGE_FOLDERS = $(value KNOWLEDGE)
mock: $(INSTALLED) ## Try it with no account: make mock [KNOWLEDGE=./docs or https://…], then open http://localhost:8000/chat
	@if [ -n "$$KNOWLEDGE_FOLDERS" ]; then export KNOWLEDGE_SOURCES="$$KNOWLEDGE_FOLDERS"; fi; npm run --silent mock

ask: export QUESTION = $(value Q)
ask: export CONVERSATION_ID = $(value CONVERSATION)
ask: $(INSTALLED) ## Put one question to the mock: make ask Q="How do I reset my password?"
	@if [ -n "$$CONVERSATION_ID" ]; then npm run --silent ask -- --conversation "$$CONVERSATION_ID"; \
	else npm run --silent ask -- "$$QUESTION"; fi

doctor: $(INSTALLED) ## Look for what is wrong with the settings, and change nothing: make doctor [VERBOSE=1]
	@npm run --silent doctor -- $(if $(VERBOSE),--verbose)

why: export CONVERSATION_ID = $(value CONVERSATION)
why: $(INSTALLED) ## What became of a conversation, and what to do: make why CONVERSATION=215471234567890
	@npm run --silent why -- "$$CONVERSATION_ID"

slack-app: export SLACK_APP_HOST = $(value HOST)
slack-app: $(INSTALLED) ## Print the links that create the Slack app: make slack-app HOST=support.example.com
	@npm run --silent slack-app -- "$$SLACK_APP_HOST"

test: $(INSTALLED) ## Lint, types, unused code and all tests
	@npm run --silent test

check: $(INSTALLED) ## Lint, types and unused code only
	@npm run --silent check

start: $(INSTALLED) ## Run the service in the foreground with the settings in .env
	@npm run --silent start

bench: $(INSTALLED) ## Measure intake, the journey's overhead and memory
	@npm run --silent bench

soak: $(INSTALLED) ## Kill the service every few seconds under load and count what got lost or doubled
	@npm run --silent soak

# Run by Node so that PORT and ADMIN_TOKEN are read from .env exactly as the service reads them.
define POST_SYNC
const { URL_OF_SERVICE, PORT, ADMIN_TOKEN } = process.env;
const url = `${URL_OF_SERVICE || `http://127.0.0.1:${PORT || 8000}`}/sync`;
const headers = { authorization: `Bearer ${ADMIN_TOKEN ?? ""}` };
fetch(url, { method: "POST", headers, signal: AbortSignal.timeout(10_000) })
  .then(async (response) => {
    console.log(await response.text());
    process.exitCode = response.ok ? 0 : 1;
  })
  .catch((error) => {
    console.error(`No answer from ${url}: ${error.cause?.message ?? error.message}`);
    process.exitCode = 1;
  });
endef

sync: export SCRIPT = $(value POST_SYNC)
sync: export URL_OF_SERVICE = $(value URL)
sync: $(INSTALLED) ## Have the running service learn from past conversations: make sync [URL=https://…]
	@$(NODE) --env-file-if-exists=.env --eval "$$SCRIPT"

.env:
	@echo "There is no .env: copy .env.example to .env and fill in what it asks for." >&2; exit 1

build: .env ## Build the image for a container on this machine
	$(DEVELOPMENT) build

up: .env ## Start that container: http://localhost:8000
	$(DEVELOPMENT) up --detach

down: .env ## Stop and remove it; what it remembers stays in its volume
	$(DEVELOPMENT) down

restart: .env ## Start it again with the present .env, code and prompts
	$(DEVELOPMENT) up --detach --build --force-recreate

logs: .env ## Follow its log
	$(DEVELOPMENT) logs --follow --tail=200

shell: .env ## Open a shell in it
	$(DEVELOPMENT) exec app sh

prod-build: .env ## Build for production, with fresh base images
	$(PRODUCTION) build --pull

prod-up: .env ## Start production: nginx on 80 and 443 before the service
	$(PRODUCTION) up --detach

prod-logs: .env ## Follow the production log
	$(PRODUCTION) logs --follow --tail=200

prod-ready: .env ## Show what each outside service did last
	$(PRODUCTION) exec app-production node --eval 'fetch("http://127.0.0.1:8000/ready", { headers: { authorization: "Bearer " + process.env.ADMIN_TOKEN } }).then((response) => response.text()).then(console.log)'

prod-doctor: .env ## Look for what is wrong from within the container: make prod-doctor [VERBOSE=1]
	$(PRODUCTION) exec app-production node src/doctor.ts $(if $(VERBOSE),--verbose)

prod-down: .env ## Stop and remove production; what it remembers stays in its volume
	$(PRODUCTION) down

monitoring-up: .env ## Prometheus with the alerts on http://localhost:9090, Grafana on http://localhost:3001
	@grep -q '^METRICS_PORT=9464' .env || echo "The service is not counted yet: set METRICS_PORT=9464 in .env and start it again." >&2
	$(MONITORING) up --detach

monitoring-down: .env ## Stop and remove both; what they recorded stays in their volumes
	$(MONITORING) down
