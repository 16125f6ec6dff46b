import Commits
import Foundation
import JSON
import Storage
import Testing

/// A model of two writers of one pipeline, under every order of their steps that could matter.
@Suite struct TwoWritersTests {
  /// How one writer ended.
  private final class Outcome: @unchecked Sendable {
    var error: CommitError?
    var told: [Int] = []
  }

  private let workload = Workload()

  @Test func whoeverLosesItsTurnIsFencedAndNothingIsLost() throws {
    var schedules = Schedules()
    let objects = Mutable(SharedObjects())
    let outcomes = Mutable<[Outcome]>([])
    try schedules.explore(2) { turnstile in
      objects.value = Self.started()
      outcomes.value = [Outcome(), Outcome()]
      return (0..<2).map { writer in
        let store = SharedStore(objects.value, writer: writer, turnstile)
        let outcome = outcomes.value[writer]
        let workload = Workload(run: "run \(writer)")
        return { @Sendable in
          do throws(CommitError) {
            try workload.load(store, to: 6) { outcome.told.append($0) }
          } catch {
            outcome.error = error
          }
        }
      }
    } finish: {
      let store = SharedStore(objects.value)
      for outcome in outcomes.value {
        if case .fenced? = outcome.error { continue }
        #expect(outcome.error == nil)
      }
      #expect(outcomes.value.contains { $0.error == nil }, "one of the two must get through")
      // What was told stands.
      let told = outcomes.value.flatMap(\.told).max() ?? 0
      let stands = Workload.row(try CommitLog.newest(store, "p")?.commit.state)
      #expect(stands >= told)
      // Opening finishes what is published: then the visible rows are those of the last STATE.
      _ = try CommitLog.open(store, pipeline: "p", run: "after", source: nil)
      try workload.verify(store, end: stands)
      try workload.load(store, to: 9)
      try workload.verify(store, end: 9)
    }
    #expect(schedules.count > 100)
  }

  /// A log whose last commit is published and has none of its files in place.
  private static func started() -> SharedObjects {
    let objects = SharedObjects()
    let store = SharedStore(objects)
    try? Workload(run: "first").load(store, to: 4)
    objects.with { objects in
      for name in objects.keys where name.hasSuffix(".parquet") {
        let path = name.split(separator: "/").joined(separator: ".")
        objects["_dativo/p/staging/1/\(path).staged"] = objects.removeValue(forKey: name)
      }
    }
    return objects
  }
}

/// A value that closures share.
private final class Mutable<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}
