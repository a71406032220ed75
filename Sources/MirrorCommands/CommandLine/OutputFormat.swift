// SPDX-License-Identifier: Apache-2.0

/// What stdout gets. Tables are for people and may change; `json` and `tsv` are promises, pinned by golden files.
enum OutputFormat: String, Sendable, CaseIterable {
    case table, wide, json, yaml, tsv, name
}
