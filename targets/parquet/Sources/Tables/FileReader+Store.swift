import Commits
import ConnectorKit
import Parquet
import Storage
import Wire

extension FileReader {
  /// Reads a file of the table back, or with `isStaged` one that no commit has shown yet; `purpose`
  /// is what a failure says.
  init(
    _ store: any ObjectStore,
    _ file: Commit.File,
    isStaged: Bool = false,
    _ purpose: String
  ) throws(Failure) {
    let name = isStaged ? file.staged : file.path
    do throws(ReadError) {
      try self.init(size: file.bytes) { (offset, count) throws(ReadError) in
        do throws(StoreError) {
          guard let bytes = try store.read(name, at: offset, count: count) else {
            throw .absent(name)
          }
          return bytes
        } catch {
          throw ReadError.input(Failure(error).message)
        }
      }
    } catch {
      throw Failure(error, name, purpose)
    }
  }
}

extension Failure {
  /// A file of the table that cannot be read again.
  init(_ error: ReadError, _ path: String, _ purpose: String) {
    let hint = "`dativo verify` holds every file against the commit log."
    switch error {
    case .input(let reason):
      self.init(.io, "\(path) cannot be read, \(purpose): \(reason)", hint: hint)
    case .notParquet(let reason), .malformed(let reason), .unsupported(let reason):
      self.init(.data, "\(path) cannot be read, \(purpose): \(reason)", hint: hint)
    case .tooLarge(let limit):
      self.init(.data, "\(path) has a row group of more than \(limit) bytes", hint: hint)
    }
  }
}
