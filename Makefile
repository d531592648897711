# The targets that people and the build server use; "make" lists them.

GO       ?= go
OUT      ?= out
FUZZTIME ?= 10s
DATA     ?= ../shared/opendata
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
SHELL    := bash
.SHELLFLAGS := -eu -o pipefail -c

.DEFAULT_GOAL := help
.PHONY: help build run imported test race lint fuzz fuzz-list arch bench bench-import bench-peers cross ci clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/ailca
	$(GO) build -trimpath -o bin/ailca ./cmd/ailca

run: build ## build, and compute the embedded open edition into $(OUT)/observatory-2025/
	bin/ailca run --out '$(OUT)'

# Where a file does not say where or when something ran, what stands in for it is said here: the world's average, and the year of the benchmark.
IMPORT  = bin/ailca import --quiet
NOWHERE = --set region=WOR --set region_basis=assumed
EDITION = datasets/importers/edition
imported: build ## import what others publish (files in DATA, each under its source's name) and run it beside the open edition
	rm -rf '$(OUT)/inventories'
	$(IMPORT) epoch-hardware '$(DATA)'/epoch-ai/ml_hardware.csv -o '$(OUT)/inventories/hardware_epoch.parquet'
	$(IMPORT) mapped $(EDITION)/devices.csv --mapping $(EDITION)/devices.yaml -o '$(OUT)/inventories/hardware_named.parquet'
	$(IMPORT) epoch-clusters '$(DATA)'/epoch-ai/gpu_clusters.csv -o '$(OUT)/inventories/fleet.parquet'
	$(IMPORT) epoch-models '$(DATA)'/epoch-ai/notable_ai_models.csv $(NOWHERE) -o '$(OUT)/inventories/training_epoch.parquet'
	$(IMPORT) mlperf-training '$(DATA)'/mlperf-training-power-*/*.csv $(NOWHERE) -o '$(OUT)/inventories/training_mlperf.parquet'
	$(IMPORT) mlperf-inference '$(DATA)'/mlperf-inference-power-*/*.csv $(NOWHERE) -o '$(OUT)/inventories/deployments_mlperf.parquet'
	$(IMPORT) ml-energy '$(DATA)'/ml-energy/tasks/*.json $(NOWHERE) --set year=2025 -o '$(OUT)/inventories/deployments_ml_energy.parquet'
	$(IMPORT) co2-inference '$(DATA)'/co2-inference/*.csv -o '$(OUT)/inventories/deployments_co2.parquet'
	cp $(EDITION)/study.yaml '$(OUT)/inventories/'
	bin/ailca run '$(OUT)/inventories/study.yaml' open --out '$(OUT)'

# Reports print what comes of the published cases from a table; a test holds it to what comes of them.
.PHONY: published
published: ## run the published cases and write the table of their results that reports print
	$(GO) test ./lca/study/published -run TestPublishedCasesComeOut -update

test: ## run the tests
	$(GO) test ./...

# What -short leaves out runs long on one goroutine (files of hundreds of megabytes, thousands of formulas): the tests run it, races it has none.
race: ## run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short ./...

lint: ## check format, vet, staticcheck and known vulnerabilities
	@unformatted=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@$(MAKE) --no-print-directory vulnerabilities

# govulncheck ends in 3 for findings. Any other failure is passed over only where its database cannot be reached.
.PHONY: vulnerabilities
vulnerabilities:
	@echo "$(GO) tool govulncheck ./..."; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	code=0; $(GO) tool govulncheck ./... >"$$log" 2>&1 || code=$$?; \
	if [ $$code -ne 0 ] && [ $$code -ne 3 ] && grep -q 'fetching vulnerabilities:.*\(dial tcp\|no such host\|timeout\|Forbidden\|proxyconnect\)' "$$log"; then \
		echo "govulncheck: NOT CHECKED, the vulnerability database cannot be reached:"; tail -n 1 "$$log"; \
	else cat "$$log"; exit $$code; fi

# Each package's tests are built once, not once for each target, and run as go test runs them: in the package's folder, with its corpus of found
# inputs. Go's fuzzing may end in "context deadline exceeded" where its time runs out, with nothing found (golang/go#75804): such a target is run
# once more. What was found writes its input, and is never run again.
fuzz: ## run every fuzz target for FUZZTIME (10s)
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; corpus=$$($(GO) env GOCACHE)/fuzz; built=; \
	$(MAKE) --no-print-directory -s fuzz-list | while read -r pkg target; do \
		if [ "$$pkg" != "$$built" ]; then $(GO) test -c -fuzz . -o "$$scratch/fuzz.test" "$$pkg"; built=$$pkg; cd "$$($(GO) list -f '{{.Dir}}' "$$pkg")"; fi; \
		echo "$$pkg $$target, $(FUZZTIME)"; \
		run() { "$$scratch/fuzz.test" -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime 10x -test.fuzzcachedir "$$corpus/$$pkg" </dev/null 2>&1 | tee "$$scratch/log"; }; \
		run || { grep -q '^    context deadline exceeded$$' "$$scratch/log" && ! grep -qE 'Failing input|panic:' "$$scratch/log" && run; } || exit 1; \
	done

fuzz-list: ## list the fuzz targets with their packages
	@list=$$($(GO) test -list '^Fuzz' ./...); \
	awk '/^Fuzz/ { names[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' <<<"$$list"

# The tests that compare digests of results, in the packages that have any. A processor without what GOAMD64=v3 asks for cannot start such a
# binary; arm64 is emulated.
ARCH_TESTS = EveryArchitecture|OnEveryMachine
V3_FLAGS   = avx2 bmi1 bmi2 f16c fma abm movbe
arch: ## compare digests of results natively, with GOAMD64=v3 and on arm64 (under qemu-aarch64)
	@pkgs=$$(grep -rlE '^func Test[A-Za-z]*($(ARCH_TESTS))' --include='*_test.go' . | xargs -n 1 dirname | sort -u); \
	compare() { local name=$$1; shift; echo "digests: $$name"; env CGO_ENABLED=0 "$$@" $$pkgs; }; \
	compare native $(GO) test -count 1 -run '$(ARCH_TESTS)'; \
	if [ "$$($(GO) env GOARCH)" != amd64 ]; then echo 'digests: GOAMD64=v3 skipped, this is no amd64'; \
	elif lacks=$$(for flag in $(V3_FLAGS); do grep -qw $$flag /proc/cpuinfo || echo $$flag; done) && [ -z "$$lacks" ]; then compare GOAMD64=v3 GOAMD64=v3 $(GO) test -count 1 -run '$(ARCH_TESTS)'; \
	else echo digests: GOAMD64=v3 skipped, this processor lacks $$lacks; fi; \
	if command -v qemu-aarch64 >/dev/null; then compare arm64 GOARCH=arm64 $(GO) test -exec qemu-aarch64 -count 1 -run '$(ARCH_TESTS)'; \
	else echo 'digests: arm64 skipped, there is no qemu-aarch64 (the package qemu-user)'; fi

bench: ## run the benchmarks, first of all columns against expr's virtual machine
	$(GO) test ./rules -run '^$$' -bench AgainstVM -benchtime 2s
	$(GO) test -run '^$$' -bench . -skip AgainstVM -benchmem ./...

bench-peers: ## compare with DuckDB, and over sizes: ROWS, ROUNDS, FORMS, SIZES as .ci/bench-peers says; needs node and npm
	bash .ci/bench-peers

bench-import: ## compare the import of a request log with DuckDB's COPY: ROWS, ROUNDS as .ci/bench-import says; needs node and npm
	bash .ci/bench-import

cross: ## build for linux, darwin and windows on amd64 and arm64 into bin/
	@for platform in $(PLATFORMS); do \
		os=$${platform%/*}; arch=$${platform#*/}; suffix=; if [ $$os = windows ]; then suffix=.exe; fi; \
		echo "bin/ailca-$$os-$$arch$$suffix"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -o "bin/ailca-$$os-$$arch$$suffix" ./cmd/ailca; \
	done

ci: ## do what the build server does
	bash .ci/run

clean: ## remove what was built and the default results
	rm -rf bin out
