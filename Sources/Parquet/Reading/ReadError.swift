/// Why a file could not be read.
package enum ReadError: Error, Equatable {
  /// The bytes are no Parquet file at all; the text says what is missing.
  case notParquet(String)
  /// A Parquet file that is damaged; the text says what is wrong.
  case malformed(String)
  /// A Parquet file with something that this reader does not know; the text names it.
  case unsupported(String)
  /// A row group takes more memory than the reader may use.
  case tooLarge(limit: Int)
  /// The bytes could not be had; the text is the system's.
  case input(String)
}
