# SPDX-License-Identifier: Apache-2.0
# `make demo` shows mirroring at work, `make test` runs every test. These two, and `make setup`, install what is missing first
# (Debian packages, where apt is there). The others install nothing: they say what is missing.

.PHONY: help setup check build build-tests release demo test lint format docs tsan newer-client optimized allocations simulation docker clean

JOBS ?= $(shell nproc)

help:
	@echo "make demo      two clusters in one process, traffic both ways, lag on the screen"
	@echo "make test      all tests, side by side; those that need real brokers find them by KAFKA_HOME"
	@echo "make setup     installs the Debian packages that are missing; demo and test do that by themselves"
	@echo "make build     debug build            make release   optimized build, .build/release/tern"
	@echo "make lint      formatting             make docs      print the generated pages anew"
	@echo "make tsan      client and engine tests under the thread sanitizer"
	@echo "make optimized tests of commands and promises in an optimized build, which is what users run"
	@echo "make allocations   allocations per record against Tests/Thresholds"
	@echo "make simulation    five million steps of partitions and of fleets of daemons in worlds of faults"
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

newer-client: check
	./.ci/newer-client

docker:
	./.ci/docker

docs: build
	./.ci/docs

clean:
	rm -rf .build
