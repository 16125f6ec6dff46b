package import JSON
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
  /// Makes a staged object visible under its final name, which must be free, and confirms it.
  ///
  /// Throws `absent` if it is not there whole: it may have been revealed already. It survives a
  /// power cut once both folders are settled.
  func reveal(_ staged: StagedName, bytes: Int) throws(StoreError)
  /// Whether a staged object waits, so that `reveal` would make it visible.
  func isStaged(_ staged: StagedName, bytes: Int) throws(StoreError) -> Bool
  /// What the name of a staged object is followed by where its folder is listed.
  var stagedSuffix: String { get }
  /// Makes sure that what is to be seen in these folders survives a power cut.
  func settle(_ folders: [String]) throws(StoreError)
  /// Removes an object or a folder with all that is in it; nothing happens if it is not there.
  ///
  /// A power cut may bring it back.
  func remove(_ name: String) throws(StoreError)
  /// Begins an object that is written piece by piece under `name`, which must be free, and is to
  /// be seen as `final` one day.
  func stage(_ name: String, for final: String) throws(StoreError) -> any StagedObject
  /// Gives an object a second name, which must be free; it survives a power cut once its folder is
  /// settled. Throws `misplaced` where there are no such names.
  func link(_ name: String, as second: String) throws(StoreError)
  /// Lets the name `link` lead to `folder`, beside it, which is made if it is not there; in one step.
  ///
  /// Throws `misplaced` where there are no such links.
  func point(_ link: String, to folder: String) throws(StoreError)
  /// Takes a lock that one process at a time holds until it ends; false if another has it.
  ///
  /// A store without locks says true: epochs alone keep its writers apart.
  func lock(_ name: String) throws(StoreError) -> Bool
  /// How many staged objects may be open at once.
  var stagedLimit: Int { get }
}

/// Where a staged object is, and where it is going.
package struct StagedName: Hashable, Sendable {
  package let name: String
  package let final: String
  /// What `close` gave: the store's own note of how to reveal the object.
  package let ticket: JSONValue?

  package init(_ name: String, final: String, ticket: JSONValue?) {
    self.name = name
    self.final = final
    self.ticket = ticket
  }
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

  /// For stores without links.
  package func link(_ name: String, as second: String) throws(StoreError) {
    throw .misplaced("no second name for \(name): there are no links")
  }

  /// For stores without links.
  package func point(_ link: String, to folder: String) throws(StoreError) {
    throw .misplaced("no link \(link): there are none")
  }

  /// For stores that stage an object under its name.
  package func isStaged(_ staged: StagedName, bytes: Int) throws(StoreError) -> Bool {
    try size(staged.name) == bytes
  }

  /// Nothing, for stores that stage an object under its name.
  package var stagedSuffix: String { "" }
}

/// An object being written; it is whole only after `close`.
package protocol StagedObject: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
  /// How many of the bytes are in memory still, waiting for more.
  var heldBytes: Int { get }
  /// Ends the object, whose bytes are sure to stay; its name stays once the folder is settled.
  ///
  /// Returns the ticket that revealing it takes, if this store wants one.
  func close() throws(StoreError) -> JSONValue?
}

extension StagedObject {
  /// None, where bytes are handed on at once.
  package var heldBytes: Int { 0 }
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
  /// The name is taken.
  case exists(String)
  /// There is no object of this name.
  case absent(String)
  /// The system refused.
  case system(PosixError)
  /// Credentials are missing or were refused.
  case refused(String)
  /// The place does not exist or does not do what the settings ask for.
  case misplaced(String)
  /// The service does not answer, or says that it cannot now: what was asked may have been done.
  case unavailable(String)
  /// A staged object was cleared away while it was being written: a later writer has its turn.
  case superseded(String)
  /// The service answered something else.
  case rejected(String)
}
