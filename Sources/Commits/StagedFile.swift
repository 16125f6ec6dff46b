package import JSON
internal import Storage

/// A data file being written, its digest taken on the way.
package final class StagedFile {
  /// Its name in the store.
  package let path: String
  /// The bytes written so far.
  package private(set) var bytes = 0
  /// What its commit needs to make it visible, once it is closed.
  package private(set) var ticket: JSONValue?
  private var digest = Digest()
  private let object: any StagedObject

  init(_ path: String, _ object: any StagedObject) {
    self.path = path
    self.object = object
  }

  /// How many of the bytes are in memory still.
  package var heldBytes: Int { object.heldBytes }

  /// Appends bytes.
  package func write(_ piece: UnsafeRawBufferPointer) throws(CommitError) {
    do throws(StoreError) {
      unsafe try object.write(piece)
    } catch {
      throw .store(error)
    }
    unsafe digest.update(piece)
    bytes += piece.count
  }

  /// Forces the file to the disk and returns its SHA-256.
  package func close() throws(CommitError) -> String {
    do throws(StoreError) {
      ticket = try object.close()
    } catch {
      throw .store(error)
    }
    return digest.hex
  }
}
