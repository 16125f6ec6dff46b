import Commits
import JSON
import Parquet
import Supervisor
import Wire

/// Merges the small files of one table, within one pipeline's log, as one commit; with a key, only its
/// last row of each value stays.
struct Compaction {
  /// What one commit changed.
  struct Outcome {
    let pipeline: String
    /// The commit; nil where there was nothing to merge.
    let sequence: Int?
    let before: [Commit.File]
    let after: [Commit.File]
    /// Rows that later ones with an equal key took the place of.
    let superseded: Int
    /// Rows that stay beside another of their key.
    let undecided: Int
  }

  private let destination: Destination
  private let pipeline: String
  /// The size from which a file is left as it is, and at which a new one ends, in bytes.
  private let fileSize: Int
  /// The columns of which the last row of each value stays; none to keep every row.
  private let keys: [String]
  private let log: LogWriter

  init(
    _ destination: Destination,
    pipeline: String,
    fileSize: Int,
    latestBy keys: [String] = []
  ) throws(Failure) {
    self.keys = keys
    self.destination = destination
    self.pipeline = pipeline
    self.fileSize = fileSize
    log = try LogWriter(destination, pipeline: pipeline)
  }

  /// Merges, commits, and tells what came of it.
  ///
  /// Until the commit nothing has changed for a reader; whatever ends the process before leaves
  /// staged files that the next writer removes.
  func run() throws(Failure) -> Outcome {
    let history = try log.history()
    if let problem = history.problems.first {
      throw Failure(.data, problem.message, hint: problem.hint)
    }
    let files = VisibleFile.all(history, in: destination.table)
    let latest = try latestRows(files)
    let wanted = files.indices.filter { files[$0].file.bytes < fileSize || latest.losesRows($0) }
    var before: [Commit.File] = []
    var after: [Commit.File] = []
    for group in try groups(wanted, of: files)
    where group.count > 1 || group.contains(where: latest.losesRows) {
      before += group.map { files[$0].file }
      after += try merge(group, of: files, latest)
    }
    let rows = (before.reduce(0) { $0 + $1.rows }, after.reduce(0) { $0 + $1.rows })
    guard rows.0 - latest.superseded == rows.1 else {
      throw Failure(
        .bug,
        "\(rows.1) rows were merged of \(rows.0), \(latest.superseded) of them superseded; nothing "
          + "was committed"
      )
    }
    let reason = keys.isEmpty ? "" : " --latest-by \(keys.joined(separator: ","))"
    let sequence =
      before.isEmpty
      ? nil : try log.replace(before, by: after, reason: "dativo compact\(reason)")
    return Outcome(
      pipeline: pipeline,
      sequence: sequence,
      before: before,
      after: after,
      superseded: latest.superseded,
      undecided: latest.undecided
    )
  }

  /// Which rows later ones take the place of; none without a key.
  private func latestRows(_ files: [VisibleFile]) throws(Failure) -> LatestRows {
    var latest = LatestRows(keys: keys)
    guard !keys.isEmpty else { return latest }
    var columns: [String] = []
    for file in files {
      let reader = try reader(file.file)
      columns += reader.columnNames
      do throws(ReadError) {
        try latest.add(reader, file.latestOrigin)
      } catch {
        throw Failure(error, file.file.path)
      }
    }
    for key in keys where !files.isEmpty && !latest.known.contains(key) {
      throw Failure(
        .configuration,
        "no file of the table has a column \(key) with one value a row",
        hint: Nearest.name(to: key, among: columns).map { "Did you mean \($0)?" }
      )
    }
    return latest
  }

  /// The files, by their numbers, that can be one: of the same folder, hence the same partition, of
  /// the same version of the table, alike, and known to follow one another.
  private func groups(
    _ numbers: [Int],
    of files: [VisibleFile]
  ) throws(Failure) -> [[Int]] {
    var groups: [(first: FileReader, numbers: [Int])] = []
    for number in numbers {
      let file = files[number]
      let reader = try reader(file.file)
      let place = groups.firstIndex { group in
        let model = files[group.numbers[0]]
        return model.folder == file.folder && model.file.stream == file.file.stream
          && model.file.version == file.file.version
          && model.file.generation == file.file.generation
          && FileMerger.isAlike(group.first, reader)
          && group.numbers.allSatisfy { files[$0].isInOrder(with: file) }
      }
      if let place {
        groups[place].numbers.append(number)
      } else {
        groups.append((reader, [number]))
      }
    }
    return groups.map(\.numbers)
  }

  private func merge(
    _ group: [Int],
    of files: [VisibleFile],
    _ latest: LatestRows
  ) throws(Failure) -> [Commit.File] {
    let model = files[group[0]]
    let first = try reader(model.file)
    let origins = group.map { files[$0].origin }
    let output = MergedFiles(
      log,
      like: model.file,
      origin: origins.reduce(model.origin) {
        min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
      },
      folder: String(model.folder)
    )
    var merger = FileMerger(like: first, fileSize: fileSize, output: output)
    var path = ""
    do {
      for number in group {
        path = files[number].file.path
        let reader = try reader(files[number].file)
        if keys.isEmpty {
          try merger.append(reader)
        } else {
          try merger.append(reader) { latest.staying(number, $0) }
        }
      }
      try merger.finish()
    } catch let failure as Failure {
      throw failure
    } catch let error as ReadError {
      throw Failure(error, path)
    } catch let error as CommitError {
      throw Failure(error)
    } catch {
      throw Failure(.bug, "merging files: \(error)")
    }
    return output.finished
  }

  private func reader(_ file: Commit.File) throws(Failure) -> FileReader {
    let data = try destination.file(file.path)
    do throws(ReadError) {
      let reader = try FileReader(size: data.size, source: data.source)
      guard data.size == file.bytes, reader.footer.rows == file.rows else {
        throw .malformed("it is not as it was committed")
      }
      return reader
    } catch {
      throw Failure(error, file.path)
    }
  }
}
