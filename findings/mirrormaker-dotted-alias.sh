#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# MirrorMaker of Kafka 4.3.1 (KAFKA_HOME), its own default policy class.
#
# The alias of a cluster may be any text, and MirrorMaker accepts one with a dot without a word. The default policy puts alias, dot and
# name together, but takes a name apart at its first dot. So a copy of `orders` from `eu.west` reads as a copy of `west.orders` from a
# cluster `eu`: offsets are looked for under a name that does not exist, and with both directions on, the record that came from
# `eu.west` is not known as its own when it would go back there, and goes back.
#
# Seen:
#   west: west.orders came from west, where it is orders
#   eu-west: eu-west.orders came from eu-west, where it is orders
#   eu.west: eu.west.orders came from eu, where it is west.orders
#
# For a mirror: refuse an alias that holds the separator, or stop loops by what a record carries, not by what its topic is called.
set -euo pipefail
if [ ! -e "${KAFKA_HOME:-}/libs/connect-mirror-client-4.3.1.jar" ]; then
    echo "SKIPPED: KAFKA_HOME names no Kafka 4.3.1"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/expected" << 'TEXT'
west: west.orders came from west, where it is orders
eu-west: eu-west.orders came from eu-west, where it is orders
eu.west: eu.west.orders came from eu, where it is west.orders
TEXT
cat > "$folder/Probe.java" << 'JAVA'
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;

public class Probe {
    public static void main(String[] arguments) {
        DefaultReplicationPolicy policy = new DefaultReplicationPolicy();
        policy.configure(Map.of());
        for (String alias : List.of("west", "eu-west", "eu.west")) {
            String copy = policy.formatRemoteTopic(alias, "orders");
            System.out.println(alias + ": " + copy + " came from " + policy.topicSource(copy) + ", where it is "
                + policy.upstreamTopic(copy));
        }
    }
}
JAVA
java -cp "$KAFKA_HOME/libs/*" "$folder/Probe.java" 2> "$folder/errors" | tee "$folder/seen" || { cat "$folder/errors" >&2 && exit 1; }
diff "$folder/expected" "$folder/seen" && echo "as described"
