package import Posix

/// Where tables and their commit log lie: named objects, and staged files that become visible.
///
/// Names are relative to the store's root, with `/` between folders. Other processes may work in
/// the same store at the same time.
package protocol ObjectStore: AnyObject, Sendable {
  /// Creates an object that survives a power cut.
  ///
  /// Throws `exists` if the name is taken: nothing has changed then, and the object that is there
  /// will stay. After any other error the object may be there or not: reading it tells.
  func create(_ name: String, _ bytes: [UInt8]) throws(StoreError)
  /// The bytes of an object; nil if there is none.
  func read(_ name: String) throws(StoreError) -> [UInt8]?
  /// Up to `count` bytes of an object from `offset` on, fewer at its end; nil if there is none.
  func read(_ name: String, at offset: Int, count: Int) throws(StoreError) -> [UInt8]?
  /// The size of an object; nil if there is none.
  func size(_ name: String) throws(StoreError) -> Int?
  /// The names in a folder, sorted; none if the folder is not there.
  func list(_ folder: String) throws(StoreError) -> [String]
  /// Moves an object to a new name, which must be free; throws `absent` if it is not there.
  ///
  /// It survives a power cut once both folders are settled.
  func move(_ name: String, to new: String) throws(StoreError)
  /// Makes sure that what is to be seen in these folders survives a power cut.
  func settle(_ folders: [String]) throws(StoreError)
  /// Removes an object or a folder with all that is in it; nothing happens if it is not there.
  ///
  /// A power cut may bring it back.
  func remove(_ name: String) throws(StoreError)
  /// Begins an object that is written piece by piece; its name must be free.
  func write(_ name: String) throws(StoreError) -> any StagedObject
}

extension ObjectStore {
  /// For stores that know whole objects only.
  package func read(
    _ name: String,
    at offset: Int,
    count: Int
  ) throws(StoreError) -> [UInt8]? {
    try read(name).map { Array($0.dropFirst(offset).prefix(count)) }
  }
}

/// An object being written; it is whole only after `close`.
package protocol StagedObject: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
  /// Forces the bytes to the disk and ends the object; its name stays once the folder is settled.
  func close() throws(StoreError)
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
  /// The name is taken.
  case exists(String)
  /// There is no object of this name.
  case absent(String)
  /// The system refused.
  case system(PosixError)
}
