package import JSON

/// What the stages of a job, and all that they start, may use together; nil for no limit.
package struct Resources: Hashable, Sendable {
  package static let keys = ["memory", "processes"]

  /// Bytes of memory: the resident sets of all processes.
  package var memory: Int?
  package var processes: Int?

  package init(memory: Int? = nil, processes: Int? = nil) {
    self.memory = memory
    self.processes = processes
  }

  package var isLimited: Bool { memory != nil || processes != nil }

  /// What a part cannot do without: a tap, the middle stage and a target.
  package static let least = Resources(memory: 64 << 20, processes: 3)

  /// How many of `wanted` parts the budget bears side by side, at least one, and what each gets.
  package func divided(among wanted: Int) -> (parts: Int, each: Resources) {
    func bears(_ budget: Int?, _ least: Int?) -> Int {
      guard let budget, let least else { return wanted }
      return budget / least
    }
    let most = min(bears(memory, Self.least.memory), bears(processes, Self.least.processes))
    let parts = max(min(wanted, most), 1)
    let each = Resources(memory: memory.map { $0 / parts }, processes: processes.map { $0 / parts })
    return (parts, each)
  }

  /// As `dativo run` takes it for a part.
  var options: [String] {
    let sizes = [("--memory", memory), ("--processes", processes)]
    return sizes.flatMap { option, size in size.map { [option, "\($0)"] } ?? [] }
  }

  /// What a stage has used when the budget was spent.
  package struct Excess: Hashable, Sendable {
    /// The stage that used the most.
    package var stage: Int
    /// In words: what it used, what all used, and the limit.
    package var message: String
  }

  /// What is too much; `used` is by stage.
  package func excess(_ used: [Resources], names: [String]) -> Excess? {
    check(memory, used.map { $0.memory ?? 0 }, names, "memory", "resources.memory") {
      Self.size($0)
    }
      ?? check(processes, used.map { $0.processes ?? 0 }, names, "", "resources.processes") {
        "\($0) processes"
      }
  }

  private func check(
    _ limit: Int?,
    _ used: [Int],
    _ names: [String],
    _ what: String,
    _ key: String,
    _ text: (Int) -> String
  ) -> Excess? {
    let total = used.reduce(0, +)
    guard let limit, total > limit, let most = used.max(), let stage = used.firstIndex(of: most)
    else { return nil }
    let of = what.isEmpty ? "" : " of \(what)"
    return Excess(
      stage: stage,
      message: "\(names[stage]) used \(text(most))\(of), all stages together \(text(total)); "
        + "the job may use \(text(limit)) (\"\(key)\")"
    )
  }

  /// `512 MiB`.
  package static func size(_ bytes: Int) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20
    return tenths % 10 == 0 ? "\(tenths / 10) MiB" : "\(tenths / 10).\(tenths % 10) MiB"
  }

  package var json: JSONValue {
    var object = JSONObject()
    object["memory"] = memory.map { .number(JSONNumber($0)) }
    object["processes"] = processes.map { .number(JSONNumber($0)) }
    return .object(object)
  }
}
