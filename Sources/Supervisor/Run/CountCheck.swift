/// Whether every record that an attempt read is accounted for.
///
/// It is committed, left out as repeated, quarantined or filtered. This is asked of attempts that
/// ended well, with a target that counts.
package struct CountCheck: Sendable {
  /// What does not add up, a sentence for each stream.
  package private(set) var differences: [String] = []
  /// Streams of which the target wrote no record, since their SCHEMA has no properties.
  package private(set) var unwritten: [String] = []
  /// Rows that others of the same load took the place of, so that no commit has them.
  package private(set) var superseded = 0

  /// `report` is the middle stage's, `meter` what the target told at its end.
  package init(_ report: ValidationReport, _ meter: Meter) {
    // Where the two call streams differently only the sums can be compared.
    let isSame = report.streams.allSatisfy { name, stream in
      meter.streams[name] != nil || stream.passedOn == 0
    }
    if isSame {
      for (name, stream) in report.streams.sorted(by: { $0.key < $1.key }) {
        let arrived = meter.streams[name] ?? Meter.Stream()
        compare("stream \(name)", read: stream, arrived: arrived.recordsIn)
        write(name, arrived)
      }
    } else {
      let all = ValidationReport.Stream(
        read: report.read,
        passed: report.passed,
        violating: report.violating,
        quarantined: report.quarantined,
        discarded: report.discarded
      )
      compare("all streams", read: all, arrived: meter.recordsIn)
      for (name, stream) in meter.streams.sorted(by: { $0.key < $1.key }) { write(name, stream) }
    }
    superseded = max(meter.recordsOut - meter.rowsCommitted, 0)
    if meter.rowsCommitted > meter.recordsOut {
      differences.append(
        "\(Figures.rows(meter.rowsCommitted)) committed, but only "
          + "\(Figures.count(meter.recordsOut)) written"
      )
    }
  }

  private mutating func compare(
    _ what: String,
    read: ValidationReport.Stream,
    arrived: Int
  ) {
    guard arrived != read.passedOn else { return }
    let sum = arrived + read.quarantined + read.discarded
    let by = Figures.count(abs(read.read - sum))
    differences.append(
      "\(what): \(Figures.count(read.read)) read, but \(Figures.count(arrived)) reached the target, "
        + "\(Figures.count(read.quarantined)) quarantined and \(Figures.count(read.discarded)) "
        + "filtered: \(by) \(read.read > sum ? "are missing" : "too many")"
    )
  }

  /// What reached the target was written or left out as repeated.
  private mutating func write(_ name: String, _ stream: Meter.Stream) {
    let written = stream.recordsOut + stream.recordsSkipped
    guard stream.recordsIn != written else { return }
    guard written > 0 else {
      unwritten.append(name)
      return
    }
    differences.append(
      "stream \(name): \(Figures.count(stream.recordsIn)) reached the target, but "
        + "\(Figures.count(written)) were written or left out as repeated: "
        + "\(Figures.count(abs(stream.recordsIn - written))) "
        + (stream.recordsIn > written ? "are missing" : "too many")
    )
  }

  /// Holds rows that were written and not committed against what the commits say: only a load with
  /// versions or generations may have such.
  package mutating func settle(replaces: Bool) {
    guard superseded > 0, !replaces else { return }
    differences.append(
      "\(Figures.rows(superseded)) written that no commit has, though nothing replaced them"
    )
  }
}
