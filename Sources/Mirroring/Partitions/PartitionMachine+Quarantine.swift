// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
public import KafkaTypes

/// Setting records aside that the target refuses for good (`errors.tolerance=all`): an envelope goes to the quarantine topic in the
/// record's place, and the prefix moves over the record when the envelope is acknowledged, not before.
///
/// The lane keeps a copy of what goes singly until the next record does, and the envelope goes singly as well: the partition is
/// `probing` all the time, and nothing is read again for it.
extension PartitionMachine {
    public struct Quarantine: Sendable, Equatable {
        public let offset: Int64
        /// The target's word, or `_BAD_MSG` for a record that cannot be read whole.
        public let code: KafkaErrorCode
        /// Whether the envelope has the record in it. It has not where the record cannot be read whole, or is too large for the
        /// quarantine topic as well.
        public internal(set) var holdsRecord: Bool
        var isSent = false
    }

    /// The single record in flight is an envelope.
    public var isEnvelopeInFlight: Bool { isSingleInFlight && quarantine?.isSent == true }

    /// An envelope waits to be sent.
    public var isEnvelopeDue: Bool {
        guard case .probing(let probe) = state, let quarantine else { return false }
        return !quarantine.isSent && !isSingleInFlight && !isProofDue && probe.retryAt == nil
    }

    /// What is sent singly at this offset is the envelope, or else there is none.
    mutating func noteEnvelope(submitted offset: Int64) {
        guard quarantine?.offset == offset else { return quarantine = nil }
        quarantine?.isSent = true
    }

    /// Who begins again later asks the target first, which may take the record by then.
    mutating func forgetQuarantine(unlessProbing next: State) {
        if case .probing = next { return }
        // The report of an envelope in flight must still be known for what it is.
        if !isEnvelopeInFlight { quarantine = nil }
    }

    /// The target has refused the record by itself.
    mutating func quarantine(_ offset: Int64, for failure: Failure) {
        var code = KafkaErrorCode._badMsg
        if case .refused(let told) = failure { code = told }
        quarantine = Quarantine(offset: offset, code: code, holdsRecord: failure != .unreadable)
        note(suspect: offset)
    }

    /// The lane has no copy of the record: it is read again, and asked about again.
    public mutating func envelopeNotKept(_ actions: inout [Action]) {
        guard isEnvelopeDue else { return }
        quarantine = nil
        probe(&actions)
    }

    /// The envelope is acknowledged.
    mutating func setAside(_ envelope: Quarantine, _ actions: inout [Action]) {
        quarantine = nil
        hasJustQuarantined = true
        actions.append(.reportQuarantined(envelope))
    }

    /// The envelope was not taken.
    mutating func judge(
        _ envelope: Quarantine, _ failure: Failure, _ moment: Moment, _ actions: inout [Action]
    ) {
        switch failure {
        case .refused(.msgSizeTooLarge) where envelope.holdsRecord,
            .refused(.recordListTooLarge) where envelope.holdsRecord:
            quarantine?.holdsRecord = false
        case .refused(let code): stopUnquarantined(envelope, code, moment, &actions)
        case .unreadable: stopUnquarantined(envelope, ._badMsg, moment, &actions)
        case .missing: sendAgainLater(.unknownTopicOrPart, envelope.offset, moment, &actions)
        case .other(let code): sendAgainLater(code, envelope.offset, moment, &actions)
        }
    }

    mutating func stopUnquarantined(
        _ envelope: Quarantine, _ code: KafkaErrorCode, _ moment: Moment, _ actions: inout [Action]
    ) {
        let stop = PartitionStop.unquarantined(
            names, envelope, code, since: hindrance?.since ?? moment.wallClock, retryInterval: retries.longest)
        note(suspect: envelope.offset)
        stand(stop, trying: .sendSingly, at: moment, &actions)
    }
}

extension PartitionMachine.Failure {
    /// The record itself is refused, and will be whenever it is sent as long as the target's settings stay: not for a missing right,
    /// which is about the topic, and not for a checksum, which the way there may have broken.
    var isForGood: Bool {
        switch self {
        case .unreadable: true
        case .refused(let code):
            switch code {
            case .msgSizeTooLarge, .recordListTooLarge, .invalidTimestamp, .invalidRecord, .policyViolation,
                .unsupportedForMessageFormat:
                true
            default: false
            }
        case .missing, .other: false
        }
    }
}

extension PartitionStop {
    /// Neither the target nor the quarantine topic takes the record.
    static func unquarantined(
        _ names: PartitionNames, _ envelope: PartitionMachine.Quarantine, _ code: KafkaErrorCode, since: Int64,
        retryInterval: Duration
    ) -> PartitionStop {
        let topic = FlowConfiguration.quarantineTopic(of: names.sourceCluster)
        let cure =
            switch code {
            case .topicAuthorizationFailed: "grant Write on \(topic) to Tern's user"
            case .unknownTopicOrPart:
                "create it with one partition and cleanup.policy=compact, or restart Tern, which does"
            default: "see to its settings"
            }
        return PartitionStop(
            state: .refused, code: code.name, offset: envelope.offset, limit: nil, since: since,
            text:
                "\(names.target) on \(names.targetCluster) refuses the record at offset \(envelope.offset) of \(names.source) "
                + "(\(envelope.code.name)), and \(topic) there does not take it either (\(code.name)): \(cure); it is tried again "
                + "at least every \(retryInterval.components.seconds) s")
    }
}
