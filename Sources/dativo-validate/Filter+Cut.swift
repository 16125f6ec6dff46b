/// What becomes of the records of a stream beyond those that may pass.
struct Cut {
  /// How many records of each stream pass.
  let limit: Int
  /// The streams of which some did not, in the order in which that was met.
  fileprivate(set) var streams: [String] = []
  /// The records that had passed when the last STATE did.
  fileprivate(set) var covered = 0

  init(limit: Int) { self.limit = limit }

  /// Whether a record was left out, so that no STATE behind it may pass: it would cover that record.
  var hasCut: Bool { !streams.isEmpty }
}

extension Filter {
  /// Whether a record of `stream` is one too many.
  mutating func leavesOut(_ stream: StreamCheck) -> Bool {
    guard let limit = cut?.limit, stream.passed >= limit else { return false }
    guard !stream.isCut else { return true }
    stream.isCut = true
    cut?.streams.append(stream.name)
    return true
  }

  /// Whether a STATE may go on; notes it if so.
  mutating func passesState() -> Bool {
    if settings.keepsState { return false }
    guard cut?.hasCut != true else { return false }
    let passed = passed
    cut?.covered = passed
    return true
  }

  /// Whether every stream that has begun has had as many records as may pass.
  var isFull: Bool {
    guard let cut else { return false }
    return !cut.streams.isEmpty
      && streams.allSatisfy { $0.isCut || isUnwanted($0.name) }
  }

  /// All records that have passed.
  var passed: Int { streams.reduce(0) { $0 + $1.passed } }
}
