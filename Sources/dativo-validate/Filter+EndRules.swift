import ConnectorKit
import Contracts
import JSONSchema
import Wire

extension Filter {
  /// Ends as soon as a rule of the end can no longer be kept, such as at most ten nulls.
  func failEarly() throws(Failure) {
    guard settings.mode == .strict else { return }
    let lost = streams.flatMap { stream in
      stream.losses.compactMap { loss in loss.line.map { (stream: stream, loss: loss, line: $0) } }
    }
    guard let first = lost.min(by: { $0.line < $1.line }) else { return }
    for stream in streams {
      stream.endings += stream.lostRules(inclusiveBetween: settings.inclusiveBetween)
    }
    let result = first.stream.result(
      of: first.loss.rule,
      count: first.loss.count,
      inclusiveBetween: settings.inclusiveBetween
    )
    throw Failure(
      .data,
      "line \(first.line): stream \(first.stream.name): \(result.message), and it cannot get less",
      hint: holdsStates ? "No STATE was passed on: nothing of this run is committed." : nil
    )
  }
}

extension StreamCheck {
  /// The count that a rule of the end cannot have and be kept; counts only grow.
  struct Loss {
    /// The place among the object's rules of the end.
    let rule: Int
    /// The least count that loses it.
    let count: Int
    /// Whether records are counted, not what offends.
    let countsRecords: Bool
    /// The line at which it was reached; nil while it was not.
    var line: Int?
  }

  /// The rules of severity error that can be lost before the end.
  func lossesToCome(inclusiveBetween: Bool) -> [Loss] {
    guard let object else { return [] }
    return object.endRules.enumerated().compactMap { index, end in
      let weight = severities.severity(of: end.rule.name, at: end.pointer)
      let isWarning = weight.map { $0 == .warning } ?? end.rule.isWarning
      guard !isWarning, !end.rule.isPercent,
        let count = end.rule.leastExcess(inclusiveBetween: inclusiveBetween)
      else { return nil }
      var countsRecords = false
      if case .rowCount = end.rule.metric { countsRecords = true }
      return Loss(rule: index, count: count, countsRecords: countsRecords)
    }
  }

  /// Takes up which rules are lost with the record in `line`, or with one of those right before it,
  /// which are all the stream's.
  func noteLosses(line: Int) {
    for index in losses.indices where losses[index].line == nil {
      let loss = losses[index]
      let count = loss.countsRecords ? read : tallies[loss.rule]
      guard count >= loss.count else { continue }
      losses[index].line = loss.countsRecords ? line - (count - loss.count) : line
    }
  }

  /// What has come so far of the rules that are lost.
  func lostRules(inclusiveBetween: Bool) -> [EndResult] {
    losses.filter { $0.line != nil }.map { loss in
      let count = loss.countsRecords ? read : tallies[loss.rule]
      return result(of: loss.rule, count: count, inclusiveBetween: inclusiveBetween)
    }
  }

  /// A rule of the end, judged by a count; of an object that there is.
  func result(of rule: Int, count: Int, inclusiveBetween: Bool) -> EndResult {
    let end = object?.endRules[rule]
    guard let end else { preconditionFailure("a stream without a contract has rules of the end") }
    var result = EndResult(end, count: count, read: read, inclusiveBetween: inclusiveBetween)
    if let weight = severities.severity(of: end.rule.name, at: end.pointer) {
      result.isWarning = weight == .warning
    }
    return result
  }
}
