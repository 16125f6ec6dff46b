internal import JSON
internal import Posix
internal import Storage

/// Whose a table is: the object `_dativo/tables/<stream>.json`, created once and never replaced.
///
/// A second object, `<stream>.shared`, says that the owner lets others append.
enum TableOwner {
  /// Throws `owned` if `stream`'s table is another pipeline's; nothing is written.
  static func check(
    _ store: any ObjectStore,
    _ stream: String,
    pipeline: String,
    isShared: Bool
  ) throws(CommitError) {
    guard let owner = try owner(store, stream), owner != pipeline else { return }
    let size: Int?
    do throws(StoreError) {
      size = isShared ? try store.size(shared(stream)) : nil
    } catch {
      throw .store(error)
    }
    guard size != nil else { throw .owned(stream: stream, by: owner) }
  }

  /// Makes the table `pipeline`'s, unless it may be used already.
  ///
  /// Throws `foreign` where other tools have written into its folder, unless it `adopts` their files.
  static func claim(
    _ store: any ObjectStore,
    _ stream: String,
    pipeline: String,
    isShared: Bool,
    adopts: Bool
  ) throws(CommitError) {
    if !adopts, try owner(store, stream) == nil, let file = try firstFile(store, stream) {
      throw .foreign(stream: stream, file: file)
    }
    let text: JSONValue = ["owner": .string(pipeline)]
    try create(store, name(stream), Array(text.encoded().utf8))
    if isShared, try owner(store, stream) == pipeline {
      try create(store, shared(stream), Array(text.encoded().utf8))
    }
    // Another that claims it at this moment says a moment later that it is shared.
    for _ in 0..<10 where isShared {
      guard (try? check(store, stream, pipeline: pipeline, isShared: true)) == nil else { break }
      _ = try? Poll.readable([], milliseconds: 50)
    }
    try check(store, stream, pipeline: pipeline, isShared: isShared)
    Failpoint.claimed.reached()
  }

  /// A Parquet file in a folder or below it; names with `.` or `_` in front are no reader's matter.
  private static func firstFile(
    _ store: any ObjectStore,
    _ folder: String
  ) throws(CommitError) -> String? {
    let names: [String]
    do throws(StoreError) {
      names = try store.list(folder)
    } catch {
      throw .store(error)
    }
    for name in names where !name.hasPrefix(".") && !name.hasPrefix("_") {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".parquet") { return path }
      if name.contains("="), let file = try firstFile(store, path) { return file }
    }
    return nil
  }

  private static func name(_ stream: String) -> String { "_dativo/tables/\(stream).json" }
  private static func shared(_ stream: String) -> String { "_dativo/tables/\(stream).shared" }

  private static func owner(
    _ store: any ObjectStore,
    _ stream: String
  ) throws(CommitError) -> String? {
    let bytes: [UInt8]?
    do throws(StoreError) {
      bytes = try store.read(name(stream))
    } catch {
      throw .store(error)
    }
    guard let bytes else { return nil }
    guard let owner = (try? JSONValue.parse(bytes))?["owner"]?.string else {
      throw .malformed(name(stream))
    }
    return owner
  }

  private static func create(
    _ store: any ObjectStore,
    _ name: String,
    _ bytes: [UInt8]
  ) throws(CommitError) {
    do throws(StoreError) {
      try store.create(name, bytes)
    } catch .exists {
      return
    } catch {
      throw .store(error)
    }
  }
}
