internal import Glibc
package import Posix

/// The few operations of a file system that a store on disk is made of.
///
/// Paths are relative to one folder, the root; the empty path is the root itself. An operation
/// that returns has happened for every process, but survives a power cut only once the file or
/// the folder that holds the name was synced. Tests put a recording double in its place.
package protocol FileSystem: AnyObject, Sendable {
  /// Creates the root, if it is not there, so that it stays.
  func makeRoot() throws(PosixError)
  /// Creates a file that is not there yet, open for writing.
  func create(_ path: String) throws(PosixError) -> any OpenFile
  /// The bytes of a file.
  func read(_ path: String) throws(PosixError) -> [UInt8]
  /// Up to `count` bytes of a file from `offset` on, fewer at its end.
  func read(_ path: String, at offset: Int, count: Int) throws(PosixError) -> [UInt8]
  /// The size of a file.
  func size(_ path: String) throws(PosixError) -> Int
  /// The names in a folder, in any order.
  func list(_ path: String) throws(PosixError) -> [String]
  /// Creates a folder in one that is there.
  func makeFolder(_ path: String) throws(PosixError)
  /// Gives a file a second name, which must be free.
  func link(_ path: String, _ new: String) throws(PosixError)
  /// Makes a symbolic link, whose name must be free, to a path relative to its own folder.
  func makeLink(_ path: String, to target: String) throws(PosixError)
  /// Gives a file another name in one step, which a power cut does not divide.
  func rename(_ path: String, _ new: String) throws(PosixError)
  /// Removes a file's name.
  func removeFile(_ path: String) throws(PosixError)
  /// Removes an empty folder.
  func removeFolder(_ path: String) throws(PosixError)
  /// Forces the names in a folder to the disk.
  func syncFolder(_ path: String) throws(PosixError)
  /// Takes a lock that one process at a time holds until it ends; false if another has it.
  func lock(_ path: String) throws(PosixError) -> Bool
}

extension FileSystem {
  /// For doubles without symbolic links.
  package func makeLink(_ path: String, to target: String) throws(PosixError) {
    throw PosixError("symlink", path, code: ENOTSUP)
  }

  /// For doubles that know whole files only.
  package func read(_ path: String, at offset: Int, count: Int) throws(PosixError) -> [UInt8] {
    Array(try read(path).dropFirst(offset).prefix(count))
  }
}

/// A file being written; it is closed when nobody holds it.
package protocol OpenFile: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError)
  /// Forces the bytes to the disk.
  func sync() throws(PosixError)
}
