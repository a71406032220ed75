// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension MirrorWeb {
    func lag(_ request: Request) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try LagQuery(request.query, flows: status.flowNames)
            return .report(LagReport(status, query: query, now: now()), to: request)
        } catch {
            return error.response(to: request)
        }
    }

    func traffic(_ request: Request) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try QueryReader(request.query, of: .traffic, flows: status.flowNames)
            return .report(TrafficReport(status, flow: query["flow"], now: now()), to: request)
        } catch {
            return error.response(to: request)
        }
    }

    func overview(_ request: Request) -> Response {
        .report(report(of: status()), to: request)
    }

    /// This daemon and its peers as one.
    func fleet(_ request: Request) -> Response {
        let moment = DateTime(milliseconds: now())
        let own = FleetMember(url: nil, report: report(of: status()), answeredAt: moment, answerAge: 0)
        return .report(FleetReport(joining: [own] + peers(), at: moment), to: request)
    }
}
