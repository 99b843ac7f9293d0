# SPDX-License-Identifier: Apache-2.0
# `make` prints what can be made. Every target is one thing a person would ask for.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help carried run build test e2e shots lint fmt gen gallery bench clean need-go need-node

PORT    ?= 8080
TOWN    ?= var/demo.db
CARRIED := internal/web/static/npm
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
GOBUILD := CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

help: ## print this
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, make the demonstration town if there is none, open it at http://localhost:8080 (PORT=…)
	@mkdir -p $(dir $(TOWN))
	@exec bin/yuanba demo --db $(TOWN) --listen localhost:$(PORT)

build: need-go carried ## build bin/yuanba
	@$(GOBUILD) -o bin/yuanba ./cmd/yuanba

test: need-go node_modules/.ready carried ## run every test on SQLite and PostgreSQL, and the browser journeys if there is a Chromium
	@go build -o bin/suite ./tools/suite && bin/suite

e2e: need-go node_modules/.ready carried ## run only the browser journeys
	@go build -o bin/suite ./tools/suite && YUANBA_REQUIRE=all bin/suite -timeout=20m -count=1 ./internal/e2e/...

shots: need-go node_modules/.ready carried ## run the browser journeys and write the screenshots in docs/screenshots
	@go build -o bin/suite ./tools/suite && YUANBA_REQUIRE=all bin/suite -timeout=20m -count=1 ./internal/e2e/... -args -update

lint: need-go ## check format, vet, staticcheck and golangci-lint (those that are installed)
	@unformatted="$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l)"; \
	  if [ -n "$$unformatted" ]; then echo "Not formatted (make fmt does it): $$unformatted"; exit 1; fi
	@go vet -tags=e2e ./...
	@if command -v staticcheck >/dev/null; then staticcheck -tags e2e ./...; \
	  else echo "staticcheck is not installed: go install honnef.co/go/tools/cmd/staticcheck@v0.8.2"; fi
	@if command -v golangci-lint >/dev/null; then golangci-lint run --build-tags e2e ./...; \
	  else echo "golangci-lint is not installed: go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"; fi

fmt: need-go ## format the Go files
	@git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -w

gen: need-go ## draw again what is drawn from the code (flows, schema)
	@go generate ./...

gallery: build ## show every page with sample data at http://localhost:8080/gallery
	@mkdir -p $(dir $(TOWN))
	@echo "The gallery will be at http://localhost:$(PORT)/gallery"
	@exec bin/yuanba demo --db $(TOWN) --listen localhost:$(PORT)

bench: build ## measure this machine: matters raised and listed per second
	@bin/yuanba bench

clean: ## remove what was built and the demonstration town
	@rm -rf bin var node_modules
	@find $(CARRIED) -type f ! -name README.md -delete

need-go:
	@v=$$(go env GOVERSION 2>/dev/null); \
	  if [ -z "$$v" ]; then echo "Go is missing: install Go 1.26 or newer from your system's packages or go.dev." >&2; exit 1; fi; \
	  v=$${v#go}; major=$${v%%.*}; minor=$${v#*.}; minor=$${minor%%[!0-9]*}; \
	  if [ "$$major" -lt 1 ] || { [ "$$major" -eq 1 ] && [ "$$minor" -lt 26 ]; }; then \
	    echo "Go $$v is too old: Yuanba needs Go 1.26 or newer." >&2; exit 1; fi

need-node:
	@v=$$(node --version 2>/dev/null); \
	  if [ -z "$$v" ]; then echo "Node.js is missing: install Node.js 20 or newer; only the tests need it." >&2; exit 1; fi; \
	  v=$${v#v}; if [ "$${v%%.*}" -lt 20 ]; then echo "Node.js $$v is too old: the tests need Node.js 20 or newer." >&2; exit 1; fi; \
	  if ! command -v npm >/dev/null; then echo "npm is missing: install it beside Node.js; only the tests need it." >&2; exit 1; fi

# What the tests need of npm. The links are made by the suite, so no script of a package runs.
node_modules/.ready: package-lock.json .npmrc | need-node
	@npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

# What the program carries of npm: the map that can be moved. Who has no Node.js, or does not reach a registry, gets a program
# whose maps are drawn by the server alone; with YUANBA_REQUIRE=all that is a failure.
carried:
	@if [ -e $(CARRIED)/.ready ] && [ ! package-lock.json -nt $(CARRIED)/.ready ]; then exit 0; fi; \
	  $(MAKE) --no-print-directory $(CARRIED)/.ready || { \
	  echo "The map that can be moved is left out: it needs npm and its registry." >&2; [ "$(YUANBA_REQUIRE)" != all ]; }

$(CARRIED)/.ready: package-lock.json .npmrc | need-node
	@mkdir -p var/npm && cp package.json package-lock.json .npmrc var/npm/
	@cd var/npm && npm ci --omit=dev --omit=optional --ignore-scripts --no-progress --loglevel=error >&2
	@cd var/npm/node_modules && cp maplibre-gl/dist/maplibre-gl.mjs maplibre-gl/dist/maplibre-gl-worker.mjs maplibre-gl/dist/maplibre-gl.css \
	  pmtiles/dist/pmtiles.js ../../../$(CARRIED)/ && cp maplibre-gl/LICENSE.txt ../../../$(CARRIED)/maplibre-gl.LICENSE.txt
	@touch $@
