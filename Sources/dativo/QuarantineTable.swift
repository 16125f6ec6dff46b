import Supervisor

/// The counts of a quarantine for people.
enum QuarantineTable {
  static func text(_ counts: [QuarantineCounts]) -> String {
    var rows = [["JOB", "RUN", "STREAM", "RECORDS", "RULES", "SINCE", "AGE"]]
    for count in counts {
      for part in count.parts {
        for (name, stream) in part.streams.sorted(by: { $0.key < $1.key }) {
          let rules = stream.rules.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          rows.append([
            count.job, part.run, name,
            "\(stream.records)" + (stream.done > 0 ? " (\(stream.done) done)" : ""),
            rules.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
            stream.first.map { String($0.prefix(19)) } ?? "", age(stream.age),
          ])
        }
      }
    }
    var lines = rows.count > 1 ? TextTable.lines(rows) : ["no record waits"]
    for count in counts where count.isRunning {
      lines.append("\(count.job): a run is under way; what it sets aside is not listed yet")
    }
    return lines.joined(separator: "\n")
  }

  private static func age(_ seconds: Int?) -> String {
    guard let seconds else { return "" }
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }
}
