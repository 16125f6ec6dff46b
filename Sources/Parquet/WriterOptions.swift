package import Codecs

/// The choice of an encoding, by the names that the format gives them.
package enum Encoding: String, Sendable, CaseIterable {
  /// A dictionary where it is smaller, else PLAIN.
  case dictionary
  /// Whichever is the smallest, by trial on the first page of each column of a file.
  case auto
  case plain, rle
  case delta = "delta_binary_packed"
  case deltaLength = "delta_length_byte_array"
  case deltaBytes = "delta_byte_array"
  case byteStreamSplit = "byte_stream_split"
}

/// How a file is written.
package struct WriterOptions: Sendable {
  /// The compression of every page.
  package var codec: Codec
  /// The level of zstd or gzip; nil for the codec's usual one.
  package var level: Int?
  /// The bytes of a data page before compression, about.
  package var pageSize = 1 << 20
  /// The most bytes of a dictionary page; a chunk that needs more is written PLAIN.
  package var dictionaryLimit = 1 << 20
  /// The version of data pages: 1, which every reader knows, or 2.
  package var pageVersion = 1
  /// How the values of every column are encoded, where that suits its type.
  package var encoding = Encoding.dictionary
  /// What the file says it was written by: `APPLICATION version X.Y.Z (build HASH)`.
  package var createdBy = "dativo version 0.1.0 (build release)"

  /// Creates options; zstd at its usual level unless told otherwise.
  package init(codec: Codec = .zstd, level: Int? = nil) {
    self.codec = codec
    self.level = level
  }
}
