import ConnectorKit
import Contracts
import JSONSchema
import Wire

extension Filter {
  /// Ends as soon as a rule of the end can no longer be kept, such as at most ten nulls.
  func failEarly() throws(Failure) {
    guard settings.mode == .strict else { return }
    for stream in streams {
      guard let result = stream.lostRule(inclusiveBetween: settings.inclusiveBetween) else {
        continue
      }
      throw Failure(
        .data,
        "line \(lineNumber): stream \(stream.name): \(result.message), and it cannot get less",
        hint: holdsStates ? "No STATE was passed on: nothing of this run is committed." : nil
      )
    }
  }
}

extension StreamCheck {
  /// A rule of severity error whose count has grown beyond what is demanded; counts only grow.
  fileprivate func lostRule(inclusiveBetween: Bool) -> EndResult? {
    guard let object else { return nil }
    for (index, end) in object.endRules.enumerated() {
      let weight = severities.severity(of: end.rule.name, at: end.pointer)
      let isWarning = weight.map { $0 == .warning } ?? end.rule.isWarning
      guard !isWarning, !end.rule.isPercent else { continue }
      var count = tallies[index]
      if case .rowCount = end.rule.metric { count = read }
      guard end.rule.isExceeded(by: count, inclusiveBetween: inclusiveBetween) else { continue }
      return EndResult(end, count: count, read: read, inclusiveBetween: inclusiveBetween)
    }
    return nil
  }
}
