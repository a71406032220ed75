// SPDX-License-Identifier: Apache-2.0

/// The group: who is heard of, who is not, and who is given which lanes.
extension FleetWorld {
    /// After so many milliseconds the coordinator gives up a member, and a member the coordinator.
    static let sessionTimeout = 6_000

    mutating func serveGroup() {
        hearMembers()
        if group.isRebalancing { askAndShare() } else { noticeGrowth() }
        for place in group.members.indices where !group.isRebalancing {
            let member = group.members[place]
            guard let lanes = member.pending, isHeard(member), !random.isOne(in: 3) else { continue }
            group.members[place].pending = nil
            group.members[place].given = lanes
            daemons[member.daemon].inbox.append(.assigned(lanes))
        }
        for index in daemons.indices where daemons[index].isInGroup { noticeLoss(index) }
    }

    private func isHeard(_ member: GroupModel.Member) -> Bool {
        let daemon = daemons[member.daemon]
        return daemon.process == member.process && daemon.isInGroup && isReachable(member.daemon)
    }

    private mutating func hearMembers() {
        for member in group.members {
            guard let place = group.position(ofInstance: member.instance, member.process) else { continue }
            if isHeard(member) {
                group.members[place].heardAt = now
                daemons[member.daemon].heardAt = now
            } else if now - member.heardAt > Self.sessionTimeout {
                expire(place)
            }
        }
    }

    private mutating func expire(_ place: Int) {
        let member = group.members.remove(at: place)
        trail?.note(now, "the group gives up daemon \(member.daemon), lanes \(member.lanes)")
        if daemons[member.daemon].process == member.process, daemons[member.daemon].isInGroup {
            daemons[member.daemon].isOusted = true
        }
        if group.isRebalancing { return }
        group.rebalance()
    }

    private mutating func askAndShare() {
        for place in group.members.indices {
            let member = group.members[place]
            guard !member.hasJoined, !member.wasAsked, isHeard(member), !random.isOne(in: 3) else { continue }
            group.members[place].wasAsked = true
            if member.given?.isEmpty ?? true {
                group.members[place].hasJoined = true
            } else {
                daemons[member.daemon].inbox.append(.revoked(isLost: false))
            }
        }
        guard !group.members.isEmpty, let count = lanesTopic, group.members.allSatisfy(\.hasJoined) else { return }
        // What the leader has not seen yet it does not share out: it looks again every few seconds.
        let isStale = has(.staleLeaders) && group.sharedCount > 0 && random.isOne(in: 2)
        group.share(isStale ? group.sharedCount : count)
        handovers.assignments += 1
        trail?.note(
            now, "shared out: " + group.members.map { "daemon \($0.daemon) \($0.lanes)" }.joined(separator: ", "))
    }

    private mutating func noticeGrowth() {
        guard let count = lanesTopic, count > group.sharedCount, group.members.contains(where: isHeard) else { return }
        if random.isOne(in: 20) { group.rebalance() }
    }

    /// A client that hears nothing gives its lanes up by itself; one that is heard again is told that it was given up.
    private mutating func noticeLoss(_ index: Int) {
        let daemon = daemons[index]
        let isDeaf = now - daemon.heardAt > Self.sessionTimeout
        let isFenced =
            isReachable(index) && group.position(ofInstance: daemon.instance, daemon.process) == nil
        guard isDeaf || isFenced, random.isOne(in: 4) else { return }
        daemons[index].isInGroup = false
        daemons[index].inbox.append(.revoked(isLost: true))
    }

    mutating func join(_ index: Int) {
        let instance = daemons[index].instance
        let process = daemons[index].process
        daemons[index].isInGroup = true
        daemons[index].heardAt = now
        daemons[index].isOusted = false
        if let place = group.members.firstIndex(where: { $0.instance == instance }) {
            // A static member that comes back has its lanes without anybody else being asked.
            group.members[place].process = process
            group.members[place].heardAt = now
            group.members[place].given = nil
            group.members[place].wasAsked = true
            group.members[place].hasJoined = true
            if !group.isRebalancing { group.members[place].pending = group.members[place].lanes }
            return
        }
        if !group.isRebalancing { group.rebalance() }
        var member = GroupModel.Member(instance: instance, daemon: index, process: process, heardAt: now)
        member.wasAsked = true
        member.hasJoined = true
        group.members.append(member)
        group.members.sort { $0.instance < $1.instance }
    }

    /// What the group asked for has drained.
    mutating func release(_ index: Int) {
        daemons[index].isReleasing = false
        guard let place = group.position(ofInstance: daemons[index].instance, daemons[index].process) else { return }
        group.members[place].given = nil
        group.members[place].hasJoined = true
    }
}
