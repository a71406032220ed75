#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a restart reads again of a partition that holds copies only, all of which its flow passes over.

    Tests/Acceptance/echoes.py --tern .build/release/tern --records 400000

Two brokers are started from KAFKA_HOME, with both directions under equal topic names. Records are written at A only, so that
B->A finds nothing but echoes. When it has passed over all of them the daemon is killed with SIGKILL and started again, twice:
prints how many records B->A fetched after each start. Ends with 1 where it is more than --most for each partition.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka. By hand, not part of `make test`.
"""
import argparse, os, re, shutil, subprocess, sys, tempfile, time, urllib.error, urllib.request
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from crossing import Broker, free_port

PARTITIONS = 4


def metric(port, name, labels):
    """The sum of the samples; None where there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            page = answer.read().decode()
    except (urllib.error.URLError, OSError):
        return None
    found = [float(line.split()[-1]) for line in page.splitlines() if re.match(rf"{name}{{", line) and labels in line]
    return sum(found) if found else None


def until(what, limit, question):
    deadline = time.time() + limit
    while time.time() < deadline:
        if question():
            return
        time.sleep(0.2)
    raise SystemExit(f"not within {limit} s: {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--records", type=int, default=400_000)
    parser.add_argument("--most", type=int, default=2000, help="records that a restart may read again of each partition: one batch")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tern-echoes-"))
    started, amiss = [], False
    try:
        a, b = (Broker(folder, alias, Path(options.kafka), False) for alias in "AB")
        started += [a.process, b.process]
        admin = AdminClient({"bootstrap.servers": a.address})
        admin.create_topics([NewTopic("orders", PARTITIONS, 1)])["orders"].result(60)
        port, file = free_port(), folder / "echoes.properties"
        file.write_text(f"clusters = A, B\nA.bootstrap.servers = {a.address}\nB.bootstrap.servers = {b.address}\n"
                        "A->B.enabled = true\nB->A.enabled = true\ntopics = orders\nreplication.factor = 1\n"
                        "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy\n"
                        "offset.storage.replication.factor = 1\nrefresh.topics.interval.seconds = 2\n"
                        f"http.listen = 127.0.0.1:{port}\n")

        def tern():
            started.append(subprocess.Popen([options.tern, "run", file], stdout=open(folder / "tern.log", "ab"), stderr=subprocess.STDOUT))
            return started[-1]

        def passed():
            """Offsets of B behind which B->A is, summed."""
            return metric(port, "tern_replicated_offset", 'source="B",target="A"')

        process = tern()
        producer = Producer({"bootstrap.servers": a.address, "linger.ms": 20, "queue.buffering.max.messages": options.records})
        for number in range(options.records):
            producer.produce("orders", b"x" * 200, b"key", number % PARTITIONS)
            producer.poll(0)
        producer.flush()
        until("every echo passed over", 180, lambda: passed() == options.records)
        fetched = metric(port, "tern_fetched_records_total", 'source="B",target="A"')
        print(f"first run: B->A fetched {fetched:.0f} records and passed over {options.records}", flush=True)
        for start in ("second", "third"):
            time.sleep(3)  # its progress is written once a second
            process.kill()
            process.wait()
            process = tern()
            until("lanes at the end", 60, lambda: passed() == options.records)
            time.sleep(5)
            fetched = metric(port, "tern_fetched_records_total", 'source="B",target="A"') or 0
            amiss = amiss or fetched > options.most * PARTITIONS
            print(f"{start} start, after kill -9: B->A fetched {fetched:.0f} records of {PARTITIONS} partitions", flush=True)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if amiss else 0)


if __name__ == "__main__":
    main()
