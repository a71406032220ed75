// SPDX-License-Identifier: Apache-2.0

/// What a flow's bytes between regions cost, and where they are counted: `link.price.*`.
public struct LinkConfiguration: Sendable, Equatable {
    /// The side of the flow whose bytes on the network cross between regions.
    public enum Side: String, Sendable, CaseIterable {
        /// The far one, by the measured round trips.
        case auto
        case source, target
    }

    /// What 10⁹ bytes cost, in whatever currency the author of the file counts in; `nil` where nobody has said.
    public var pricePerGigabyte: Double?
    public var side = Side.auto

    public init(pricePerGigabyte: Double? = nil, side: Side = .auto) {
        self.pricePerGigabyte = pricePerGigabyte
        self.side = side
    }
}
