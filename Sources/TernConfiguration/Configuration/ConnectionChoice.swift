// SPDX-License-Identifier: Apache-2.0

/// `source.connections`, `target.connections`: by how many connections a lane reads and writes.
public struct ConnectionChoice: Sendable, Equatable {
    /// As the measured distance asks for, or a number that a person chose.
    public enum Count: Sendable, Equatable, RawRepresentable, CaseIterable {
        case auto
        case exactly(Int)

        public static let allCases: [Count] = [.auto] + (1...8).map(Count.exactly)

        public init?(rawValue: String) {
            guard let count = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
            self = count
        }

        public var rawValue: String {
            switch self {
            case .auto: "auto"
            case .exactly(let number): "\(number)"
            }
        }

        /// `nil`: as the distance asks for.
        public var number: Int? {
            if case .exactly(let number) = self { number } else { nil }
        }
    }

    public var source: Count
    public var target: Count

    public init(source: Count = .auto, target: Count = .auto) {
        self.source = source
        self.target = target
    }
}
