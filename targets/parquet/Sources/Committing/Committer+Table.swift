import Columns
import Commits
import ConnectorKit
import JSON
import Storage
import Wire

extension Committer {
  /// A table for `stream`, which must not be another pipeline's, with the columns that it has.
  func table(_ stream: String) throws(Failure) -> Table {
    let folder = StreamFolder.name(for: stream) { Digest.hex($0) } ?? ""
    do throws(CommitError) {
      try log.checkOwner(folder, isShared: settings.isShared)
    } catch {
      throw Failure(error)
    }
    let stays = settings.settings(of: stream)
    let former = stays.loading.overwrites || isReplaced(stream) ? nil : tableSchemas[stream]
    try checkPartitioning(stays.layout.partitioning, former)
    let snapshot = SnapshotFolders.current(tableSchemas[stream])
    guard stays.loading.hasSnapshots || snapshot == nil else {
      throw Failure(
        .configuration,
        "the table of stream \(stream) has \"snapshots\", which the settings leave out",
        hint: "Set \"snapshots\": true, or take another destination and load the table anew."
      )
    }
    let store = store
    let root = snapshot.map { "\(folder)/\($0)" } ?? folder
    let repeats = try repeatFilter(stream, root, stays.loading)
    let writer = TableWriter(partitions, repeats: repeats) { (path, final) throws(CommitError) in
      try CommitLog.stage(store, path, for: final)
    }
    let table = Table(
      stream: stream,
      folder: folder,
      schema: former.flatMap(TableSchema.parse) ?? Schema([]),
      writer: writer,
      partitioning: stays.layout.partitioning,
      loading: stays.loading,
      numbers: ColumnNumbers(tableSchemas[stream])
    )
    let last = Generation(tableSchemas[stream])
    table.generation = settings.catalog.streams[Array(stream.utf8)]?.generation ?? last
    if let last, let now = table.generation, now.id < last.id {
      throw Failure(
        .configuration,
        "stream \(stream): generation \(last.id) has been loaded, and the catalog says \(now.id)",
        hint: "Does the catalog belong to another connection, or to an earlier sync?"
      )
    }
    if stays.loading.addsMetadata { table.recordMetadata = RecordMetadata(run: settings.run) }
    return table
  }

  /// What finds the rows of a stream that are repeated, if that is asked for.
  private func repeatFilter(
    _ stream: String,
    _ folder: String,
    _ loading: Loading
  ) throws(Failure) -> RepeatFilter? {
    guard let window = loading.repeatWindow else { return nil }
    var files: [Snapshot.Entry] = []
    if !loading.overwrites {
      do throws(CommitError) {
        files = try Snapshot.allFiles(store, settings.pipeline)
      } catch {
        throw Failure(error)
      }
      let replacement = Replacement(pending: log.last?.replacing ?? [:])
      files.removeAll { !$0.file.stream.hasSameBytes(as: stream) || replacement.concerns($0) }
    }
    return RepeatFilter(window: window, folder: folder, former: FormerRows(store, files))
  }

  /// Whether the rows that a stream has give way to the next ones.
  func isReplaced(_ stream: String) -> Bool {
    Replacement(pending: log.last?.replacing ?? [:]).concerns(stream: stream)
  }

  /// A table whose folders are not all alike is one that readers refuse.
  private func checkPartitioning(
    _ now: Partitioning?,
    _ former: JSONValue?
  ) throws(Failure) {
    guard let former = former?["partition_by"]?.array?.compactMap(\.string),
      former != now?.texts ?? []
    else { return }
    throw Failure(
      .configuration,
      "the table has been divided by \(former.isEmpty ? "nothing" : former.joined(separator: ", "))"
        + ", now \"partition_by\" says otherwise",
      hint: "Go on as it was, or take another destination and load the table anew."
    )
  }
}
