internal import JSON
internal import Storage

/// Whose a table is: the object `_dativo/tables/<stream>.json`, created once and never replaced.
///
/// It says whether the owner lets others append; a second object, `<stream>.shared`, that the owner
/// does so since.
enum TableOwner {
  /// Throws `owned` if `stream`'s table is another pipeline's; nothing is written.
  static func check(
    _ store: any ObjectStore,
    _ stream: String,
    pipeline: String,
    isShared: Bool
  ) throws(CommitError) {
    guard let owner = try owner(store, stream), owner.pipeline != pipeline else { return }
    let size: Int?
    do throws(StoreError) {
      size = isShared && !owner.shares ? try store.size(shared(stream)) : nil
    } catch {
      throw .store(error)
    }
    guard isShared, owner.shares || size != nil else {
      throw .owned(stream: stream, by: owner.pipeline)
    }
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
    var claim: JSONObject = ["owner": .string(pipeline)]
    if isShared { claim["shared"] = true }
    let text = Array(JSONValue.object(claim).encoded().utf8)
    try create(store, name(stream), text)
    if isShared, let owner = try owner(store, stream), owner.pipeline == pipeline, !owner.shares {
      try create(store, shared(stream), text)
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
  ) throws(CommitError) -> (pipeline: String, shares: Bool)? {
    let bytes: [UInt8]?
    do throws(StoreError) {
      bytes = try store.read(name(stream))
    } catch {
      throw .store(error)
    }
    guard let bytes else { return nil }
    guard let claim = try? JSONValue.parse(bytes), let owner = claim["owner"]?.string else {
      throw .malformed(name(stream))
    }
    return (owner, claim["shared"]?.bool ?? false)
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
