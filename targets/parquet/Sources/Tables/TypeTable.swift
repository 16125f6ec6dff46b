import Columns
import JSON
import Parquet
import Wire

/// Which column each kind of property becomes: told by writing one and reading its footer.
enum TypeTable {
  /// `{property, column, parquet, alternatives}` for each kind.
  static var rows: [JSONObject] {
    samples.compactMap { sample in
      guard let property = try? JSONValue.parse(sample),
        let schema = try? ColumnTypes.schema(["properties": ["c": property]]),
        let field = schema.fields.first
      else { return nil }
      var row = JSONObject()
      row["property"] = property
      row["column"] = .string(TypeText(field.type).text)
      row["parquet"] = .string(parquet(schema))
      // What a column goes on as after a value that does not fit.
      let next = field.alternatives.map { TypeText($0).text }
      row["goes on as"] = .string(next.joined(separator: ", "))
      return row
    }
  }

  private static func parquet(_ schema: Schema) -> String {
    var bytes: [UInt8] = []
    do {
      let writer = try unsafe FileWriter(schema: schema) { unsafe bytes += $0 }
      _ = try writer.finish()
      let file = bytes
      let footer = try FooterReader(size: file.count) { (offset, count) throws(ReadError) in
        Array(file[offset..<offset + count])
      }
      let nodes = footer.schema.filter { $0.name != "list" && $0.name != "key_value" }
      return nodes.map { $0.typeText }.joined(separator: " of ")
    } catch {
      return "\(error)"
    }
  }

  private static let samples = [
    #"{"type":"boolean"}"#,
    #"{"type":"integer"}"#,
    #"{"type":"integer","minimum":-128,"maximum":127}"#,
    #"{"type":"integer","minimum":-32768,"maximum":32767}"#,
    #"{"type":"integer","minimum":-2147483648,"maximum":2147483647}"#,
    #"{"type":"integer","maximum":18446744073709551615}"#,
    #"{"type":"number"}"#,
    #"{"type":"number","airbyte_type":"integer"}"#,
    #"{"type":"number","multipleOf":0.01}"#,
    #"{"type":"number","multipleOf":0.01,"maximum":100000}"#,
    #"{"type":"string","format":"singer.decimal","precision":18,"scale":4}"#,
    #"{"type":"string","format":"x-singer.decimal","precision":38,"scale":9}"#,
    #"{"type":"string"}"#,
    #"{"type":"string","format":"uuid"}"#,
    #"{"type":"string","format":"date"}"#,
    #"{"type":"string","format":"time"}"#,
    #"{"type":"string","format":"date-time"}"#,
    #"{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}"#,
    #"{"type":"string","contentEncoding":"base64"}"#,
    #"{"anyOf":[{"type":"string","format":"date-time"},{"type":"string"}]}"#,
    #"{"type":["integer","number"]}"#,
    #"{"type":["integer","string"]}"#,
    #"{"type":["object","string"]}"#,
    #"{"type":"object","properties":{"a":{"type":"string"}}}"#,
    #"{"type":"object","additionalProperties":{"type":"integer"}}"#,
    #"{"type":"object"}"#,
    #"{"type":"array","items":{"type":"integer"}}"#,
    #"{"type":"array"}"#,
    #"{}"#,
  ]
}
