package import Codecs
package import Columns

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

/// What a setting calls a column, by its bytes: two names that only look alike are two.
package struct ColumnName: Hashable, Sendable {
  private let bytes: [UInt8]

  /// The name as it is written.
  package init(_ text: String) { bytes = Array(text.utf8) }
}

/// How a file is written.
package struct WriterOptions: Hashable, Sendable {
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
  /// Which columns get a bloom filter, by their names or, within nested ones, by dotted paths.
  package var bloomFilters: Set<ColumnName> = []
  /// Encodings of single columns, by the same names.
  package var columnEncodings: [ColumnName: Encoding] = [:]
  /// What the file says it was written by: `APPLICATION version X.Y.Z (build HASH)`.
  package var createdBy = "dativo version 0.1.0 (build release)"

  /// Creates options; zstd at its usual level unless told otherwise.
  package init(codec: Codec = .zstd, level: Int? = nil) {
    self.codec = codec
    self.level = level
  }

  /// The encoding asked for the leaf at `path`.
  func encoding(_ path: [String]) -> Encoding {
    Self.names(path).lazy.compactMap { columnEncodings[$0] }.first ?? encoding
  }

  func hasBloomFilter(_ path: [String]) -> Bool {
    !bloomFilters.isEmpty && Self.names(path).contains { bloomFilters.contains($0) }
  }

  /// What a setting may call the leaf at `path`: its path or that of a column around it.
  static func names(_ path: [String]) -> [ColumnName] {
    var names: [ColumnName] = []
    var rest = path
    while !rest.isEmpty {
      names.append(ColumnName(rest.joined(separator: ".")))
      rest.removeLast()
    }
    return names
  }

  /// A setting that names a column which cannot be had.
  package enum Misfit: Equatable {
    case noColumn(String)
    case encoding(Encoding, column: String)
  }

  /// The first misfit with `schema` of the settings for the columns of `names`; nil for none.
  package func misfit(in schema: Schema, of names: [String]) -> Misfit? {
    for name in names {
      let leaves = schema.leaves.filter { Self.names($0.path).contains(ColumnName(name)) }
      if leaves.isEmpty { return .noColumn(name) }
      guard let encoding = columnEncodings[ColumnName(name)], let fixed = encoding.fixed else {
        continue
      }
      if !leaves.contains(where: { fixed.suits(Physical($0.type)) }) {
        return .encoding(encoding, column: name)
      }
    }
    return nil
  }
}

extension Encoding {
  /// That of the pages where it is not for the values to decide.
  var fixed: PageEncoding? {
    switch self {
    case .dictionary, .auto: nil
    case .plain: .plain
    case .rle: .rle
    case .delta: .delta
    case .deltaLength: .deltaLength
    case .deltaBytes: .deltaBytes
    case .byteStreamSplit: .byteStreamSplit
    }
  }
}
