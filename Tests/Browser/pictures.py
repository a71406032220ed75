#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/dashboard.md: of two real brokers, mirrored both ways, with traffic and one partition that has stopped.

    Tests/Browser/pictures.py --tern .build/release/tern --folder docs/pictures

Takes four minutes. Needs KAFKA_HOME, a JDK, a Chromium; pngquant makes the files smaller.
"""
import argparse
import os
import sys
import tempfile
import time

from shoot import shoot
from world import World, free_port

# On which cluster, partitions, records a second, bytes each; 0 records: a topic without traffic.
TOPICS = {
    "orders": ("eu", 6, 900, 700), "clickstream.web": ("eu", 6, 2500, 400), "payments.captured": ("eu", 4, 240, 500),
    "inventory.stock-levels": ("eu", 3, 0, 0), "customer-profile.v2": ("eu", 2, 40, 900),
    "shipments.tracking": ("us", 3, 350, 600), "pricing.quotes": ("us", 4, 1200, 300), "returns": ("us", 2, 15, 800),
}
GROUPS = {"billing": ("eu", "orders"), "fraud-scoring": ("eu", "clickstream.web"), "warehouse": ("us", "shipments.tracking")}


def traffic(world):
    for name, (alias, _, rate, size) in TOPICS.items():
        if rate:
            world.start(f"traffic-{name}", world.kafka / "bin/kafka-producer-perf-test.sh", "--topic", name, "--num-records", 10**8,
                       "--throughput", rate, "--record-size", size, "--producer-props",
                       f"bootstrap.servers={world.addresses[alias]}", "acks=1", "linger.ms=20", "compression.type=lz4")
    for group, (alias, topic) in GROUPS.items():
        world.tool("kafka-console-consumer.sh", "--bootstrap-server", world.addresses[alias], "--topic", topic, "--group", group,
                  "--from-beginning", "--max-messages", "3000")



def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", default=".build/release/tern")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    parser.add_argument("--folder", default="docs/pictures")
    parser.add_argument("--seconds", type=int, default=60, help="of traffic before the pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tern-pictures-") as folder:
        world = World(options.kafka, folder)
        try:
            for alias in ("eu", "us"):
                world.broker(alias)
            for name, (alias, partitions, _, _) in TOPICS.items():
                world.topic(alias, name, partitions)
            # Smaller records are taken there, so that one stops a partition.
            world.topic("us", "payments.captured", 4, "--config", "max.message.bytes=3000")
            ports = [free_port(), free_port()]
            urls = [f"http://127.0.0.1:{port}" for port in ports]
            alone = world.daemon(options.tern, "alone", ports[0])
            traffic(world)
            time.sleep(options.seconds / 2)
            world.tool("kafka-console-producer.sh", "--bootstrap-server", world.addresses["eu"], "--topic", "payments.captured",
                       text="x" * 5000 + "\n")
            time.sleep(options.seconds / 2)
            complaints = shoot(urls[0], options.folder, ["dashboard", "topic", "region"])
            world.stop(alone)
            peers = "dashboard.peers = " + ", ".join(urls) + "\n"
            for name, port in zip(("first", "second"), ports):
                world.daemon(options.tern, name, port, peers)
            time.sleep(options.seconds)
            complaints += shoot(urls[0], options.folder, ["fleet"])
            if complaints:
                sys.exit("\n".join(complaints))
        finally:
            # Brokers last: daemons drain into them.
            world.stop(*reversed(world.children))


main()
