internal import Storage
package import Wire

/// One file of the local disk, read in pieces.
package struct DataFile: Sendable {
  /// As the user named it.
  package let path: String
  /// In bytes.
  package let size: Int
  private let store: LocalStore
  private let name: String

  /// Looks the file up.
  package init(_ path: String) throws(Failure) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    self.path = path
    store = LocalStore(root: folder)
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
