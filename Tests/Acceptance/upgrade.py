#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One build of Tern after, beside and before another: an upgrade, a rolling change, and the way back.

    Tests/Acceptance/upgrade.py --old .../tern --new .build/release/tern

Two brokers are started from KAFKA_HOME, and records are written to one of them all the while. In turn: the old build runs alone; the
new one starts beside it, and lanes move; the old one stops; the new one is killed with SIGKILL and the old one goes on (a downgrade);
the new one takes over again. While both run, every lane must be owned once. In the end an independent client (Python's confluent-kafka)
reads source and target: each record must be there, in order and byte for byte, and may be repeated only by one step back per partition
and kill. With --rows FILE the rows that the old build has written are kept as JSON, key and value in hexadecimal: what
Tests/MirroringTests/WrittenRows holds of each release.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka. By hand, not part of `make test`.
"""
import argparse, collections, itertools, json, os, signal, subprocess, sys, threading, time, urllib.request
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from crossing import Broker, compare, free_port, in_folder, read

TOPICS = {"orders": 4, "events": 2}
GROUP = "billing"


def configuration(a, b, port):
    return f"""clusters = A, B
A.bootstrap.servers = {a}
B.bootstrap.servers = {b}
A->B.enabled = true
A->B.topics = {'|'.join(TOPICS)}
A->B.groups = {GROUP}
tasks.max = 4
replication.factor = 1
offset.storage.replication.factor = 1
checkpoints.topic.replication.factor = 1
offset-syncs.topic.replication.factor = 1
heartbeats.topic.replication.factor = 1
emit.heartbeats.interval.seconds = 1
emit.checkpoints.interval.seconds = 1
sync.group.offsets.enabled = true
sync.group.offsets.interval.seconds = 1
refresh.topics.interval.seconds = 2
http.listen = 127.0.0.1:{port}
"""


class Daemon:
    def __init__(self, program, name, folder, brokers, started):
        self.name, self.port = name, free_port()
        file = folder / f"{name}-{self.port}.properties"
        file.write_text(configuration(brokers["A"].address, brokers["B"].address, self.port))
        self.log = folder / f"{name}-{self.port}.log"
        # Daemons of one machine tell each other apart by a lock in this folder.
        self.process = subprocess.Popen([program, "run", file], stdout=open(self.log, "wb"), stderr=subprocess.STDOUT,
                                        env={**os.environ, "TMPDIR": str(folder)})
        started.append(self.process)

    def flow(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/status", timeout=5) as answer:
                return json.load(answer)["flows"][0]
        except (OSError, ValueError, LookupError):
            return {}

    def lanes(self):
        return self.flow().get("lanes_owned") or 0

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(60)


def until(what, limit, condition):
    for _ in range(limit * 5):
        if condition():
            return
        time.sleep(0.2)
    raise SystemExit(f"not within {limit} s: {what}")


def write(address, stop, written):
    producer = Producer({"bootstrap.servers": address, "linger.ms": 5, "enable.idempotence": True})
    for number in itertools.count():
        for topic, partitions in TOPICS.items():
            producer.produce(topic, b"value %d" % number, b"key %d" % (number % 100), number % partitions,
                             headers=[("n", str(number).encode())], timestamp=int(time.time() * 1000))
        producer.poll(0)
        written[0] = number + 1
        time.sleep(0.002)
        if stop.is_set():
            break
    producer.flush()


def rows(address):
    """The last row of each key of Tern's and MirrorMaker's topics on a cluster, and the first copies with their headers."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "onlooker", "enable.auto.commit": False, "enable.partition.eof": True})
    found = {}
    for name, topic in consumer.list_topics(timeout=10).topics.items():
        if name == "mm2-tern-health.internal" or not (name.endswith(".internal") or name in ("heartbeats", "A.orders")):
            continue
        last, ended = {}, set()
        consumer.assign([TopicPartition(name, p, 0) for p in topic.partitions])
        while len(ended) < len(topic.partitions):
            for message in consumer.consume(500, 2):
                if message.error():
                    if message.error().code() != KafkaError._PARTITION_EOF:
                        raise SystemExit(f"{name}: {message.error()}")
                    ended.add(message.partition())
                    continue
                place = (message.partition(), message.offset()) if name == "A.orders" else message.key()
                if name == "A.orders" and message.offset() > 1:
                    continue
                last[place] = {
                    "key": message.key() and message.key().hex(), "value": message.value() and message.value().hex(),
                    "headers": [[n, v and v.hex()] for n, v in message.headers() or []]}
        if last:
            found[name] = sorted(last.values(), key=lambda row: (row["key"] or "", row["value"] or ""))
    consumer.close()
    return found


def run(arguments, folder, started):
    kafka = Path(os.environ["KAFKA_HOME"])
    brokers = {}
    for name in "AB":
        brokers[name] = Broker(folder, name, kafka, False)
        started.append(brokers[name].process)
    admin = AdminClient({"bootstrap.servers": brokers["A"].address})
    for future in admin.create_topics([NewTopic(name, count, 1) for name, count in TOPICS.items()]).values():
        future.result()
    stop, written = threading.Event(), [0]
    writer = threading.Thread(target=write, args=(brokers["A"].address, stop, written))
    writer.start()
    try:
        def start(program, name):
            daemon = Daemon(program, name, folder, brokers, started)
            until(f"{name} has lanes", 60, lambda: daemon.lanes() > 0)
            return daemon

        def current(daemon):
            until(f"{daemon.name} is current", 90, lambda: 0 <= (daemon.flow().get("lag_records") or 0) < 200 and daemon.lanes() == 4)

        old = start(arguments.old, "old")
        current(old)
        group = Consumer({"bootstrap.servers": brokers["A"].address, "group.id": GROUP, "enable.auto.commit": False})
        group.commit(offsets=[TopicPartition("orders", 1, 100), TopicPartition("events", 0, 57)], asynchronous=False)
        group.close()
        time.sleep(5)
        print(f"old alone: {old.lanes()} lanes, {written[0]} records written")
        if arguments.rows:
            written_by = json.loads(subprocess.check_output([arguments.old, "version", "-o", "json"]))["data"]
            kept = {"tern": written_by["tern"], "librdkafka": written_by["librdkafka"],
                    "topics": {**rows(brokers["A"].address), **rows(brokers["B"].address)}}
            Path(arguments.rows).write_text(json.dumps(kept, indent=1) + "\n")

        new = start(arguments.new, "new")
        until("the lanes are shared", 60, lambda: old.lanes() + new.lanes() == 4 and old.lanes() > 0)
        shared = collections.Counter((old.lanes(), new.lanes()) for _ in range(25) if not time.sleep(0.2))
        print(f"new beside old: lanes (old, new) {dict(shared)}")
        if any(sum(pair) != 4 for pair in shared):
            raise SystemExit("a lane is owned twice, or by nobody")
        old.end(signal.SIGTERM)
        current(new)
        print(f"old stopped: new has {new.lanes()} lanes, {written[0]} records written")
        new.end(signal.SIGKILL)
        old = start(arguments.old, "old")
        current(old)
        print(f"new killed, old goes on: {old.lanes()} lanes, {written[0]} records written")
        old.end(signal.SIGTERM)
        new = start(arguments.new, "new")
        current(new)
    finally:
        stop.set()
        writer.join()
    until("everything is copied", 60, lambda: new.flow().get("lag_records") == 0)
    time.sleep(2)
    moved = {p: o for p, o in [(c.partition, c.offset) for c in Consumer(
        {"bootstrap.servers": brokers["B"].address, "group.id": GROUP}).committed(
            [TopicPartition("A.orders", 1), TopicPartition("A.events", 0)], 10)]}
    new.end(signal.SIGTERM)
    print(f"new took over again; the group {GROUP} is at {moved} on B")
    isRight = moved[1] >= 0 and moved[0] >= 0
    for topic, partitions in TOPICS.items():
        source = read(brokers["A"].address, topic, partitions)
        copies = read(brokers["B"].address, f"A.{topic}", partitions)
        isSame, line = compare(source, copies, "A", topic, 1)
        print(line)
        isRight = isRight and isSame and sum(map(len, source.values())) == written[0]
    return 0 if isRight else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", required=True)
    parser.add_argument("--new", required=True)
    parser.add_argument("--rows", help="a file for the rows of the old build")
    arguments = parser.parse_args()
    in_folder("tern-upgrade-", lambda folder, started: run(arguments, folder, started))


if __name__ == "__main__":
    main()
