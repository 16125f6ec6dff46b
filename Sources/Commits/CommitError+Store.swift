internal import Storage

extension CommitError {
  /// What `body` gives; a failure of the storage is one of the log.
  static func storing<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(CommitError) -> Result {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .store(error)
    }
  }
}
