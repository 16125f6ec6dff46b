import Commits
import Parquet
import Supervisor
import Wire

/// Merges the small files of one table, within one pipeline's log, as one commit.
struct Compaction {
  /// What one commit changed.
  struct Outcome {
    let pipeline: String
    /// The commit; nil where there was nothing to merge.
    let sequence: Int?
    let before: [Commit.File]
    let after: [Commit.File]
  }

  private let destination: Destination
  private let pipeline: String
  /// The size from which a file is left as it is, and at which a new one ends, in bytes.
  private let fileSize: Int
  private let log: LogWriter

  init(_ destination: Destination, pipeline: String, fileSize: Int) throws(Failure) {
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
    let small = history.visible.map(\.file).filter { file in
      Verification.isInside(file.path, destination.table) && file.bytes < fileSize
    }
    var before: [Commit.File] = []
    var after: [Commit.File] = []
    for group in try groups(small) where group.count > 1 {
      before += group
      after += try merge(group)
    }
    let rows = (before.reduce(0) { $0 + $1.rows }, after.reduce(0) { $0 + $1.rows })
    guard rows.0 == rows.1 else {
      throw Failure(.bug, "\(rows.1) rows were merged of \(rows.0); nothing was committed")
    }
    let sequence =
      before.isEmpty
      ? nil : try log.replace(before, by: after, reason: "dativo compact")
    return Outcome(pipeline: pipeline, sequence: sequence, before: before, after: after)
  }

  /// The files that can be one: of the same folder, hence the same partition, of the same version
  /// of the table, and alike.
  private func groups(_ files: [Commit.File]) throws(Failure) -> [[Commit.File]] {
    var groups: [(folder: Substring, first: FileReader, files: [Commit.File])] = []
    for file in files {
      let folder = Self.folder(file.path)
      let reader = try reader(file)
      let place = groups.firstIndex { group in
        group.folder == folder && group.files[0].stream == file.stream
          && group.files[0].version == file.version && FileMerger.isAlike(group.first, reader)
      }
      if let place {
        groups[place].files.append(file)
      } else {
        groups.append((folder, reader, [file]))
      }
    }
    return groups.map(\.files)
  }

  private func merge(_ files: [Commit.File]) throws(Failure) -> [Commit.File] {
    let first = try reader(files[0])
    let output = MergedFiles(log, like: files[0], folder: String(Self.folder(files[0].path)))
    var merger = FileMerger(like: first, fileSize: fileSize, output: output)
    var path = ""
    do {
      for file in files {
        path = file.path
        try merger.append(try reader(file))
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
    let data = try DataFile("\(destination.root)/\(file.path)")
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

  private static func folder(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[..<$0] } ?? ""
  }
}
