internal import Storage
package import Wire

/// One file of the local disk or of a bucket, read in pieces.
package struct DataFile: Sendable {
  /// As the user named it.
  package let path: String
  /// In bytes.
  package let size: Int
  private let store: any ObjectStore
  private let name: String

  /// Looks the file up.
  package init(_ path: String, _ access: StoreAccess) throws(Failure) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    try self.init(path, try access.store(folder), name)
  }

  /// Looks up the file that is called `name` in a store, `path` to the user.
  init(_ path: String, _ store: any ObjectStore, _ name: String) throws(Failure) {
    self.path = path
    self.store = store
    self.name = name
    do throws(StoreError) {
      guard let size = try store.size(name) else {
        throw .absent(path)
      }
      self.size = size
    } catch {
      if case .absent = error {
        throw Failure(.io, "there is no file \(path)", hint: "Name one file of a table.")
      }
      throw Failure(error)
    }
  }

  /// Up to `count` bytes from `offset` on, fewer at its end.
  package func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    do throws(StoreError) {
      return try store.read(name, at: offset, count: count) ?? []
    } catch {
      throw Failure(error)
    }
  }
}
