# SPDX-License-Identifier: Apache-2.0
# `make demo` shows mirroring at work, `make test` runs every test. These two, and `make setup`, install what is missing first
# (Debian packages, where apt is there). The others install nothing: they say what is missing.

.PHONY: help setup check build build-tests release static install uninstall deb tarball demo test lint format docs tsan \
	newer-client optimized allocations simulation chaos fuzz browser docker clean

JOBS ?= $(shell nproc)
export DESTDIR PREFIX SYSCONFDIR ZSHDIR

help:
	@echo "make demo      two clusters in one process, traffic both ways, lag on the screen"
	@echo "make test      all tests, side by side; those that need real brokers find them by KAFKA_HOME"
	@echo "make setup     installs the Debian packages that are missing; demo and test do that by themselves"
	@echo "make build     debug build            make release   optimized build, .build/release/tern"
	@echo "make static    the program of packages: Swift's libraries are in it; .build/static/tern"
	@echo "make install   of that program, with man page, completions and service; DESTDIR= PREFIX= SYSCONFDIR="
	@echo "make uninstall what install has put there, but for /etc/tern"
	@echo "make deb       a Debian package       make tarball   the same for other systems; in .build/packages"
	@echo "make lint      formatting             make docs      print the generated pages anew"
	@echo "make tsan      client and engine tests under the thread sanitizer"
	@echo "make optimized tests of commands and promises in an optimized build, which is what users run"
	@echo "make allocations   allocations per record against Tests/Thresholds"
	@echo "make simulation    five million steps of partitions and of fleets of daemons in worlds of faults"
	@echo "make chaos     real brokers and daemons, faults by a seeded plan, and a reader; SECONDS=3600 SEED=7"
	@echo "make fuzz      libFuzzer on every parser, a minute each; FUZZ_SECONDS=3600 for an hour"
	@echo "make browser   the dashboard in a headless Chromium"
	@echo "make docker    lints docker/ and the scripts (no Docker engine needed)"
	@echo "make newer-client    client, engine and broker tests on a current librdkafka, from a Python wheel"

setup:
	@./.ci/setup

check:
	@./.ci/setup check

build: check
	swift build -j $(JOBS)

build-tests: check
	swift build --build-tests -j $(JOBS)

release: check
	swift build -c release -j $(JOBS) --product tern
	swift build -c release -j $(JOBS) --product tern-bench

static: check
	./packaging/build

# No prerequisites: it is often run as root, who has no Swift.
install uninstall:
	@./packaging/install $@

deb: static
	./packaging/deb

tarball: static
	./packaging/tarball

demo: setup
	swift build -c release -j $(JOBS) --product tern
	.build/release/tern demo

test: setup
	./.ci/test

lint: check
	swift format lint --strict --parallel --recursive Sources Tests Package.swift

format:
	swift format --in-place --parallel --recursive Sources Tests Package.swift

tsan: check
	./.ci/tsan

optimized: check
	./.ci/optimized

allocations: check
	./.ci/allocations

simulation: check
	./.ci/simulate

chaos: check
	SECONDS_EACH=$(or $(SECONDS),600) SEED=$(SEED) DELIVERY=$(DELIVERY) NEWER=$(NEWER) ./.ci/chaos

fuzz: check
	./.ci/fuzz

newer-client: check
	./.ci/newer-client

browser: build-tests
	.build/debug/ternPackageTests.xctest --testing-library swift-testing --filter 'dashboard in a browser'

docker:
	./.ci/docker

docs: build
	./.ci/docs

clean:
	rm -rf .build
