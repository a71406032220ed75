#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A full mesh of clusters under equal topic names: every record is on each cluster once, and what the daemon costs when idle.

    Tests/Acceptance/mesh.py --tern .build/release/tern --clusters 7

One broker per cluster is started from KAFKA_HOME, and one daemon that runs every flow between them. Records are written at each
cluster while it runs. An independent client (Python's confluent-kafka) then reads every topic everywhere: each record of each
cluster must be there once, those of one cluster and partition in their order. /readyz must answer 200. Then CPU and memory over
--idle seconds. Ends with 1 if anything is amiss.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka, 0.4 GB a cluster. By hand, not part of `make test`.
"""
import argparse, collections, os, shutil, signal, subprocess, sys, tempfile, time, urllib.error, urllib.request
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from crossing import Broker, free_port
from startup import cpu, memory

TOPICS, PARTITIONS = ["orders", "events"], 3


def configuration(brokers, port):
    lines = [f"clusters = {', '.join(brokers)}", f"http.listen = 127.0.0.1:{port}", "replication.factor = 1",
             "offset.storage.replication.factor = 1", "refresh.topics.interval.seconds = 5",
             "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"]
    lines += [f"{alias}.bootstrap.servers = {broker.address}" for alias, broker in brokers.items()]
    for source in brokers:
        lines += [f"{source}->{target}.enabled = true\n{source}->{target}.topics = .*" for target in brokers if source != target]
    return "\n".join(lines) + "\n"


def write(brokers, first, count):
    """So many records to each topic of each cluster: the value names cluster, partition and number."""
    # Idempotent, or the writer itself puts records out of order where a broker refuses a batch for a moment.
    producers = {alias: Producer({"bootstrap.servers": broker.address, "linger.ms": 5, "enable.idempotence": True})
                 for alias, broker in brokers.items()}
    for number in range(first, first + count):
        for alias, producer in producers.items():
            for topic in TOPICS:
                producer.produce(topic, f"{alias} {number % PARTITIONS} {number}".encode(), b"key", number % PARTITIONS)
            producer.poll(0)
    for producer in producers.values():
        producer.flush()


def read(address, topic):
    """What each partition holds now: lists of (origin, number)."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "mesh", "enable.auto.commit": False, "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
    found, open_partitions = collections.defaultdict(list), set(range(PARTITIONS))
    while open_partitions:
        message = consumer.poll(10)
        if message is None:
            raise SystemExit(f"{topic} at {address} cannot be read to its end")
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(f"{topic} at {address}: {message.error()}")
            open_partitions.discard(message.partition())
            continue
        origin, partition, number = message.value().decode().split()
        if int(partition) != message.partition():
            raise SystemExit(f"{topic} at {address}: a record of partition {partition} is in {message.partition()}")
        found[message.partition()].append((origin, int(number)))
    consumer.close()
    return found


def total(address):
    consumer = Consumer({"bootstrap.servers": address, "group.id": "mesh"})
    try:
        return sum(consumer.get_watermark_offsets(TopicPartition(topic, partition), 10)[1]
                   for topic in TOPICS for partition in range(PARTITIONS))
    finally:
        consumer.close()


def until(what, limit, question):
    deadline = time.time() + limit
    while time.time() < deadline:
        if question():
            return
        time.sleep(0.2)
    raise SystemExit(f"not within {limit} s: {what}")


def ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def compare(brokers, count):
    """Lines about what is amiss."""
    amiss = []
    for alias, broker in brokers.items():
        for topic in TOPICS:
            found = read(broker.address, topic)
            for partition in range(PARTITIONS):
                for origin in brokers:
                    numbers = [number for name, number in found[partition] if name == origin]
                    expected = list(range(partition, count, PARTITIONS))
                    if numbers != expected:
                        missing, more = len(set(expected) - set(numbers)), len(numbers) - len(set(numbers))
                        amiss.append(f"{topic}/{partition} at {alias}, from {origin}: {missing} missing, {more} repeated, "
                                     f"{'in order' if numbers == sorted(numbers) else 'out of order'}")
    return amiss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--clusters", type=int, default=7)
    parser.add_argument("--records", type=int, default=3000, help="to each topic of each cluster")
    parser.add_argument("--idle", type=float, default=30)
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    os.environ.setdefault("KAFKA_HEAP_OPTS", "-Xms64M -Xmx256M")
    folder = Path(tempfile.mkdtemp(prefix="tern-mesh-"))
    started, amiss = [], []
    try:
        brokers = {}
        for number in range(options.clusters):
            alias = chr(ord("a") + number)
            brokers[alias] = Broker(folder, alias, Path(options.kafka), False)
            started.append(brokers[alias].process)
        for broker in brokers.values():
            admin = AdminClient({"bootstrap.servers": broker.address})
            for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in TOPICS]).values():
                future.result(60)
        port, half = free_port(), options.records // 2
        (folder / "mesh.properties").write_text(configuration(brokers, port))
        write(brokers, 0, half)
        began = time.time()
        tern = subprocess.Popen([options.tern, "run", folder / "mesh.properties"], stdout=open(folder / "tern.log", "wb"),
                                stderr=subprocess.STDOUT)
        started.append(tern)
        wanted = half * len(TOPICS) * len(brokers)
        until("every record everywhere", 120, lambda: all(total(broker.address) >= wanted for broker in brokers.values()))
        first = time.time() - began
        write(brokers, half, options.records - half)
        wanted = options.records * len(TOPICS) * len(brokers)
        until("every record everywhere", 120, lambda: all(total(broker.address) >= wanted for broker in brokers.values()))
        until("/readyz", 30, lambda: ready(port))
        flows = len(brokers) * (len(brokers) - 1)
        print(f"{flows} flows between {len(brokers)} clusters: {wanted} records on each {first:.1f} s after the start (first half)", flush=True)
        time.sleep(10)
        before, at = cpu(tern.pid), time.time()
        time.sleep(options.idle)
        percent = (cpu(tern.pid) - before) / (time.time() - at) * 100
        threads = len(list(Path(f"/proc/{tern.pid}/task").iterdir()))
        print(f"idle {percent:.1f} % of a core, {memory(tern.pid, 'VmRSS'):.0f} MB (peak {memory(tern.pid, 'VmHWM'):.0f}), {threads} threads",
              flush=True)
        amiss = compare(brokers, options.records)
        if not ready(port):
            amiss.append("/readyz does not answer 200")
        tern.send_signal(signal.SIGTERM)
        if tern.wait(60) != 0:
            amiss.append(f"tern ended with {tern.returncode}")
        print("\n".join(amiss) if amiss else "each record is on each cluster once, in order; /readyz 200; ended with 0", flush=True)
        if amiss:
            sys.stderr.write((folder / "tern.log").read_text()[-4000:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if amiss else 0)


if __name__ == "__main__":
    main()
