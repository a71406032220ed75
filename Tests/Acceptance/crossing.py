#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mirrors records of mixed shapes both ways between two real brokers, kills the daemon in the middle, and compares.

    Tests/Acceptance/crossing.py --tern .build/release/tern --records 1000000

Two brokers are started from KAFKA_HOME, MirrorMaker's sample file is run as it stands (but for the addresses; `--literal`), records are
written on both sides while the daemon runs, and it is killed with SIGKILL as often as asked. In the end an independent client
(Python's confluent-kafka, with the librdkafka that its wheel carries) reads every topic on both sides: each record must be there,
in order and byte for byte, and may be repeated only by stepping back, once per kill and partition. /metrics must show lag 0 and
please promtool, where it is installed. Prints one line per topic and direction; ends with 1 if anything is amiss.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka. By hand, not part of `make test`.
"""
import argparse, base64, collections, hashlib, os, random, shutil, signal, socket, subprocess, sys, tempfile, threading, time
import urllib.request
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, NewTopic

# Name, partitions, share of the records, settings of the topic, settings of the producer.
TOPICS = [
    ("plain", 8, 0.40, {}, {"compression.type": "none"}),
    ("lz4.events", 4, 0.20, {}, {"compression.type": "lz4"}),
    ("zstd_events", 4, 0.15, {}, {"compression.type": "zstd"}),
    ("one-partition", 1, 0.10, {"max.message.bytes": "1048588"}, {"compression.type": "none", "message.max.bytes": "2000000"}),
    ("compacted", 2, 0.05, {"cleanup.policy": "compact"}, {"compression.type": "gzip"}),
    ("transactions", 3, 0.10, {}, {"transactional.id": "crossing"}),
]
SAMPLE = """# specify any number of cluster aliases
clusters = A, B

# connection information for each cluster
# This is a comma separated host:port pairs for each cluster
# for e.g. "A_host1:9092, A_host2:9092, A_host3:9092"
A.bootstrap.servers = {a}
B.bootstrap.servers = {b}

# enable and configure individual replication flows
A->B.enabled = true

# regex which defines which topics gets replicated. For eg "foo-.*"
A->B.topics = .*

B->A.enabled = true
B->A.topics = .*

# Setting replication factor of newly created remote topics
replication.factor=1

############################# Internal Topic Settings  #############################
# The replication factor for mm2 internal topics "heartbeats", "B.checkpoints.internal" and
# "mm2-offset-syncs.B.internal"
# For anything other than development testing, a value greater than 1 is recommended to ensure availability such as 3.
checkpoints.topic.replication.factor=1
heartbeats.topic.replication.factor=1
offset-syncs.topic.replication.factor=1

# The replication factor for connect internal topics "mm2-configs.B.internal", "mm2-offsets.B.internal" and
# "mm2-status.B.internal"
# For anything other than development testing, a value greater than 1 is recommended to ensure availability such as 3.
offset.storage.replication.factor=1
status.storage.replication.factor=1
config.storage.replication.factor=1

# customize as needed
# replication.policy.separator = _
# sync.topic.acls.enabled = false
# emit.heartbeats.interval.seconds = 5
"""
PARTS = [None, b"", b"\0", "订单-é-🦆".encode(), b"key", bytes(range(256)), b"x" * 100]
NAMES = ["same", "same", "заголовок", "h1", "tern.note", "trace-id"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    def __init__(self, folder, name, kafka, literal):
        host, port = socket.gethostbyname(f"{name}_host1") if literal else "127.0.0.1", 9092 if literal else free_port()
        controller, self.address, home = free_port(), f"{host}:{port}", folder / name
        text = (kafka / "config/broker.properties").read_text().replace("/tmp/kafka-logs-1", str(home))
        (folder / f"{name}.properties").write_text(text.replace("127.0.0.1:19092", self.address).replace("19093", str(controller)))
        # Kafka takes no id that begins with a dash: it reads one as an option.
        cluster = "T" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")[1:]
        subprocess.run([kafka / "bin/kafka-storage.sh", "format", "--standalone", "-t", cluster, "-c", folder / f"{name}.properties"],
                       check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([kafka / "bin/kafka-server-start.sh", folder / f"{name}.properties"],
                                        stdout=open(folder / f"{name}.log", "wb"), stderr=subprocess.STDOUT)
        for _ in range(300):
            try:
                socket.create_connection((host, port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"broker {name} did not come up: see {folder}")


def shapes(seed):
    """Records without end: (key, value, headers, timestamp)."""
    noise, now = random.Random(seed), 1_760_000_000_000
    blob = noise.randbytes(1_100_000)
    while True:
        kind, at = noise.randrange(1000), noise.randrange(60_000)
        if kind == 0:
            value = blob[at:at + 900_000]
        elif kind < 20:
            value = blob[at:at + noise.randrange(1_000, 20_000)]
        elif kind < 120:
            value = noise.choice(PARTS)
        else:
            value = blob[at:at + noise.randrange(1, 600)]
        headers = [(noise.choice(NAMES), noise.choice(PARTS)) for _ in range(noise.randrange(4))]
        yield noise.choice(PARTS), value, headers, noise.choice([1, 946_684_800_000, now + noise.randrange(10**9), now])


def write(address, name, partitions, count, settings, seed, pause):
    """In halves: the second waits until the daemon has been killed once."""
    failed = []
    producer = Producer({"bootstrap.servers": address, "linger.ms": 20, "enable.idempotence": True, **settings})
    transactional = "transactional.id" in settings
    if transactional:
        producer.init_transactions(60)
    records = shapes(seed)
    for number in range(count):
        if number == count // 2:
            if not transactional:
                producer.flush()
            pause.wait()
        if transactional and number % 500 == 0:
            producer.begin_transaction()
        key, value, headers, timestamp = next(records)
        if name == "compacted":
            key = b"key-%d" % (number % 5000)
        while True:
            try:
                producer.produce(name, value, key, number % partitions, headers=headers, timestamp=timestamp,
                                 on_delivery=lambda error, _: failed.append(error) if error else None)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
        if transactional and (number % 500 == 499 or number == count - 1):
            # Every seventh is aborted; a half-way flush makes its records reach the log all the same.
            producer.flush()
            producer.abort_transaction(60) if number // 500 % 7 == 3 else producer.commit_transaction(60)
    producer.flush()
    if failed:
        raise SystemExit(f"writing {name}: {failed[0]}")


def digest(message, own):
    state = hashlib.blake2b(digest_size=16)
    for part in [message.key(), message.value()]:
        state.update(b"-" if part is None else b"%d:" % len(part) + part)
    state.update(b"%d" % message.timestamp()[1])
    for name, value in message.headers() or []:
        if own or name not in ("tern.origin", "tern.path"):
            state.update(b"%d:" % len(name.encode()) + name.encode() + (b"-" if value is None else b"%d:" % len(value) + value))
    return state.digest()


def read(address, topic, partitions):
    """For each partition, what a consumer that starts at the beginning sees: [(offset, origin, digest)]."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "onlooker", "enable.auto.commit": False, "enable.partition.eof": True,
                         "isolation.level": "read_committed", "queued.max.messages.kbytes": 65536})
    consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
    found, ended = collections.defaultdict(list), set()
    while len(ended) < partitions:
        for message in consumer.consume(2000, 5):
            if message.error():
                if message.error().code() != KafkaError._PARTITION_EOF:
                    raise SystemExit(f"reading {topic}: {message.error()}")
                ended.add(message.partition())
                continue
            origin = next((v for n, v in message.headers() or [] if n == "tern.origin"), None)
            found[message.partition()].append((message.offset(), origin, digest(message, origin is None)))
    consumer.close()
    return found


def compare(source, copies, alias, topic, kills):
    """Whether every record is there, in order, and repeated only by stepping back; and a line that says so."""
    total = repeated = steps = 0
    for partition, originals in source.items():
        wanted = {offset: (place, content) for place, (offset, _, content) in enumerate(originals)}
        expected, back, seen = 0, 0, 0
        for _, origin, content in copies[partition]:
            head, offset = (origin or b"?/0").decode().rsplit("/", 1)
            place, original = wanted.get(int(offset), (None, None))
            if head != f"{alias}/{topic}/{partition}" or place is None:
                return False, f"{topic}/{partition}: a copy of {origin}, which is no record of the source"
            if content != original:
                return False, f"{topic}/{partition}@{offset}: the copy differs"
            if place > expected:
                return False, f"{topic}/{partition}@{offset}: {place - expected} records before it are missing"
            if place < expected:
                back, repeated = back + 1, repeated + expected - place
            expected, seen = place + 1, max(seen, place + 1)
        if seen != len(originals) or back > kills:
            return False, f"{topic}/{partition}: {seen} of {len(originals)} records, {back} steps back"
        total, steps = total + seen, steps + back
    return True, f"{topic}: {total} records, each there, in order, byte for byte; {repeated} repeated in {steps} steps back"


def metrics(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
    except OSError:
        return ""


def values(page, name):
    return [float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name + "{")]


def in_folder(prefix, run):
    """Exits with what a run returns; kills the processes that it has put into its list, and removes its folder."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    started = []
    try:
        sys.exit(run(folder, started))
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--records", type=int, default=100_000, help="on each side")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--literal", action="store_true", help="the sample's own addresses, to the letter; /etc/hosts must lead "
                        "A_host1 to A_host3 to 127.0.0.2 and B_host1 to B_host3 to 127.0.0.3")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    in_folder("tern-crossing-", lambda folder, started: run(options, folder, started))


def run(options, folder, started):
    print(f"independent client: librdkafka {libversion()[0]}")
    brokers = []
    for name in "AB":
        brokers.append(Broker(folder, name, Path(options.kafka), options.literal))
        started.append(brokers[-1].process)
    for broker in brokers:
        admin = AdminClient({"bootstrap.servers": broker.address})
        topics = [NewTopic(name, partitions, 1, config={"retention.ms": "-1", **settings}) for name, partitions, _, settings, _ in TOPICS]
        for future in admin.create_topics(topics).values():
            future.result(30)
    port = 9470
    addresses = [", ".join(f"{alias}_host{n}:9092" for n in (1, 2, 3)) if options.literal else broker.address for alias, broker in zip("AB", brokers)]
    (folder / "mm2.properties").write_text(SAMPLE.format(a=addresses[0], b=addresses[1]))

    def tern():
        process = subprocess.Popen([options.tern, "run", folder / "mm2.properties"], stdout=open(folder / "tern.log", "ab"), stderr=subprocess.STDOUT)
        started.append(process)
        return process

    pause, writers = threading.Event(), []
    for side, broker in enumerate(brokers):
        for index, (name, partitions, share, _, settings) in enumerate(TOPICS):
            arguments = (broker.address, name, partitions, int(options.records * share), settings, side * 100 + index, pause)
            writers.append(threading.Thread(target=write, args=arguments))
    for writer in writers:
        writer.start()
    process = tern()
    for kill in range(1, options.kills + 1):
        wanted = options.records * 0.1
        while sum(values(metrics(port), "tern_replicated_records_total")) < wanted:
            time.sleep(0.05)
        done = sum(values(metrics(port), "tern_replicated_records_total"))
        process.send_signal(signal.SIGKILL)
        process.wait()
        print(f"kill -9 after {done:.0f} records")
        pause.set()
        began, process = time.time(), tern()
        while sum(values(metrics(port), "tern_replicated_records_total")) == 0:
            time.sleep(0.01)
        print(f"mirroring again {time.time() - began:.2f} s after the start")
    for writer in writers:
        writer.join()
    print("written")
    partitions = 2 * sum(partitions for _, partitions, *_ in TOPICS)
    while True:
        page = metrics(port)
        lags = values(page, "tern_lag_records")
        if len(lags) == partitions and not any(lags):
            break
        time.sleep(0.2)
    print(f"tern_lag_records: {len(lags)} partitions, all 0")
    status = 0
    if shutil.which("promtool"):
        checked = subprocess.run(["promtool", "check", "metrics"], input=page, text=True, capture_output=True)
        print(f"promtool check metrics: exit {checked.returncode} {checked.stdout}{checked.stderr}".strip())
        status |= checked.returncode
    process.terminate()
    print(f"SIGTERM: exit {process.wait(60)}")
    for (alias, source), target in zip(zip("AB", brokers), reversed(brokers)):
        for name, count, *_ in TOPICS:
            copies = read(target.address, f"{alias}.{name}", count)
            good, line = compare(read(source.address, name, count), copies, alias, name, options.kills)
            print(f"{alias}: {line}" if good else f"{alias}: FAILED: {line}")
            status |= not good
    return status


if __name__ == "__main__":
    main()
