package import Wire

/// Where the STATE of a job is kept between runs.
///
/// For a target that commits STATE with its data the store is a cache; for any other it is all
/// there is. Writes are atomic: a reader sees the old entry or the new one, after any crash.
package protocol StateStore: AnyObject {
  /// The entry of the job; nil if there is none. Something else in its place is an error.
  func read() throws(Failure) -> StateEntry?
  /// Makes `entry` the job's, if the one that stands has the version `version`, 0 for none; false
  /// if another writer was faster, and nothing is changed then.
  func replace(_ version: Int, by entry: StateEntry) throws(Failure) -> Bool
  /// What keeps other runs of the job away.
  var lock: JobLock { get }
}

extension StateStore {
  /// Puts an entry after the one that stands, which goes into the history; returns what stands now.
  @discardableResult
  package func put(_ next: StateEntry) throws(Failure) -> StateEntry {
    for _ in 0..<100 {
      let former = try read() ?? StateEntry()
      let entry = former.followed(by: next)
      if try replace(former.version, by: entry) { return entry }
    }
    throw Failure(
      .temporary,
      "other processes keep changing the stored state",
      hint: "Every change should be made by `dativo`, which takes the job's lock."
    )
  }
}
