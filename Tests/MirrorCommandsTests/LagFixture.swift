// SPDX-License-Identifier: Apache-2.0

/// `/api/v1/lag` of a daemon with two flows: one behind, with every kind of trouble, and one that starts.
let lagFixture = """
    {"kind":"LagReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":1.2,"flows":[
    {"source":"eu","target":"us","state":"degraded","lag_records":null,"lag_seconds":41.2,"caught_up":false,"lanes":2,
    "lanes_owned":2,"topics_not_mirrored":0,    "eta_seconds":95,"records_per_second":52000.4,"bytes_per_second":48200000,"topics":[
    {"topic":"orders","target_topic":"eu.orders","lag_records":18000,"lag_seconds":41.2,"retention_headroom_seconds":601200,
    "partitions":[{"partition":3,"start_offset":0,"end_offset":99120334,"last_stable_offset":99120334,
    "replicated_offset":99102334,"target_end_offset":99102340,"lag_records":18000,"lag_seconds":41.2,
    "lag_held_records":0,"status":"FALLING_BEHIND","stopped":null},
    {"partition":4,"start_offset":0,"end_offset":42,"last_stable_offset":41,"replicated_offset":41,
    "target_end_offset":41,"lag_records":0,"lag_seconds":0,"lag_held_records":1,"status":"OK","stopped":null}]},
    {"topic":"payments","target_topic":"eu.payments","lag_records":234,"lag_seconds":0.3,"retention_headroom_seconds":2505600,
    "partitions":[{"partition":0,"start_offset":12,"end_offset":4410020,"last_stable_offset":4410020,
    "replicated_offset":4409786,"target_end_offset":4409786,"lag_records":234,"lag_seconds":0.3,
    "lag_held_records":0,"status":"CATCHING_UP","stopped":null}]},
    {"topic":"audit","target_topic":"eu.audit","lag_records":null,"lag_seconds":null,"retention_headroom_seconds":null,
    "partitions":[{"partition":1,"start_offset":0,"end_offset":120,"last_stable_offset":120,"replicated_offset":41,
    "target_end_offset":41,"lag_records":79,"lag_seconds":3600,"lag_held_records":0,"status":"REFUSED",
    "stopped":{"code":"MSG_SIZE_TOO_LARGE","offset":41,"limit":1048588,"since":"2026-11-20T17:24:47.806Z",
    "text":"raise max.message.bytes of eu.audit on us"}},
    {"partition":2,"start_offset":null,"end_offset":null,"last_stable_offset":null,"replicated_offset":null,
    "target_end_offset":null,"lag_records":null,"lag_seconds":null,"lag_held_records":null,"status":"UNKNOWN",
    "stopped":null}]}]},
    {"source":"us","target":"eu","state":"starting","lag_records":0,"lag_seconds":0,"caught_up":true,"lanes":1,
    "lanes_owned":1,"topics_not_mirrored":0,"eta_seconds":0,    "records_per_second":0,"bytes_per_second":0,"topics":[
    {"topic":"clicks","target_topic":"us.clicks","lag_records":0,"lag_seconds":0,"retention_headroom_seconds":null,
    "partitions":[{"partition":0,"start_offset":0,"end_offset":0,"last_stable_offset":0,"replicated_offset":0,
    "target_end_offset":0,"lag_records":0,"lag_seconds":0,"lag_held_records":0,"status":"EMPTY","stopped":null,
    "a_member_of_a_later_version":[1]}]}]}]}
    """
