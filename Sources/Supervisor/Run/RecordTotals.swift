/// The records that the attempts of a run have read, and where they are.
///
/// An attempt that broke off has read more than was committed: what is lacking is read again by the
/// next one, and is counted then once more.
package struct RecordTotals: Sendable, Hashable {
  package private(set) var read = 0
  package private(set) var passed = 0
  package private(set) var violating = 0
  package private(set) var quarantined = 0
  package private(set) var filtered = 0
  /// Left out by the target, for they are there already.
  package private(set) var skipped = 0
  /// Read by attempts that broke off, and in no other of these.
  package private(set) var uncommitted = 0

  /// Adds an attempt.
  ///
  /// `report` is its middle stage's, nil where that was killed: then what the stages told last is all
  /// that is known. `waiting` is how many records it set aside for good; nil for all of them.
  mutating func add(_ report: ValidationReport?, _ attempt: Attempt?, waiting: Int?) {
    if let report {
      passed += report.passed
      violating += report.violating
    }
    let skipped = attempt?.meters.last?.recordsSkipped ?? 0
    if case .success? = attempt?.diagnosis, let report {
      read += report.read
      quarantined += report.quarantined
      filtered += report.discarded
      self.skipped += skipped
      return
    }
    let committed = attempt?.meters.last?.rowsCommitted ?? 0
    let kept = waiting ?? report?.quarantined ?? 0
    let told = report?.read ?? attempt?.meters.dropFirst().first?.recordsIn ?? 0
    let all = max(told, committed + kept)
    read += all
    quarantined += kept
    // What the stages told beyond that is not of what was committed.
    var rest = all - committed - kept
    func part(_ count: Int) -> Int {
      let part = min(rest, count)
      rest -= part
      return part
    }
    self.skipped += part(skipped)
    filtered += part(report?.discarded ?? 0)
    uncommitted += rest
  }
}
