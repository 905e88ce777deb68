# Doublehop. `make` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Tools are pinned here and not in go.mod: they are no part of the program.
GOLANGCI_VERSION := v2.15.0
GOVULNCHECK_VERSION := v1.1.4

# dlopen: one binary starts anywhere and says what is missing; building it needs no libvirt headers.
TAGS := libvirt_dlopen
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
# A Go that e2e/prepare-host found or installed outside the PATH, if it did.
GO ?= $(shell command -v go || cat build/go 2>/dev/null || echo go)
PKGS ?= ./...
LINT := build/tools/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/doublehop
	@mkdir -p bin
	$(GO) build -trimpath -tags $(TAGS) -ldflags '$(LDFLAGS)' -o bin/doublehop ./cmd/doublehop

.PHONY: demo
demo: ## From nothing to a lab and back: prepare this host, build, up, revert, destroy
	@e2e/demo.sh

.PHONY: test
test: ## Everything, real libvirt and QEMU included; leaves nothing behind
	@e2e/test.sh

.PHONY: unit
unit: ## What needs no hypervisor and no discs; the rest is skipped, with the reason
	$(GO) test -tags $(TAGS) $(PKGS)

.PHONY: race
race: ## The tests of `unit` under the race detector
	$(GO) test -race -tags $(TAGS) $(PKGS)

.PHONY: e2e
e2e: ## The end-to-end tests alone, strictly
	@e2e/test.sh ./e2e/...

.PHONY: rehearse
rehearse: ## The long labs that ship, from disc to end on the stand-in media; an hour
	@TAGS=$(TAGS),rehearse e2e/test.sh -timeout 4h -run TestShippedLabsRunToTheirEnds ./e2e

.PHONY: wizard
wizard: ## Build WIZARD.EXE, which answers setup wizards in guests, anew
	$(GO) generate ./provision/guest/wizard

.PHONY: golden
golden: ## Write the golden files anew; read the diff before you commit it
	@list=$$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -r -n 1 dirname | sort -u); \
	for dir in $$list; do $(GO) test -tags $(TAGS) "$$dir" -update; done

.PHONY: fuzz
fuzz: ## Fuzz every fuzz test for FUZZTIME (10s)
	@grep -rlE --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file" | while read -r name; do \
			$(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$name\$$" -fuzztime $${FUZZTIME:-10s} "$$(dirname "$$file")"; \
		done; \
	done

.PHONY: bench
bench: build ## How fast it is, as ratios beside virsh and qemu-img
	@e2e/bench.sh

.PHONY: cover
cover: ## Test coverage, as build/cover.html
	@mkdir -p build
	$(GO) test -tags $(TAGS) -coverpkg=./... -coverprofile=build/cover.out $(PKGS)
	$(GO) tool cover -html=build/cover.out -o build/cover.html
	$(GO) tool cover -func=build/cover.out | tail -n 1

.PHONY: lint
lint: $(LINT) ## golangci-lint, as .golangci.yml says, and go vet
	$(GO) vet -tags $(TAGS) $(PKGS)
	$(LINT) run $(PKGS)

.PHONY: fmt
fmt: $(LINT) ## Format the Go code and the lab files
	$(LINT) fmt
	$(GO) run -tags $(TAGS) ./cmd/doublehop fmt labs

.PHONY: fmt-check
fmt-check: $(LINT) ## Fail when something is not formatted
	$(LINT) fmt --diff
	$(GO) run -tags $(TAGS) ./cmd/doublehop fmt --check --diff labs

.PHONY: tidy-check
tidy-check: ## Fail when go.mod or generated files are not as they should be
	$(GO) mod tidy -diff
	$(GO) generate ./...
	git diff --exit-code -- '*_gen.go'

.PHONY: vuln
vuln: ## Look for known holes in what we depend on
	$(GO) run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION) -tags $(TAGS) ./...

.PHONY: check
check: fmt-check lint tidy-check test ## All that a change must pass: format, lint, generated files, every test

.PHONY: discs
discs: ## Make the stand-in discs of the demo lab (cached)
	@e2e/prepare-host
	@e2e/discs.sh

.PHONY: clean
clean: ## Remove what was built; the stand-in discs too
	rm -rf bin build

$(LINT):
	@mkdir -p build/tools
	GOBIN=$(CURDIR)/build/tools $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv build/tools/golangci-lint $@
