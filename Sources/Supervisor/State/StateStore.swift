package import Wire

/// Where the STATE of a job is kept between runs.
///
/// For a target that commits STATE with its data the store is a cache; for any other it is all
/// there is. Writes are atomic: a reader sees the old entry or the new one.
package protocol StateStore {
  /// The entry of the job; nil if there is none. Something else in its place is an error.
  func read() throws(Failure) -> StateEntry?
  /// Replaces the entry.
  func write(_ entry: StateEntry) throws(Failure)
  /// Keeps other runs of the job away until this process ends; false if one is under way.
  func lock() throws(Failure) -> Bool
}
