package import JSON

/// What a replay came to.
package struct ReplayOutcome: Sendable {
  package let job: String
  package let run: String
  /// Nothing was loaded: it was only to see what would be.
  package let isTrial: Bool
  package var sent = 0
  /// Records that still break a rule; they wait in `file`, with the rules that they break now.
  package var violating = 0
  /// Lines that are no records, which a repair can make some.
  package var unplayable = 0
  /// Records whose key another one has that was accepted, which a repair can change.
  package var repeats = 0
  package var file: String?
  /// Whether a replay that is killed and begun anew loads no record twice.
  package var isExact = true

  init(job: String, run: String, isTrial: Bool) {
    self.job = job
    self.run = run
    self.isTrial = isTrial
  }

  package var replayed: Int { sent - violating }
  package var exit: Int32 { violating + unplayable + repeats == 0 ? 0 : 1 }

  package var text: String {
    guard sent + unplayable + repeats > 0 else { return "\(job): no record waits to be replayed" }
    let verb = isTrial ? "would be replayed" : "replayed"
    var text = "\(job): \(Figures.count(replayed)) of \(Figures.rows(sent)) \(verb)"
    if violating > 0 {
      text += ", \(Figures.count(violating)) still break a rule"
      if let file { text += " and wait in \(file)" }
    }
    if unplayable > 0 {
      text +=
        "; \(Figures.count(unplayable)) lines are no records, or have masked values, and wait for a --repair"
    }
    if repeats > 0 {
      text += "; \(Figures.count(repeats)) have the key of another record, and wait for a --repair"
    }
    return text
  }

  package var json: JSONValue {
    [
      "job": .string(job), "run": .string(run), "dry_run": .bool(isTrial),
      "sent": .number(JSONNumber(sent)), "replayed": .number(JSONNumber(replayed)),
      "violating": .number(JSONNumber(violating)),
      "unplayable": .number(JSONNumber(unplayable)), "repeats": .number(JSONNumber(repeats)),
      "file": file.map { .string($0) } ?? .null,
      "delivery": .string((isExact ? Plan.Delivery.exactlyOnce : .atLeastOnce).rawValue),
    ]
  }
}
