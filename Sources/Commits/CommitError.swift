package import Storage

/// Why the log refused.
package enum CommitError: Error, Hashable, Sendable {
  /// Another process holds the pipeline's lock.
  case locked(pipeline: String)
  /// Another writer took the next sequence: this one's turn is over.
  case fenced(sequence: Int)
  /// The table belongs to another pipeline.
  case owned(stream: String, by: String)
  /// The tap or its identifying settings are not those of the last commits.
  case otherSource(was: String, now: String)
  /// A commit names a file that is neither staged nor in its place.
  case missingData(sequence: Int, file: String)
  /// The place of a new file is taken by one that the log does not know.
  case occupied(file: String)
  /// The table's folder has files although the table is nobody's.
  case foreign(stream: String, file: String)
  /// An object of the log is not what this version writes.
  case malformed(String)
  /// A commit does not follow the one before it: the log was changed by someone else.
  case broken(sequence: Int)
  /// The publication failed in a way that leaves open whether it happened; the next writer will
  /// find out.
  case undecided(sequence: Int, StoreError)
  /// The storage failed.
  case store(StoreError)
}
