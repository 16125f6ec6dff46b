/// Why a file could not be read.
package enum ParquetError: Error, Equatable {
  /// The bytes are no Parquet file, or a damaged one; the text says what is wrong.
  case malformed(String)
}
