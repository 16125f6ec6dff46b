import ConnectorKit
import Contracts
import JSON
import Posix
import Wire

/// One run of the filter, from the contracts to the report.
struct Run {
  let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  func perform() throws(Failure) {
    // One of a former run would be taken for this one's, should this one be killed.
    let unfinished = Report(settings: settings)
    try unfinished.write()
    var filter: Filter
    do throws(Failure) {
      let contracts = try ContractSet(settings)
      // Before anything is read that must not be found in what a crash leaves.
      if contracts.isMasking || settings.hasSecrets { try Self.forbidCrashReports() }
      let key = contracts.needsMaskKey ? try settings.maskKey() : nil
      let catalog = try StreamSchemas(settings.catalog)
      filter = try Filter(settings, contracts, catalog, maskKey: key)
    } catch {
      try Report(settings: settings, failure: error).write()
      throw error
    }
    let meter = Meter()
    var failure: Failure?
    do throws(Failure) {
      try read(&filter, meter)
      try end(&filter)
    } catch {
      failure = error
    }
    do throws(Failure) {
      try filter.quarantine?.sync()
    } catch {
      failure = failure ?? error
    }
    for stream in filter.streams { stream.warnOfLookalikes() }
    var report = Report(
      settings: settings,
      streams: filter.streams,
      unassigned: filter.unassigned,
      relayed: filter.relayed,
      failure: failure
    )
    report.cut = filter.cut
    meter.finish(
      filter.streams,
      waitedToRead: filter.waitedToRead,
      waitedToWrite: filter.output.waited
    )
    do throws(Failure) {
      try report.write()
    } catch {
      failure = failure ?? error
    }
    if meter.isSilent, failure?.kind != .brokenPipe { report.summarise() }
    if let failure { throw failure }
  }

  private static func forbidCrashReports() throws(Failure) {
    do throws(PosixError) {
      try CrashReports.forbid()
    } catch {
      throw Failure(error)
    }
  }

  private func read(_ filter: inout Filter, _ meter: Meter) throws(Failure) {
    var reader = LineReader(0, limit: settings.lineLimit) { Signals.received != nil }
    while let region = unsafe try Self.next(&reader, line: filter.lineNumber) {
      filter.endsWithoutNewline = reader.endedWithoutNewline
      filter.peek?.look()
      unsafe filter.peek?.take(.tap, region)
      unsafe try filter.take(region)
      try filter.failEarly()
      meter.tick(
        filter.streams,
        waitedToRead: reader.waited,
        waitedToWrite: filter.output.waited
      )
      meter.tell(filter.cut)
    }
    filter.waitedToRead = reader.waited
    if reader.wasStopped, let failure = Failure.signalled { throw failure }
  }

  // SAFETY: the region is used up before the reader is asked for the next.
  private static func next(
    _ reader: inout LineReader,
    line: Int
  ) throws(Failure) -> UnsafeRawBufferPointer? {
    do throws(LineReader.Problem) {
      return unsafe try reader.next()
    } catch {
      switch error {
      case .system(let error): throw Failure(error)
      case .source(let reason): throw Failure(.io, reason)
      case .tooLong(let limit):
        throw Failure(
          .data,
          "line \(line + 1) is longer than \(limit) bytes",
          hint: "The setting max_line_size allows longer ones; a job has it in target.config."
        )
      }
    }
  }

  /// What only the end of the input can tell.
  private func end(_ filter: inout Filter) throws(Failure) {
    var broken: [String] = []
    filter.openAbsentStreams()
    for stream in filter.streams {
      stream.judgeEnd(inclusiveBetween: settings.inclusiveBetween)
      broken += stream.endings.filter { $0.isBroken && !$0.isWarning }.map {
        "stream \(stream.name): \($0.message)"
      }
    }
    if case .percent(let limit)? = settings.limit {
      let read = filter.streams.reduce(filter.malformed) { $0 + $1.read }
      if read > 0, Double(filter.violating) * 100 / Double(read) > limit {
        throw Failure(
          .data,
          "\(filter.violating) of \(read) records are violating: more than \(limit) percent",
          hint: "--max-violations is the limit; the report names the rules."
        )
      }
    }
    if settings.mode == .strict, let first = broken.first {
      let more = broken.count > 1 ? " (and \(broken.count - 1) more)" : ""
      throw Failure(
        .data,
        first + more,
        hint: filter.holdsStates ? "No STATE was passed on: nothing of this run is committed." : nil
      )
    }
    try filter.release()
  }
}
