#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants faults by hand on the copy of a million records, and compares what `tern verify` names with what was planted.

    Tests/Acceptance/verify.py --tern .build/release/tern --records 1000000 --faults 100

Two brokers are started from KAFKA_HOME, records of mixed shapes are written to one, and an independent client (Python's
confluent-kafka) writes their copy to the other, with the headers that Tern adds: once faithfully, once with faults of every kind. Then
`tern verify` must call the first the same, and of the second name each fault and none more; `tern repair` must append what is
missing, and a second verify find everything but that. One range's digest is computed again here, by Python alone. Prints
time, CPU time and peak memory of each command; ends with 1 if anything is amiss.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka. By hand, not part of `make test`.
"""
import argparse, itertools, json, os, random, resource, subprocess, threading, time
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, NewTopic

from crossing import Broker, in_folder, shapes

TOPIC, PARTITIONS = "proven", 8
MASK = 2**64 - 1
P1, P2, P3, P4, P5 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def rotate(value, bits):
    return (value << bits | value >> (64 - bits)) & MASK


def lane(value, word):
    return rotate((value + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data, seed):
    """XXH64 as published, without any code of Tern's."""
    place, size = 0, len(data)
    if size >= 32:
        lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
        while place <= size - 32:
            lanes = [lane(value, int.from_bytes(data[place + 8 * n:place + 8 * n + 8], "little")) for n, value in enumerate(lanes)]
            place += 32
        hash = sum(rotate(value, bits) for value, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for value in lanes:
            hash = ((hash ^ lane(0, value)) * P1 + P4) & MASK
    else:
        hash = (seed + P5) & MASK
    hash = (hash + size) & MASK
    while place <= size - 8:
        hash = (rotate(hash ^ lane(0, int.from_bytes(data[place:place + 8], "little")), 27) * P1 + P4) & MASK
        place += 8
    if place <= size - 4:
        hash = (rotate(hash ^ int.from_bytes(data[place:place + 4], "little") * P1 & MASK, 23) * P2 + P3) & MASK
        place += 4
    for byte in data[place:]:
        hash = rotate(hash ^ byte * P5 & MASK, 11) * P1 & MASK
    hash = (hash ^ hash >> 33) * P2 & MASK
    hash = (hash ^ hash >> 29) * P3 & MASK
    return hash ^ hash >> 32


def combined(key, value, headers, timestamp):
    """What docs/verify.md calls the print of a record."""
    hash = 0
    for name, content in headers:
        hash = xxh64(name.encode(), hash)
        hash = hash ^ MASK if content is None else xxh64(content, hash)
    words = [0 if key is None else xxh64(key, 1), 0 if value is None else xxh64(value, 2), hash, timestamp]
    return xxh64(b"".join(word.to_bytes(8, "little") for word in words), 0)


def records(options):
    if options.size:
        noise = random.Random(options.seed)
        blob = noise.randbytes(1_000_000)
        return ((b"k%09d" % n, blob[(at := noise.randrange(900_000)):at + options.size], [], 1_760_000_000_000 + n) for n in itertools.count())
    # The largest would be most of the bytes.
    return (record for record in shapes(options.seed) if record[1] is None or len(record[1]) < 30_000)


def plan(options):
    """Which fault each chosen record has: {number of the record: kind}."""
    noise = random.Random(options.seed + 1)
    # Far enough from each other, and from both ends of their partitions, that each has one name.
    slots = range(50 * PARTITIONS, options.records - 50 * PARTITIONS, 40 * PARTITIONS)
    chosen = sorted(noise.sample(slots, options.faults))
    kinds = ["missing", "repeated", "out-of-order", "altered key", "altered value", "altered headers", "altered timestamp", "wrong-partition", "foreign"]
    return {number + noise.randrange(PARTITIONS): kinds[place % len(kinds)] for place, number in enumerate(chosen)}


class Writer:
    def __init__(self, address):
        self.failed = []
        self.producer = Producer({"bootstrap.servers": address, "linger.ms": 50, "enable.idempotence": True, "compression.type": "lz4"})

    def write(self, topic, partition, key, value, headers, timestamp):
        while True:
            try:
                self.producer.produce(topic, value, key, partition, headers=headers, timestamp=timestamp,
                                      on_delivery=lambda error, _: self.failed.append(error) if error else None)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def close(self):
        self.producer.flush()
        if self.failed:
            raise SystemExit(f"writing: {self.failed[0]}")


def write_original(address, options):
    writer = Writer(address)
    for number, (key, value, headers, timestamp) in enumerate(itertools.islice(records(options), options.records)):
        writer.write(TOPIC, number % PARTITIONS, key, value, headers, timestamp)
    writer.close()


def write_copy(address, topic, cluster, options, faults):
    """Returns what must be named: (kind, partition, offset), of foreign records the offset on the copy."""
    writer, wanted, late, ends = Writer(address), set(), {}, [0] * PARTITIONS

    def append(partition, key, value, headers, timestamp):
        writer.write(topic, partition, key, value, headers, timestamp)
        ends[partition] += 1

    for number, (key, value, headers, timestamp) in enumerate(itertools.islice(records(options), options.records)):
        partition, offset = number % PARTITIONS, number // PARTITIONS
        labels = [("tern.origin", b"A/%s/%d/%d" % (TOPIC.encode(), partition, offset)), ("tern.path", cluster.encode())]
        record, fault = (key, value, headers + labels, timestamp), faults.get(number)
        if fault and fault != "foreign":
            wanted.add((fault, partition, offset))
        if fault == "repeated":
            append(partition, *record)
            late[number + 3 * PARTITIONS] = record
        elif fault == "out-of-order":
            late[number + 4 * PARTITIONS] = record
        elif fault == "wrong-partition":
            append((partition + 1) % PARTITIONS, *record)
        elif fault == "foreign":
            wanted.add((fault, partition, ends[partition]))
            append(partition, b"foreign", b"%d" % number, [], 1_600_000_000_000)
            append(partition, *record)
        elif fault == "altered key":
            append(partition, (key or b"") + b"!", value, headers + labels, timestamp)
        elif fault == "altered value":
            append(partition, key, (value or b"") + b"!", headers + labels, timestamp)
        elif fault == "altered headers":
            append(partition, key, value, [("more", b"")] + headers + labels, timestamp)
        elif fault == "altered timestamp":
            append(partition, key, value, headers + labels, timestamp + 1)
        elif fault != "missing":
            append(partition, *record)
        if number in late:
            append(partition, *late.pop(number))
    writer.close()
    return wanted


def named(document):
    found = []
    for partition in document["data"]["partitions"]:
        for difference in partition["differences"]:
            side = difference["source"] or difference["target"]
            for offset in range(side["first"], side["last"] + 1):
                kinds = [f"{difference['kind']} {field}" for field in difference["fields"]] or [difference["kind"]]
                found += [(kind, partition["partition"], offset) for kind in kinds]
    return found


def digest_agrees(address, document):
    """Computes one range of the report again from the source alone."""
    data = document["data"]
    prime, multiplier = int(data["algorithms"]["prime"]), int(data["algorithms"]["multiplier"])
    partition = data["partitions"][3]
    wanted = min((r["source"] for r in partition["ranges"] if r["same"]), key=lambda r: r["count"])
    consumer = Consumer({"bootstrap.servers": address, "group.id": "third-party", "enable.auto.commit": False})
    consumer.assign([TopicPartition(TOPIC, partition["partition"], wanted["first"])])
    digest = count = 0
    while True:
        message = consumer.poll(10)
        if message is None or message.error():
            raise SystemExit(f"reading: {message and message.error()}")
        if message.offset() > wanted["last"]:
            break
        number = combined(message.key(), message.value(), message.headers() or [], message.timestamp()[1])
        digest, count = (digest * multiplier + number % prime) % prime, count + 1
        if message.offset() == wanted["last"]:
            break
    consumer.close()
    good = f"{digest:016x}" == wanted["digest"] and count == wanted["count"]
    print(f"digest of {count} records, computed by Python alone: {'the same' if good else 'FAILED: another one'}")
    return good


def watch(pid, peak):
    """The peak of a process's own memory: rusage counts that of this script, from before exec, too."""
    while True:
        try:
            text = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        line = next((line for line in text.splitlines() if line.startswith("VmHWM")), None)
        if line is None:
            return
        peak[0] = int(line.split()[1])
        time.sleep(0.01)


def tern(options, folder, *words):
    began, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([options.tern, *words, "--config", folder / "m.properties"], stdout=subprocess.PIPE, text=True)
    peak, watcher = [0], threading.Thread(target=lambda: watch(process.pid, peak))
    watcher.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    print(f"tern {' '.join(words[:1])}: exit {process.returncode}, {time.time() - began:.1f} s, CPU {usage.ru_utime + usage.ru_stime:.2f} s, "
          f"{peak[0] / 1024:.0f} MB at most")
    return process.returncode, json.loads(output)


def run(options, folder, started):
    print(f"independent client: librdkafka {libversion()[0]}")
    brokers = []
    for name in "AB":
        brokers.append(Broker(folder, name, Path(options.kafka), False))
        started.append(brokers[-1].process)
    admins = [AdminClient({"bootstrap.servers": broker.address}) for broker in brokers]

    def create(admin, topic):
        admin.create_topics([NewTopic(topic, PARTITIONS, 1, config={"retention.ms": "-1"})])[topic].result(30)

    create(admins[0], TOPIC)
    create(admins[1], f"A.{TOPIC}")
    (folder / "m.properties").write_text(
        f"clusters = A, B\nA.bootstrap.servers = {brokers[0].address}\nB.bootstrap.servers = {brokers[1].address}\n"
        f"A->B.enabled = true\nA->B.topics = {TOPIC}\n")
    cluster = admins[0].list_topics(timeout=30).cluster_id
    write_original(brokers[0].address, options)
    write_copy(brokers[1].address, f"A.{TOPIC}", cluster, options, {})
    print(f"written: {options.records} records and their copies")
    status, document = tern(options, folder, "verify", "-o", "json")
    good = status == 0 and document["data"]["same"] and digest_agrees(brokers[0].address, document)
    if options.bare:
        bare(options, brokers)
    admins[1].delete_topics([f"A.{TOPIC}"])[f"A.{TOPIC}"].result(30)
    time.sleep(3)
    create(admins[1], f"A.{TOPIC}")
    wanted = write_copy(brokers[1].address, f"A.{TOPIC}", cluster, options, plan(options))
    report = str(folder / "report.json")
    status, document = tern(options, folder, "verify", "-o", "json", "--report", report)
    found = named(document)
    more, fewer = sorted(set(found) - wanted), sorted(wanted - set(found))
    good = good and status == 3 and not more and not fewer and len(found) == options.faults
    print(f"planted {len(wanted)}, named {len(found)}, more {more}, fewer {fewer}")
    missing = sum(kind == "missing" for kind, *_ in wanted)
    status, document = tern(options, folder, "repair", "--plan", report, "--yes", "-o", "json")
    good = good and status == 0 and document["data"]["written"] == missing
    status, document = tern(options, folder, "verify", "-o", "json")
    rest = set(named(document))
    repaired = sum(partition["counts"]["repaired"] for partition in document["data"]["partitions"])
    print(f"after the repair: {len(rest)} differences, {repaired} repaired")
    good = good and rest == {fault for fault in wanted if fault[0] != "missing"} and repaired == missing
    print("good" if good else "FAILED")
    return 0 if good else 1


def bare(options, brokers):
    """The same reading by the bare program, one process for each side."""
    total = 0.0
    for broker, topic in zip(brokers, (TOPIC, f"A.{TOPIC}")):
        process = subprocess.Popen([options.bare, broker.address, topic, str(PARTITIONS)])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        total += usage.ru_utime + usage.ru_stime
    print(f"two bare consumers: CPU {total:.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--size", type=int, help="bytes of each value; mixed shapes when not given")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--bare", help="a program that reads ADDRESS TOPIC PARTITIONS to the end, to compare CPU time with")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    in_folder("tern-verify-", lambda folder, started: run(options, folder, started))


if __name__ == "__main__":
    main()
