#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A topic with a backlog beside one that is written all the time, in one flow over a slow link: how late is the second?

    KAFKA_HOME=… Tests/Acceptance/backlog.py --tern .build/release/tern --compare …/bench/compare [--far target]

Brokers, link, filling and timing are those of `compare`. Prints the latencies of the live topic from its writer to a reader on
the other side (`load latency`), first while the catch-up begins and then behind that, and how fast the backlog gets smaller.
"""
import argparse
import importlib.machinery
import importlib.util
import os
import time


def load_tool(path):
    loader = importlib.machinery.SourceFileLoader("compare", path)
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
    loader.exec_module(tool)
    return tool


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--compare", required=True, help="path of the comparison tool")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    parser.add_argument("--rtt", type=float, default=100, help="milliseconds")
    parser.add_argument("--far", choices=["source", "target"], default="source")
    parser.add_argument("--rate-limit", type=float, default=2e7, help="bytes per second of the link")
    parser.add_argument("--rate", type=float, default=100, help="records per second of the live topic")
    parser.add_argument("--records", type=int, default=1_500_000, help="of the backlog, 1 KiB each")
    parser.add_argument("--seconds", type=int, default=15, help="of each measurement")
    chosen = parser.parse_args()
    if not chosen.kafka:
        parser.error("no Kafka: set KAFKA_HOME or --kafka to a distribution")
    # What the tool has options for and this has not.
    chosen.window, chosen.codec, chosen.tasks, chosen.c, chosen.limit, chosen.set = 6 << 20, "none", 1, [], 300, []
    return chosen


def main():
    chosen = options()
    tool = load_tool(chosen.compare)
    bench = tool.Bench(chosen)
    try:
        source, target = bench.broker("source"), bench.broker("target")
        for topic in ("bulk", "live"):
            bench.topic(source[0], topic)
        partitions = tool.PARTITIONS
        bench.load("fill", source[0], "bulk", partitions, chosen.records, 1024, "headers=2")
        bench.load("fill", source[0], "live", partitions, partitions * 100, 100)
        process = bench.start("tern", "s", source[1], target[1], "bulk,live", 0)
        bench.load("wait", target[0], "s.live", partitions, partitions * 100, 120)
        arguments = ["latency", source[0], target[0], "live", "s.live", partitions, chosen.rate, chosen.seconds, 1024]
        for when in ("at the start", "after it"):
            print(when, bench.load(*arguments, check=False), flush=True)

        def copied():
            return bench.load("wait", target[0], "s.bulk", partitions, 1, 10, check=False)["records"], time.time()

        (before, began), _, (after, ended) = copied(), time.sleep(8), copied()
        print(f"backlog: {(after - before) / (ended - began):.0f} records/s, {chosen.records - after} left; "
              f"peak {tool.peak_mb(process.pid)} MB")
    finally:
        bench.close()


main()
