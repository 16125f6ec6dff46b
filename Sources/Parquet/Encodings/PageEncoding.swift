/// The numbers of the Thrift enumeration `Encoding` that we write.
enum PageEncoding: Int, CaseIterable {
  case plain = 0
  case rle = 3
  case delta = 5
  case deltaLength = 6
  case deltaBytes = 7
  case dictionary = 8
  case byteStreamSplit = 9

  /// Whether the values of a physical type can be written so.
  ///
  /// Specification: parquet-format, Encodings.md, "Supported Encodings".
  func suits(_ physical: Physical) -> Bool {
    switch (self, physical) {
    case (.plain, _): true
    case (.dictionary, _): physical != .boolean
    case (.rle, .boolean): true
    case (.delta, .int32), (.delta, .int64): true
    // The format has two more for fixed lengths, of which Polars reads no DELTA_BYTE_ARRAY and
    // DuckDB no BYTE_STREAM_SPLIT.
    case (.deltaLength, .bytes), (.deltaBytes, .bytes): true
    case (.byteStreamSplit, .int32), (.byteStreamSplit, .int64): true
    case (.byteStreamSplit, .float), (.byteStreamSplit, .double): true
    default: false
    }
  }
}
