import ConnectorKit
import JSON

/// How the cells of one file become the records of its stream.
struct RecordPlan {
  /// What is done with the cells of one column of the file.
  struct Step {
    var kind: ColumnKind
    var isTold: Bool
    var isSkipped: Bool
    var isCursor: Bool
    /// What is written before the value: comma, key, colon; a part of the arena.
    var prefix: Range<Int>
  }

  /// One for each column of the file.
  private(set) var steps: [Step] = []
  /// The texts of all prefixes.
  private(set) var arena: [UInt8] = []
  /// What ends a record where no cell is left over.
  private(set) var suffix: [UInt8] = []
  /// What precedes the array of surplus cells, if they are collected.
  private(set) var collector: [UInt8]?
  /// The names of the file's columns that the stream does not have.
  private(set) var unknown: [String] = []

  /// Plans for a file with the columns `header`.
  ///
  /// Columns of the stream that the file lacks are null in each record.
  init(stream: String, header: [String], columns: [Column], collect: String?, cursor: String?) {
    var head = Array("{\"type\":\"RECORD\",\"stream\":\(JSONValue.string(stream).encoded()),".utf8)
    head += Array("\"record\":{".utf8)
    var isFirst = true
    func key(_ name: String) -> [UInt8] {
      let text = Array("\(isFirst ? "" : ",")\(JSONValue.string(name).encoded()):".utf8)
      defer { isFirst = false }
      return isFirst ? head + text : text
    }
    for name in header {
      guard let column = columns.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
        unknown.append(name)
        steps.append(Self.skip)
        continue
      }
      guard column.isSelected else {
        steps.append(Self.skip)
        continue
      }
      let text = key(name)
      steps.append(
        Step(
          kind: column.kind,
          isTold: column.isTold,
          isSkipped: false,
          isCursor: name == cursor,
          prefix: arena.count..<arena.count + text.count
        )
      )
      arena += text
    }
    for column in columns where column.isSelected && column.name != collect {
      if !header.contains(where: { $0.utf8.elementsEqual(column.name.utf8) }) {
        suffix += key(column.name) + Array("null".utf8)
      }
    }
    if let collect, columns.contains(where: { $0.name == collect && $0.isSelected }) {
      collector = suffix + key(collect)
      suffix = (collector ?? []) + Array("null".utf8)
    }
    if isFirst { suffix = head }
    suffix += Array("}}\n".utf8)
  }

  private static let skip = Step(
    kind: .string,
    isTold: false,
    isSkipped: true,
    isCursor: false,
    prefix: 0..<0
  )
}
