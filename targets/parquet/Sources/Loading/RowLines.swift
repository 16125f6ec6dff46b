import Columns
import JSON
import Parquet
import Wire

/// The rows of a row group as lines of JSON, as a tap would have sent the records.
struct RowLines: ~Copyable {
  /// Why a row has no such line.
  enum Problem: Error {
    case read(ReadError)
    /// A value of that column which no JSON has; the text tells it.
    case noJSON(column: String, String)
  }

  private var rows: RowAssembler
  private let file: [Field]
  /// The table's columns of the same names.
  private let table: [Field?]
  private var writer = JSONWriter()

  /// Takes rows over that shall go into a table with the columns `table`.
  init(_ batch: consuming Batch, for table: Schema) {
    let fields = batch.schema.fields
    file = fields
    self.table = fields.map { field in
      table.fields.first { $0.name.utf8.elementsEqual(field.name.utf8) }
    }
    rows = RowAssembler(batch)
  }

  /// The next lines, about `bytes` of them; nil after the last row.
  mutating func next(_ bytes: Int) throws(Problem) -> [UInt8]? {
    writer.bytes.removeAll(keepingCapacity: true)
    while writer.bytes.count < bytes {
      let row: [RowValue]?
      do throws(ReadError) {
        row = try rows.next()
      } catch {
        throw .read(error)
      }
      guard let row else { break }
      writer.beginObject()
      // A null is left out: a key that is null is one that is missing.
      for (index, value) in row.enumerated() where value != .null {
        writer.key(file[index].name)
        try write(value, file[index], table[index]?.type)
      }
      writer.endObject()
      writer.newline()
    }
    return writer.bytes.isEmpty ? nil : writer.bytes
  }

  private mutating func write(
    _ value: RowValue,
    _ field: Field,
    _ target: ColumnType?
  ) throws(Problem) {
    switch value {
    case .null: writer.null()
    case .boolean(let value): writer.bool(value)
    case .number(let digits):
      // The double of a float is another number than that of the float's shortest digits.
      let exact = field.type == .float ? Float(digits).map { Double($0).description } : digits
      writer.raw(exact ?? digits)
    case .bytes(let bytes): writer.string(Base64.encode(bytes))
    case .text(let text): try write(text, field, target)
    case .list(let items):
      guard case .list(let element) = field.type else { return writer.null() }
      var inner: ColumnType?
      if case .list(let field)? = target { inner = field.type }
      writer.beginArray()
      for item in items { try write(item, element, inner) }
      writer.endArray()
    case .structure(let members):
      guard case .structure(let fields) = field.type else { return writer.null() }
      var parts: [Field] = []
      if case .structure(let fields)? = target { parts = fields }
      writer.beginObject()
      for (field, member) in zip(fields, members) {
        writer.key(member.name)
        let part = parts.first { $0.name.utf8.elementsEqual(member.name.utf8) }
        try write(member.value, field, part?.type)
      }
      writer.endObject()
    }
  }

  private mutating func write(
    _ text: String,
    _ field: Field,
    _ target: ColumnType?
  ) throws(Problem) {
    switch field.type {
    case .float, .double:
      throw .noJSON(column: field.name, Excerpt.of(text.utf8))
    case .json where target != .string:
      guard let value = try? JSONValue.parse(Array(text.utf8)) else {
        throw .noJSON(column: field.name, Excerpt.of(text.utf8))
      }
      value.write(to: &writer)
    default: writer.string(text)
    }
  }
}
