internal import Commits
internal import JSON
internal import Wire

/// What the parts of a job are made of.
enum Division: Hashable {
  case streams
  /// Pieces of the source, told apart by these settings of the tap.
  case pieces(Set<String>)
  /// Windows of time.
  case windows

  /// That of a job which is run in parts.
  init(_ job: Job) {
    if job.partitions.isEmpty {
      self = .streams
    } else if job.partitions.contains(where: { $0.window != nil }) {
      self = .windows
    } else {
      self = .pieces(Set(job.partitions.flatMap(\.config.keys)))
    }
  }

  /// Whether parts of the one may stand beside those of the other: pieces come and go, as long as it
  /// is by the same settings that they are told apart.
  func continues(_ former: Division) -> Bool {
    if case .pieces(let now) = self, case .pieces(let then) = former {
      return now.isEmpty || then.isEmpty || !now.isDisjoint(with: then)
    }
    return self == former
  }

  /// `in parts by stream`.
  var text: String {
    switch self {
    case .streams: "in parts by stream"
    case .pieces(let settings): "in parts by \(settings.sorted().joined(separator: ", "))"
    case .windows: "in windows of time"
    }
  }

  var json: JSONObject {
    switch self {
    case .streams: ["by": "streams"]
    case .pieces(let settings):
      ["by": "pieces", "settings": .array(settings.sorted().map { .string($0) })]
    case .windows: ["by": "windows"]
    }
  }

  /// Reads what `json` wrote; nil where nothing was noted.
  init?(_ value: JSONValue) {
    switch value["by"]?.string {
    case "streams": self = .streams
    case "pieces": self = .pieces(Set((value["settings"]?.array ?? []).compactMap(\.string)))
    case "windows": self = .windows
    default: return nil
    }
  }
}

extension Job {
  /// Throws where rows or a STATE are there that came when the job was divided in another way: each
  /// of the new parts would begin anew, and load those rows again.
  ///
  /// The job's lock must be held, so that no other run changes what is there.
  func refuseOtherDivision() throws(Failure) {
    let list = PartList(of: self)
    guard isDivided else {
      guard let part = try firstLoaded(list.names) else { return list.forget(self) }
      throw divided(otherwise: "\(list.division?.text ?? "in parts") (\(part))", "undivided")
    }
    let division = Division(self)
    if try hasLoaded { throw divided(otherwise: "undivided", division.text) }
    guard let former = list.division else { return }
    if !division.continues(former), let part = try firstLoaded(list.names) {
      throw divided(otherwise: "\(former.text) (\(part))", division.text)
    }
    guard division == .windows else { return }
    for partition in partitions {
      guard let window = partition.window else { continue }
      let others = list.windows.filter { $0.key != partition.name && $0.value.overlaps(window) }
      guard let name = try firstLoaded(others.keys.sorted()), let other = others[name] else {
        continue
      }
      throw divided(otherwise: "in windows as \(other.text)", "in ones as \(window.text)")
    }
  }

  private func divided(otherwise former: String, _ now: String) -> Failure {
    Failure(
      .configuration,
      "\(file): \(tenant).\(name) was loaded \(former), and would now be loaded \(now), from its "
        + "beginning and beside what is there",
      hint: "Divide it as before; or give the job another name and destination; or, to begin anew, "
        + "remove its tables and their commit logs first (with a target of somebody else: `dativo "
        + "state reset` before you divide it otherwise)."
    )
  }

  /// The first of these parts that has rows or a STATE.
  private func firstLoaded(_ names: [String]) throws(Failure) -> String? {
    for name in names where try divided(Part(stream: name, catalog: nil)).hasLoaded { return name }
    return nil
  }

  /// Whether rows or a STATE are there.
  private var hasLoaded: Bool {
    get throws(Failure) {
      let entry = try Home.store(self).read()
      // A target that keeps no commits.
      if let entry, entry.sequence == 0, entry.state != nil { return true }
      // What only the destination knows is asked where that is at hand.
      let isLocal = target.config["destination"]?.string?.contains("://") == false
      guard isLocal || (entry?.sequence ?? 0) > 0 else { return false }
      do throws(Failure) {
        let log = target.config["pipeline"]?.string ?? pipeline
        guard let commits = try commits(after: 0, log) else { return entry?.state != nil }
        return commits.contains { !$0.files.isEmpty || $0.state.map { !$0.isNull } ?? false }
      } catch {
        return (entry?.sequence ?? 0) > 0
      }
    }
  }
}

extension TimeWindow {
  /// Whether some moment is of both.
  fileprivate func overlaps(_ other: TimeWindow) -> Bool {
    func ends(_ one: TimeWindow, before next: TimeWindow) -> Bool {
      guard let until = one.until, let since = next.since else { return false }
      return until <= since
    }
    return !ends(self, before: other) && !ends(other, before: self)
  }
}
