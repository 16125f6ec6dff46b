import JSON
import Supervisor
import Testing
import Wire

@Suite struct PlanTests {
  private func job(_ config: JSONObject = ["path": "a.csv"]) -> Job {
    Job(
      file: "/p/job.yaml",
      folder: "/p",
      tenant: "acme",
      name: "orders",
      source: Job.Connector(program: .plugin("csv"), config: config),
      target: Job.Connector(program: .plugin("parquet"), config: ["destination": "out"])
    )
  }

  private func parts(
    tap: Set<String> = ["catalog", "state"],
    target: Set<String> = ["committed-state"],
    catalog: Catalog? = Catalog(streams: [])
  ) -> Plan.Parts {
    Plan.Parts(
      tap: Connector(name: "tap-csv", executable: "/bin/tap", capabilities: tap),
      target: Connector(name: "target-parquet", executable: "/bin/target", capabilities: target),
      validate: "/bin/validate",
      catalog: catalog,
      home: "/h"
    )
  }

  private func plan(_ job: Job, _ parts: Plan.Parts, state: JSONValue? = nil) -> Plan {
    Plan(job, parts, run: "R", folder: "/h/run", state: state)
  }

  @Test func stagesGetWhatTheyCanDo() {
    let plan = plan(job(), parts(), state: ["a": 1])
    #expect(
      plan.stages.map(\.arguments) == [
        [
          "--config", "/h/run/tap.config.json", "--catalog", "/h/run/tap.catalog.json", "--state",
          "/h/run/tap.state.json",
        ],
        [
          "--config", "/h/run/validate.config.json", "--mode", "strict", "--report",
          "/h/run/report.json",
        ],
        ["--config", "/h/run/target.config.json"],
      ]
    )
    #expect(plan.stages.map(\.awaitsVerdict) == [false, false, true])
    #expect(plan.delivery == .exactlyOnce)
  }

  @Test func anOldTapGetsProperties() {
    let plan = plan(job(), parts(tap: ["properties"]), state: ["a": 1])
    #expect(plan.stages[0].arguments.contains("--properties"))
    #expect(!plan.stages[0].arguments.contains("--state"))
    #expect(plan.state == nil)
  }

  @Test func aForeignTargetGetsItsOwnConfigurationOnly() {
    let plan = plan(job(), parts(target: []))
    let config = plan.files.first { $0.path.hasSuffix("target.config.json") }?.content
    #expect(config == ["destination": "out"])
    #expect(plan.delivery == .atLeastOnce)
  }

  @Test func aTargetOfOursLearnsForWhomItWrites() {
    let plan = plan(job(), parts())
    let config = plan.files.first { $0.path.hasSuffix("target.config.json") }?.content
    #expect(config?["pipeline"] == "acme.orders")
    #expect(config?["run_id"] == "R")
    #expect(config?["source"] == .string(plan.source))
  }

  @Test func secretsAreNotShown() {
    let plan = plan(
      job(["password": "hunter2", "url": "https://me:hunter3@host/x", "api": ["token": "hunter4"]]),
      parts()
    )
    #expect(!plan.text.contains("hunter"))
    #expect(!plan.json.encoded().contains("hunter"))
    #expect(plan.text.contains("https://********@host/x"))
  }

  @Test func theFingerprintFollowsTheDataNotTheWay() {
    func source(_ config: JSONObject) -> String { plan(job(config), parts()).source }
    let base = source(["host": "a", "password": "x", "page_size": 1])
    #expect(source(["page_size": 2, "password": "y", "host": "a"]) == base)
    #expect(source(["host": "b", "password": "x"]) != base)
    #expect(source(["files": [["path": "a.csv"]]]) != source(["files": [["path": "b.csv"]]]))
    #expect(source(["url": "https://u:p@h/"]) == source(["url": "https://u:q@h/"]))
  }
}
