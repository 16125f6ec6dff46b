package import Children

/// What an attempt's ends mean: success, an interruption, or the one stage that is to blame.
package enum Diagnosis: Sendable {
  case success
  case interrupted(Int32)
  case failed(Blame)

  /// One stage as it ended.
  package struct End: Sendable {
    /// `tap`, `validate` or `target`.
    package var role: String
    package var name: String
    package var exit: Exit
    package var ourSignal: Int32?
    /// The last lines of its standard error.
    package var lines: [String]
    /// What it said on its last line, if it speaks our form.
    package var note: ExitNote?

    package init(
      role: String,
      name: String,
      exit: Exit,
      ourSignal: Int32? = nil,
      lines: [String] = [],
      note: ExitNote? = nil
    ) {
      self.role = role
      self.name = name
      self.exit = exit
      self.ourSignal = ourSignal
      self.lines = lines
      self.note = note
    }
  }

  /// Who failed, why, and whether trying again may help.
  package struct Blame: Sendable {
    package var stage: Int
    package var code: Int32
    package var message: String
    package var hint: String?
    package var recovery: Recovery
    package var retryAfter: Double?
    /// Its last lines, for stages that did not say it better themselves.
    package var lines: [String] = []
  }

  /// `rounds` tells in which order stages ended: stages of one inner list ended together;
  /// `leftInput`, that the last ended with 0 before it had read all that was written to it;
  /// `excess`, that all were ended for what they used.
  package init(
    _ ends: [End],
    rounds: [[Int]],
    interruptedBy: Int32? = nil,
    isOverdue: Bool = false,
    stalled: Int? = nil,
    stallSeconds: Double = 0,
    abandoned: Int? = nil,
    leftInput: Bool = false,
    excess: Resources.Excess? = nil
  ) {
    if let excess {
      self = .failed(
        Blame(
          stage: excess.stage,
          code: ends[excess.stage].exit.shellCode,
          message: excess.message,
          hint: "All stages were ended. What was committed stays.",
          recovery: .none
        )
      )
      return
    }
    if let interruptedBy {
      self = .interrupted(interruptedBy)
      return
    }
    if isOverdue {
      let slow = ends.firstIndex { $0.ourSignal == Signal.kill } ?? 0
      self = .failed(
        Blame(
          stage: slow,
          code: ends[slow].exit.shellCode,
          message: slow == 0
            ? "the run took longer than its timeout; \(ends[0].name) was asked to end"
            : "the run took longer than its timeout, and \(ends[slow].name) did not come to an end",
          hint:
            "\"timeout\" in the job file says how long a run may take. What was committed stays.",
          recovery: .none,
          lines: ends[slow].lines
        )
      )
      return
    }
    if let stalled {
      self = .failed(
        Blame(
          stage: stalled,
          code: ends[stalled].exit.shellCode,
          message: "\(ends[stalled].name) sent nothing for \(Self.seconds(stallSeconds)) "
            + "and was ended",
          hint: "\"idle_timeout\" in the job file says how long it may be silent.",
          recovery: .later,
          lines: ends[stalled].lines
        )
      )
      return
    }
    if let abandoned {
      self = .failed(
        Blame(
          stage: abandoned,
          code: ends[abandoned].exit.shellCode,
          message: "\(ends[abandoned].name) ended and left processes behind, which were killed",
          hint: "A stage must wait for the processes that it starts.",
          recovery: .none,
          lines: ends[abandoned].lines
        )
      )
      return
    }
    guard let index = Self.culprit(ends, rounds) ?? (leftInput ? ends.count - 1 : nil) else {
      self = .success
      return
    }
    self = .failed(Self.blame(index, ends))
  }

  /// The first stage that failed of its own: not because its reader or we ended it.
  private static func culprit(_ ends: [End], _ rounds: [[Int]]) -> Int? {
    // No reader's end kills a writer with such a signal.
    if let killed = ends.firstIndex(where: \.wasKilled) { return killed }
    var gone: Set<Int> = []
    var victim: Int?
    for round in rounds {
      for index in round.sorted() where !ends[index].exit.isSuccess {
        let end = ends[index]
        if end.ourSignal != nil { continue }
        let hadNoReader = gone.contains { $0 > index }
        guard end.sawBrokenPipe || (hadNoReader && end.note == nil) else {
          return Self.cause(of: index, ends)
        }
        victim = max(victim ?? index, index)
      }
      gone.formUnion(round)
    }
    if let victim {
      // Its reader went away: a reader that failed has been returned above, so it ended too early.
      return min(victim + 1, ends.count - 1)
    }
    // We only signal what has lost its reader: that reader ended too early, though with 0.
    return ends.indices.first { ends[$0].ourSignal != nil }.map { min($0 + 1, ends.count - 1) }
  }

  /// A target that found no proof of the others' end has failed because one of them did, if later.
  private static func cause(of index: Int, _ ends: [End]) -> Int {
    guard index == ends.count - 1,
      ends[index].note?.message.hasPrefix("the stages before this one did not all") == true,
      let first = ends[..<index].firstIndex(where: { end in
        !end.exit.isSuccess && end.ourSignal == nil && !end.sawBrokenPipe
      })
    else { return index }
    return first
  }

  private static func blame(_ index: Int, _ ends: [End]) -> Blame {
    let end = ends[index]
    let code = end.exit.shellCode
    if let note = end.note {
      return Blame(
        stage: index,
        code: code,
        message: note.message(outside: "\(end.role).config.json"),
        hint: note.hint,
        recovery: Recovery(code: code),
        retryAfter: note.retryAfter
      )
    }
    var blame = Blame(
      stage: index,
      code: code,
      message: "",
      recovery: Recovery(code: code),
      lines: end.lines
    )
    switch end.exit {
    case .code(0):
      blame.message = "\(end.name) ended before its input did"
      blame.hint = "The \(end.role) must read its standard input to the end."
      blame.recovery = .none
    case .signal(Signal.kill), .code(128 + Signal.kill):
      blame.message = "\(end.name) was killed (SIGKILL), not by dativo"
      blame.hint = "The likely cause is that the system ran out of memory; `dmesg` tells."
    case .signal(let number): blame.message = "\(end.name) was ended by \(Signal.name(number))"
    case .code(127):
      blame.message = "\(end.name) exited with 127: a command that it runs was not found"
    case .code(let code): blame.message = "\(end.name) exited with \(code)"
    }
    return blame
  }

  private static func seconds(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value)) s" : "\(value) s"
  }
}

extension Diagnosis.End {
  /// Whether somebody else than us ended it with a signal, a broken pipe apart.
  var wasKilled: Bool {
    guard ourSignal == nil, case .signal(let number) = exit else { return false }
    return number != Signal.brokenPipe
  }

  /// Whether it ended since its reader was gone: by signal, by code, or by what it said.
  var sawBrokenPipe: Bool {
    switch exit {
    case .signal(Signal.brokenPipe), .code(128 + Signal.brokenPipe): true
    case .code:
      lines.contains { line in
        ["BrokenPipe", "Broken pipe", "broken pipe", "EPIPE"].contains { line.contains($0) }
      }
    case .signal: false
    }
  }
}
