package import JSON
internal import Storage

/// Tables whose rows lie in a folder `v=<sequence>` of the table's, behind a link `current`: a reader
/// that follows it sees the rows before a commit that takes some away or those after it, no mixture.
///
/// Such a commit makes a new folder, with second names for the files that stay, and the link then
/// changes in one step. The folder before is kept for readers at work until the next time.
package enum SnapshotFolders {
  static let link = "current"

  /// The folder of the rows that stand, as `tables` of a commit have it; nil for a table without.
  package static func current(_ table: JSONValue?) -> String? {
    table?["snapshot"]?["current"]?.string
  }

  /// The folder of the rows before.
  static func former(_ table: JSONValue?) -> String? { table?["snapshot"]?["former"]?.string }

  /// The tables' folders, followed by that of the rows which stand.
  package static func roots(_ tables: JSONObject) -> [String] {
    tables.members.compactMap { member in
      guard let folder = member.value["folder"]?.string, let name = current(member.value) else {
        return nil
      }
      return "\(folder)/\(name)"
    }
  }

  /// What lies in the tables' folders beside the rows that stand.
  static func passed(_ tables: JSONObject) -> [String] {
    tables.members.flatMap { member -> [String] in
      guard let folder = member.value["folder"]?.string, current(member.value) != nil else {
        return []
      }
      return [link, former(member.value)].compactMap { name in name.map { "\(folder)/\($0)" } }
    }
  }

  /// Gives the files of a commit their places, and with rows that go those that stay new ones.
  ///
  /// `last` is the commit before; `new` are streams with the folders of their tables that shall be
  /// such, if they are not already. Second names wait in the folder `staging`.
  static func arrange(
    _ commit: inout Commit,
    after last: Commit?,
    _ store: any ObjectStore,
    _ log: LogFolder,
    new: [(stream: String, folder: String)]
  ) throws(CommitError) {
    let former = last?.tables ?? JSONObject()
    var tables = new.filter { current(former[$0.stream]) == nil }
    for member in former.members where current(member.value) != nil {
      if let folder = member.value["folder"]?.string { tables.append((member.key, folder)) }
    }
    for (stream, folder) in tables {
      var table = commit.tables[stream]?.object ?? former[stream]?.object ?? JSONObject()
      let name = current(former[stream])
      let loses = commit.removed.contains { $0.hasPrefix("\(folder)/") }
      let next = commit.kind == .data && (name == nil || loses) ? "v=\(commit.sequence)" : nil
      for index in commit.files.indices where commit.files[index].path.hasPrefix("\(folder)/") {
        var rest = commit.files[index].path.dropFirst(folder.count + 1)
        if let name, rest.hasPrefix("\(name)/") { rest = rest.dropFirst(name.count + 1) }
        commit.files[index].path = "\(folder)/\(next ?? name ?? "")/\(rest)"
      }
      if let next {
        try keep(&commit, stream, folder, from: name, to: next, store, log)
        var place: JSONObject = ["to": .string(next)]
        if let name { place["from"] = .string(name) }
        if let drop = self.former(former[stream]) { place["drop"] = .string(drop) }
        commit.switches[folder] = .object(place)
        var snapshot: JSONObject = ["current": .string(next)]
        if let name { snapshot["former"] = .string(name) }
        table["snapshot"] = .object(snapshot)
      } else {
        table["snapshot"] = former[stream]?["snapshot"]
      }
      commit.tables[stream] = .object(table)
    }
  }

  /// Takes the files that stay along, under second names.
  private static func keep(
    _ commit: inout Commit,
    _ stream: String,
    _ folder: String,
    from: String?,
    to: String,
    _ store: any ObjectStore,
    _ log: LogFolder
  ) throws(CommitError) {
    let removed = PathSet(commit.removed)
    var kept: [Commit.File] = []
    for (sequence, file) in try Snapshot.allFiles(store, log.pipeline)
    where Array(file.stream.utf8) == Array(stream.utf8) && !removed.contains(file.path) {
      var rest = file.path.dropFirst(folder.count + 1)
      if let from, rest.hasPrefix("\(from)/") { rest = rest.dropFirst(from.count + 1) }
      var second = file
      second.staged = "\(log.staging(commit.epoch))/\(commit.sequence)-\(kept.count)-\(to).kept"
      second.path = "\(folder)/\(to)/\(rest)"
      second.origin = file.origin ?? sequence...sequence
      try CommitError.storing { () throws(StoreError) in
        try store.link(file.path, as: second.staged)
      }
      kept.append(second)
      commit.removed.append(file.path)
    }
    commit.files = kept + commit.files
  }

  /// Whether a removed file goes only after the links have changed, or stays for readers at work.
  static func isLate(_ path: String, in commit: Commit) -> Bool {
    commit.switches.keys.contains { path.hasPrefix("\($0)/") }
  }

  /// Changes the links of a commit whose files are all visible; repeating it changes nothing.
  static func turn(_ commit: Commit, _ store: any ObjectStore) throws(CommitError) {
    try CommitError.storing { () throws(StoreError) in
      for member in commit.switches.members {
        guard let to = member.value["to"]?.string else { continue }
        try store.point("\(member.key)/\(link)", to: to)
        try store.settle([member.key])
        Failpoint.switched.reached()
        let from = member.value["from"]?.string
        for path in commit.removed where path.hasPrefix("\(member.key)/") {
          if let from, path.hasPrefix("\(member.key)/\(from)/") { continue }
          try store.remove(path)
        }
        if let drop = member.value["drop"]?.string { try store.remove("\(member.key)/\(drop)") }
        try store.settle([member.key])
      }
    }
  }
}
