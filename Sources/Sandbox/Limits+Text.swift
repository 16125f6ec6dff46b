package import JSON

extension Limits {
  /// The keys; `schemas/plugin.schema.json` has the same.
  package static let keys = [
    "memory", "processes", "cpu", "file_size", "open_files", "time", "scratch",
  ]

  /// Sets one limit as people write it; false where that cannot be.
  package mutating func set(_ key: String, _ value: JSONValue) -> Bool {
    let text = value.string ?? value.number?.text ?? ""
    switch key {
    case "memory": return Self.put(Quantity.bytes(text), &memory)
    case "processes": return Self.put(Int(text).flatMap { $0 > 0 ? $0 : nil }, &processes)
    case "cpu": return Self.put(Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }, &cpu)
    case "file_size": return Self.put(Quantity.bytes(text), &fileSize)
    case "open_files": return Self.put(Int(text).flatMap { $0 >= 16 ? $0 : nil }, &openFiles)
    case "time": return Self.put(Quantity.seconds(text), &time)
    case "scratch": return Self.put(Quantity.bytes(text), &scratch)
    default: return false
    }
  }

  private static func put<Value>(_ value: Value?, _ place: inout Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  /// Those that are set, as options take them.
  package var texts: [(key: String, value: String)] {
    var texts: [(key: String, value: String)] = []
    func add(_ key: String, _ value: (some CustomStringConvertible)?) {
      if let value { texts.append((key, "\(value)")) }
    }
    add("memory", memory)
    add("processes", processes)
    add("cpu", cpu)
    add("file_size", fileSize)
    add("open_files", openFiles)
    add("time", time)
    add("scratch", scratch)
    return texts
  }
}

/// Sizes and lengths of time as people write them.
package enum Quantity {
  private static let sizes: [(name: String, bytes: Double)] = [
    ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("kB", 1000), ("MB", 1e6),
    ("GB", 1e9), ("", 1),
  ]

  /// `512MiB`; nil for what is none, or nothing.
  package static func bytes(_ text: String) -> Int? {
    guard let unit = sizes.first(where: { text.hasSuffix($0.name) }),
      let number = Double(text.dropLast(unit.name.count).filter { $0 != " " }),
      number > 0, number * unit.bytes < 1e18
    else { return nil }
    return max(Int(number * unit.bytes), 1)
  }

  /// `90s`, `15m`, `2h`, `1d`; a number alone counts seconds.
  package static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text[...] : text.dropLast()), number > 0,
      number.isFinite
    else { return nil }
    return number * (unit ?? 1)
  }
}
