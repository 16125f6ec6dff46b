import JSON
import Supervisor
import Wire

extension Run {
  /// One job after the other; what fails does not keep those behind it from running.
  func answers(_ paths: [String]) throws -> Answer {
    var all = Answer(.array([]), text: dryRun ? "" : nil)
    var results: [JSONValue] = []
    for path in paths {
      var one: Answer
      do {
        one = try answer(path)
      } catch let findings as Findings {
        one = Answer(.null, text: nil, exit: 2, warnings: findings.warnings)
        one.errors = findings.errors
      } catch let failure as Failure {
        if case .signal = failure.kind { throw failure }
        one = Answer(.null, text: nil, exit: 2)
        one.errors = [Finding(failure)]
      }
      Console(showsProgress: false).show(one.errors.map(\.text), level: .error)
      results.append([
        "file": .string(path), "exit": .number(JSONNumber(one.exit)), "result": one.result,
      ])
      all.errors += one.errors
      all.warnings += one.warnings
      if let text = one.text { all.text = (all.text ?? "") + text + "\n" }
      // An interruption is one of everything.
      all.exit = one.exit > 128 ? one.exit : Swift.max(all.exit, one.exit)
      if one.exit > 128 { break }
    }
    all.result = .array(results)
    all.summary = "\(Figures.things(results.count, "job")), exit \(all.exit)"
    return all
  }
}
