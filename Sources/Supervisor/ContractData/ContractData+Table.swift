package import Commits
internal import Posix
package import Wire

extension ContractData {
  /// A file that a commit made visible, with what the names of its folders tell.
  package typealias Visible = (path: String, pathValues: [(column: String, value: String?)])

  /// Finds what `path` names: a file, a folder of Parquet files, or a table whose commit log says
  /// which of its files count.
  ///
  /// A destination with several tables gives one for each that `isWanted`.
  package static func find(
    _ path: String,
    _ access: StoreAccess,
    isWanted: (String) -> Bool,
    visible: (History, String?) -> [Visible]
  ) throws(Failure) -> [ContractData] {
    if path == "-" { return [try file(path)] }
    let isRemote = path.hasPrefix("s3://")
    if isRemote, path.hasSuffix(".parquet") {
      let part = Part(file: try DataFile(path, access), pathValues: [], local: nil)
      return [ContractData(path, .parquet([part]), name: stem(path))]
    }
    if !isRemote {
      guard Paths.exists(path) else {
        throw Failure(
          .io,
          "there is no file and no folder \(path)",
          hint: "DATA names what is read."
        )
      }
      guard Paths.isFolder(path) else { return [try file(path)] }
      if !isInDestination(path) { return [try folder(path, access)] }
    }
    let destination = try Destination(path, access)
    if let table = destination.table {
      return [try self.table(table, destination, path, visible)]
    }
    let tables = Set(try destination.histories().flatMap(\.tables)).sorted()
    let wanted = tables.count == 1 ? tables : tables.filter(isWanted)
    guard !wanted.isEmpty else {
      throw Failure(
        .configuration,
        "no table at \(path) is called as an object of the contract",
        hint: tables.isEmpty
          ? "It has no tables yet."
          : "Name one: \(tables.map { "\(path)/\($0)" }.joined(separator: ", "))."
      )
    }
    return try wanted.map { (name) throws(Failure) in
      try table(name, destination.narrowed(to: name), "\(path)/\(name)", visible)
    }
  }

  private static func table(
    _ table: String,
    _ destination: Destination,
    _ path: String,
    _ visible: (History, String?) -> [Visible]
  ) throws(Failure) -> ContractData {
    let isRemote = destination.root.hasPrefix("s3://")
    var parts: [Part] = []
    for file in try destination.histories().flatMap({ visible($0, table) }) {
      let local = isRemote ? nil : Paths.absolute("\(destination.root)/\(file.path)")
      parts.append(
        Part(
          file: try destination.file(file.path),
          pathValues: file.pathValues.map { ($0.column, $0.value.map(decoded)) },
          local: local
        )
      )
    }
    let name = table.split(separator: "/").first.map(String.init) ?? table
    var data = ContractData(path, .parquet(parts), name: decoded(name))
    data.isTable = true
    return data
  }

  /// A folder that no commit log speaks of: every Parquet file in it and below counts.
  private static func folder(_ path: String, _ access: StoreAccess) throws(Failure) -> ContractData
  {
    var parts: [Part] = []
    var waiting: [(folder: String, values: [(column: String, value: String?)])] = [(path, [])]
    while let (folder, values) = waiting.popLast() {
      for name in Paths.names(in: folder) where !name.hasPrefix(".") && !name.hasPrefix("_") {
        let inner = "\(folder)/\(name)"
        if Paths.isFolder(inner) {
          waiting.append((inner, values + level(name)))
        } else if name.hasSuffix(".parquet") {
          let file = try DataFile(inner, access)
          parts.append(Part(file: file, pathValues: values, local: Paths.absolute(inner)))
        }
      }
    }
    guard !parts.isEmpty else {
      throw Failure(
        .data,
        "there is no Parquet file in \(path)",
        hint: "Their names end in .parquet."
      )
    }
    let sorted = parts.sorted { $0.file.path < $1.file.path }
    return ContractData(path, .parquet(sorted), name: stem(path))
  }

  /// What the name of a folder tells, `column=value` as Hive writes it.
  private static func level(_ name: String) -> [(column: String, value: String?)] {
    guard let sign = name.firstIndex(of: "=") else { return [] }
    let value = String(name[name.index(after: sign)...])
    return [(String(name[..<sign]), value == "__HIVE_DEFAULT_PARTITION__" ? nil : decoded(value))]
  }

  private static func isInDestination(_ path: String) -> Bool {
    var folder = Paths.absolute(path)
    while true {
      if Paths.isFolder("\(folder)/_dativo") { return true }
      guard folder != "/" else { return false }
      folder = Files.folder(of: folder)
    }
  }

  /// A name of a folder without its percent-encoding.
  private static func decoded(_ text: String) -> String {
    guard text.contains("%") else { return text }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
