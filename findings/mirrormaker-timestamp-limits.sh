#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# MirrorMaker of Kafka 4.3.1 (KAFKA_HOME), its own filter class with its own defaults.
#
# Since Kafka 4.0 a topic refuses records that are more than message.timestamp.after.max.ms (one hour) ahead. The default of
# MirrorMaker's config.properties.exclude names log.message.timestamp.after.max.ms and ...before.max.ms, so that these limits are not
# copied onto targets, which would then refuse what the source had taken. Those are the names of the brokers' settings, though. The
# topics' settings have no "log.", match nothing in the list, and are copied.
#
# Seen:
#   log.message.timestamp.after.max.ms (a broker's): left out
#   message.timestamp.after.max.ms (a topic's): copied
#   log.message.timestamp.before.max.ms (a broker's): left out
#   message.timestamp.before.max.ms (a topic's): copied
#
# For a mirror: leave out message.timestamp.after.max.ms and message.timestamp.before.max.ms. With MirrorMaker, add them to
# config.properties.exclude yourself.
set -euo pipefail
if [ ! -e "${KAFKA_HOME:-}/libs/connect-mirror-4.3.1.jar" ]; then
    echo "SKIPPED: KAFKA_HOME names no Kafka 4.3.1"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/expected" << 'TEXT'
log.message.timestamp.after.max.ms (a broker's): left out
message.timestamp.after.max.ms (a topic's): copied
log.message.timestamp.before.max.ms (a broker's): left out
message.timestamp.before.max.ms (a topic's): copied
TEXT
cat > "$folder/Probe.java" << 'JAVA'
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter;

public class Probe {
    public static void main(String[] arguments) {
        DefaultConfigPropertyFilter filter = new DefaultConfigPropertyFilter();
        filter.configure(Map.of());
        for (String edge : List.of("after", "before")) {
            String topics = "message.timestamp." + edge + ".max.ms";
            tell(filter, "log." + topics, "a broker's");
            tell(filter, topics, "a topic's");
        }
    }

    private static void tell(DefaultConfigPropertyFilter filter, String key, String whose) {
        String what = filter.shouldReplicateConfigProperty(key) ? "copied" : "left out";
        System.out.println(key + " (" + whose + "): " + what);
    }
}
JAVA
java -cp "$KAFKA_HOME/libs/*" "$folder/Probe.java" 2> "$folder/errors" | tee "$folder/seen" || { cat "$folder/errors" >&2 && exit 1; }
diff "$folder/expected" "$folder/seen" && echo "as described"
