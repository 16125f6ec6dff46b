package import Posix

/// Where tables and their commit log lie: named objects, and staged files that become visible.
///
/// Names are relative to the store's root, with `/` between folders. Every operation that returns
/// has reached the disk: what it made survives a power cut.
package protocol ObjectStore: AnyObject, Sendable {
  /// Creates an object; throws `exists` if the name is taken, and then changes nothing.
  func create(_ name: String, _ bytes: [UInt8]) throws(StoreError)
  /// The bytes of an object; nil if there is none.
  func read(_ name: String) throws(StoreError) -> [UInt8]?
  /// The size of an object; nil if there is none.
  func size(_ name: String) throws(StoreError) -> Int?
  /// The names in a folder, sorted; none if the folder is not there.
  func list(_ folder: String) throws(StoreError) -> [String]
  /// Moves an object to a new name, which must be free, and creates the folders on the way.
  func move(_ name: String, to new: String) throws(StoreError)
  /// Removes an object or a folder with all that is in it; nothing happens if it is not there.
  func remove(_ name: String) throws(StoreError)
  /// Begins an object that is written piece by piece.
  func write(_ name: String) throws(StoreError) -> any StagedObject
}

/// An object being written; it is whole only after `close`.
package protocol StagedObject: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
  /// Forces everything to the disk and ends the object.
  func close() throws(StoreError)
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
  /// The name is taken.
  case exists(String)
  /// The system refused.
  case system(PosixError)
}
