/// What became of each stream, for the end of a run.
enum StreamTable {
  private static let most = 20

  /// A line for each stream, those with the most records first; none where one stream is all.
  static func lines(_ record: RunRecord) -> [String] {
    guard let report = record.report, report.streams.count > 1 else { return [] }
    let streams = report.streams.sorted { ($1.value.read, $0.key) < ($0.value.read, $1.key) }
    let seconds = record.attempts.last?.seconds ?? 0
    let rows = streams.prefix(most).map { name, stream in
      [
        name, Figures.count(stream.read), record.committed(of: name).map(Figures.count) ?? "",
        stream.quarantined > 0 ? Figures.count(stream.quarantined) : "",
        stream.discarded > 0 ? Figures.count(stream.discarded) : "",
        Figures.rate(stream.read, seconds) ?? "",
      ]
    }
    let heads = ["STREAM", "READ", "COMMITTED", "QUARANTINED", "FILTERED", "ROWS/S"]
    // A column without a figure says nothing.
    let used = heads.indices.filter { index in
      index < 2 || rows.contains { !$0[index].isEmpty }
    }
    var lines = TextTable.lines(([heads] + rows).map { row in used.map { row[$0] } })
    if streams.count > most {
      lines.append("and \(streams.count - most) more: `dativo runs show \(record.run)`")
    }
    return lines
  }
}
