/// The query of a rule, with the names that its placeholders stand for.
struct QueryText {
  /// Why a query is not run.
  struct Refusal: Error, Hashable {
    let reason: String
  }

  /// What is run: a SELECT around the query, since only a query can stand there.
  let text: String

  init(_ query: String, table: String, column: String?) throws(Refusal) {
    let filled = Self.filled(query, table, column)
    let bare = try Self.checked(filled)
    let first = bare.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.uppercased()
    guard first == "SELECT" || first == "WITH" else {
      throw Refusal(reason: "only one SELECT is run, and the query begins with \(first)")
    }
    text = "SELECT * FROM (\n\(bare)\n) LIMIT \(Self.rowLimit)"
  }

  /// Enough rows to tell that there are several, and not too many to print.
  static let rowLimit = 100

  private static let tables = ["object", "table", "model"]
  private static let columns = ["property", "column", "field"]

  /// The query with names in place of `{table}`, `${table}` and so on.
  private static func filled(_ query: String, _ table: String, _ column: String?) -> String {
    var result = ""
    var rest = query[...]
    while let open = rest.firstIndex(of: "{") {
      let inner = rest[rest.index(after: open)...]
      var before = rest[..<open]
      let name = inner.prefix { $0.isLetter }
      let value =
        tables.contains(String(name)) ? table : columns.contains(String(name)) ? column : nil
      guard let value, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" else {
        result += rest[...open]
        rest = inner
        continue
      }
      if before.last == "$" { before = before.dropLast() }
      rest = rest[rest.index(after: name.endIndex)...]
      result += before
      // Where the author has put quotes already, they are not put again.
      switch (result.last, rest.first) {
      case ("\"", "\""): result += DuckDB.escaped(value, "\"")
      case ("'", "'"): result += DuckDB.escaped(value, "'")
      default: result += DuckDB.name(value)
      }
    }
    return result + rest
  }

  /// Where the comment ends that begins at `start`; one within it has an end of its own.
  private static func end(
    ofComment start: Int,
    _ text: [Unicode.Scalar]
  ) throws(Refusal) -> Int {
    var place = start + 2
    var depth = 1
    while place + 1 < text.count {
      switch (text[place], text[place + 1]) {
      case ("/", "*"): depth += 1
      case ("*", "/"): depth -= 1
      default:
        place += 1
        continue
      }
      place += 2
      if depth == 0 { return place }
    }
    throw Refusal(reason: "a comment has no end")
  }

  /// The query without comments and without a semicolon at its end.
  ///
  /// A second statement is refused, and so is what could hide one: quotes with a meaning of their own.
  private static func checked(_ query: String) throws(Refusal) -> String {
    let text = Array(query.unicodeScalars)
    var result = String.UnicodeScalarView()
    var place = 0
    func ahead(_ distance: Int) -> Unicode.Scalar? {
      place + distance < text.count ? text[place + distance] : nil
    }
    while place < text.count {
      let scalar = text[place]
      switch scalar {
      case "'", "\"":
        if scalar == "'", let last = result.last, last.properties.isAlphabetic {
          throw Refusal(reason: "a string with a letter before it, such as E'…', is not taken")
        }
        guard let end = text[(place + 1)...].firstIndex(of: scalar) else {
          throw Refusal(reason: "a quote has no end")
        }
        result.append(contentsOf: text[place...end])
        place = end + 1
      case "-" where ahead(1) == "-":
        while place < text.count, text[place] != "\n", text[place] != "\r" { place += 1 }
        result.append(" ")
      case "/" where ahead(1) == "*":
        place = try end(ofComment: place, text)
        result.append(" ")
      case "$": throw Refusal(reason: "the placeholder after $ is not known")
      case ";":
        let after = text[(place + 1)...]
        guard after.allSatisfy({ $0.properties.isWhitespace || $0 == ";" }) else {
          throw Refusal(reason: "only one SELECT is run")
        }
        return String(result)
      default:
        result.append(scalar)
        place += 1
      }
    }
    return String(result)
  }
}
