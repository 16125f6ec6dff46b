import Columns

// The names that the format gives to its numbers, for people.

extension FooterReader.Element {
  /// The type of a leaf or the kind of a group: `INT64 TIMESTAMP(micros, utc)`.
  package var typeText: String {
    guard let type else {
      return logical == .none ? "group" : "group \(logical.text)"
    }
    let names = [
      "BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY",
    ]
    var text = names.indices.contains(type) ? names[type] : "type \(type)"
    if type == 7, let length { text += "(\(length))" }
    return logical == .none ? text : "\(text) \(logical.text)"
  }

  /// `required`, `optional` or `repeated`.
  package var repetitionText: String {
    switch repetition {
    case 0: "required"
    case 1: "optional"
    default: "repeated"
    }
  }
}

extension FooterReader.LogicalType {
  var text: String {
    switch self {
    case .none: ""
    case .string: "STRING"
    case .map: "MAP"
    case .list: "LIST"
    case .date: "DATE"
    case .json: "JSON"
    case .uuid: "UUID"
    case .float16: "FLOAT16"
    case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
    case .time(let unit, let utc): "TIME(\(unit.rawValue)\(utc ? ", utc" : ""))"
    case .timestamp(let unit, let utc): "TIMESTAMP(\(unit.rawValue)\(utc ? ", utc" : ""))"
    case .integer(let bits, let signed): "\(signed ? "INT" : "UINT")_\(bits)"
    case .other(let number): "logical type \(number)"
    }
  }
}

extension FooterReader.Chunk {
  /// The names of the encodings.
  package var encodingNames: [String] { encodings.map(Self.encodingName) }

  /// The name of the codec.
  package var codecName: String {
    let names = ["uncompressed", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"]
    return names.indices.contains(codec) ? names[codec] : "codec \(codec)"
  }

  private static func encodingName(_ number: Int) -> String {
    let names = [
      "PLAIN", "encoding 1", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
      "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
    ]
    return names.indices.contains(number) ? names[number] : "encoding \(number)"
  }
}
