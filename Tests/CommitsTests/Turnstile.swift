import Foundation

/// Lets one of several threads pass at a time, the one that a schedule names.
///
/// Each thread stops before every step and says what the step is; once all that still run have
/// stopped, `Schedules` picks who goes on.
final class Turnstile: @unchecked Sendable {
  /// A step of a writer in the store that they share.
  struct Step: Hashable {
    let names: [String]
    let writes: Bool

    /// Whether the order of two steps cannot matter: neither writes what the other looks at.
    func isIndependent(of other: Step) -> Bool {
      guard writes || other.writes else { return true }
      return !names.contains { name in
        other.names.contains {
          $0 == name || $0.hasPrefix(name + "/") || name.hasPrefix($0 + "/")
        }
      }
    }
  }

  private let condition = NSCondition()
  private var waiting: [Int: Step] = [:]
  private var running: Set<Int>
  private var turn: Int?
  private var isOpen = false

  init(_ writers: Int) { running = Set(0..<writers) }

  /// Waits until it is `writer`'s turn for `step`.
  func pass(_ writer: Int, _ step: Step) {
    condition.lock()
    waiting[writer] = step
    condition.broadcast()
    while turn != writer, !isOpen { condition.wait() }
    if turn == writer { turn = nil }
    waiting[writer] = nil
    condition.unlock()
  }

  /// `writer` has come to its end.
  func leave(_ writer: Int) {
    condition.lock()
    running.remove(writer)
    condition.broadcast()
    condition.unlock()
  }

  /// The next steps of all writers that still run, once none of them is moving.
  func stopped() -> [Int: Step] {
    condition.lock()
    defer { condition.unlock() }
    while turn != nil || waiting.count < running.count { condition.wait() }
    return waiting
  }

  /// From now on nobody waits.
  func open() {
    condition.lock()
    isOpen = true
    condition.broadcast()
    condition.unlock()
  }

  func go(_ writer: Int) {
    condition.lock()
    turn = writer
    condition.broadcast()
    condition.unlock()
  }
}

/// All schedules of some writers that differ in more than the order of independent steps: a search
/// in depth that replays each prefix, with sleep sets (Godefroid) to leave out the equal ones.
struct Schedules {
  private struct Point {
    var steps: [Int: Turnstile.Step]
    var asleep: Set<Int>
    var chosen: Int
  }

  private var path: [Point] = []
  private(set) var count = 0

  /// Runs `writers` bodies under every schedule; `start` prepares one execution and returns its
  /// bodies, `finish` looks at the outcome.
  mutating func explore(
    _ writers: Int,
    start: (Turnstile) -> [@Sendable () -> Void],
    finish: () throws -> Void
  ) rethrows {
    repeat {
      let turnstile = Turnstile(writers)
      let bodies = start(turnstile)
      let ended = DispatchGroup()
      for (writer, body) in bodies.enumerated() {
        Thread.detachNewThread {
          body()
          turnstile.leave(writer)
          ended.leave()
        }
        ended.enter()
      }
      let isWhole = run(turnstile)
      ended.wait()
      if isWhole {
        count += 1
        try finish()
      }
    } while backtrack()
  }

  /// One execution along the path, then on by the first choices; false where it leads nowhere new.
  private mutating func run(_ turnstile: Turnstile) -> Bool {
    var depth = 0
    while true {
      let steps = turnstile.stopped()
      guard !steps.isEmpty else { return true }
      if depth == path.count {
        let asleep = asleepAfterLast(steps)
        guard let writer = steps.keys.sorted().first(where: { !asleep.contains($0) }) else {
          // All that could come next has been seen in another order.
          turnstile.open()
          return false
        }
        path.append(Point(steps: steps, asleep: asleep, chosen: writer))
      }
      turnstile.go(path[depth].chosen)
      depth += 1
    }
  }

  private func asleepAfterLast(_ steps: [Int: Turnstile.Step]) -> Set<Int> {
    guard let last = path.last, let step = last.steps[last.chosen] else { return [] }
    return last.asleep.filter { writer in
      writer != last.chosen && last.steps[writer].map { $0.isIndependent(of: step) } == true
        && steps[writer] != nil
    }
  }

  /// Turns to the next schedule; false when all have been seen.
  private mutating func backtrack() -> Bool {
    while var point = path.popLast() {
      point.asleep.insert(point.chosen)
      if let writer = point.steps.keys.sorted().first(where: { !point.asleep.contains($0) }) {
        point.chosen = writer
        path.append(point)
        return true
      }
    }
    return false
  }
}
