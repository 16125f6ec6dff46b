import ConnectorKit
import Wire

/// The names of a file's columns.
struct Header: Hashable, Sendable {
  var names: [String]
  /// What was changed about the names that the file has.
  var remarks: [String] = []

  /// Takes names as a file has them: an empty one gets its number, a repeated one a suffix.
  init(raw: [String]) {
    names = []
    var taken = Set(raw)
    var used: Set<String> = []
    for (index, name) in raw.enumerated() {
      var unique = name
      if name.isEmpty {
        unique = "column_\(index + 1)"
        remarks.append("column \(index + 1) has no name: it is called \"\(unique)\"")
      }
      if used.contains(unique) || (name.isEmpty && taken.contains(unique)) {
        var number = 2
        while taken.contains("\(unique)_\(number)") { number += 1 }
        let renamed = "\(unique)_\(number)"
        remarks.append("column \(index + 1) is a second \"\(unique)\": it is called \"\(renamed)\"")
        unique = renamed
      }
      taken.insert(unique)
      used.insert(unique)
      names.append(unique)
    }
  }
}

extension CSVReader {
  /// Reads the header line, or what the settings say in its place; nil if the file has no line.
  mutating func header(_ settings: StreamSettings) throws(Failure) -> Header? {
    guard settings.hasHeader else {
      if let names = settings.names { return Header(raw: names) }
      guard let row = unsafe try row() else { return nil }
      let count = unsafe cells(row.start).count
      return Header(raw: (1...count).map { "column_\($0)" })
    }
    guard let row = unsafe try row() else { return nil }
    let lines = scanner.innerLines
    var names: [String] = []
    let found = unsafe cells(row.start)
    for index in unsafe found.indices {
      guard let name = unsafe found[index].text else {
        throw unsafe notUTF8(found[index].place, row.start, "the header")
      }
      names.append(name)
    }
    scanner.innerLines = lines
    unsafe consume(row)
    guard let given = settings.names else { return Header(raw: names) }
    guard given.count == names.count else {
      throw Failure(
        .configuration,
        "\(path):\(line - 1): the header has \(names.count) columns, \"names\" \(given.count)",
        hint: "Give one name for each column, or leave \"names\" out."
      )
    }
    return Header(raw: given)
  }

  /// The cells of a row that is whole in the buffer; text that is not UTF-8 is nil.
  private mutating func cells(_ start: Position) -> [(place: Position, text: String?)] {
    var cells = unsafe [(place: Position, text: String?)]()
    var p = unsafe start
    while true {
      let cell = unsafe scanner.cell(at: p)
      let bytes = unsafe UnsafeBufferPointer(start: cell.start, count: cell.count)
      unsafe cells.append((p, String(validating: bytes, as: UTF8.self)))
      guard cell.stop == .delimiter else { return unsafe cells }
      unsafe p = unsafe cell.next
    }
  }
}
