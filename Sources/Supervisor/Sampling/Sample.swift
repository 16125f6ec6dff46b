package import JSON

/// The first records of each stream of a source, as they would reach a target.
package struct Sample: Sendable {
  package struct Stream: Sendable {
    package let name: String
    package var records: [JSONValue] = []
  }

  /// In the order in which they came.
  package private(set) var streams: [Stream] = []
  /// Whether the source came to its end before there was enough.
  package var isWhole = false
  /// What the records broke, as the middle stage's report tells it; nil where it left none.
  package var report: JSONValue?

  private let limit: Int
  private var places: [String: Int] = [:]

  init(limit: Int) { self.limit = limit }

  /// Takes a line; what is no SCHEMA or RECORD, and what is too much, is passed by.
  mutating func take(_ line: ArraySlice<UInt8>) {
    guard let message = try? JSONValue.parse(Array(line)) else { return }
    switch message["type"]?.string?.uppercased() {
    case "SCHEMA":
      if let name = message["stream"]?.string { _ = place(name) }
    case "RECORD":
      let body = message["record"]
      // Airbyte's form has the stream within.
      let isAirbyte = message["stream"] == nil
      guard let name = (isAirbyte ? body?["stream"] : message["stream"])?.string,
        let record = isAirbyte ? body?["data"] : body
      else { return }
      let place = place(name)
      if streams[place].records.count < limit { streams[place].records.append(record) }
    default: return
    }
  }

  private mutating func place(_ name: String) -> Int {
    if let known = places[name] { return known }
    places[name] = streams.count
    streams.append(Stream(name: name))
    return streams.count - 1
  }

  /// Whether each of `expected` has enough; where those are not known, each that has begun.
  func isFull(_ expected: [String]?) -> Bool {
    let names = expected ?? streams.map(\.name)
    return !names.isEmpty
      && names.allSatisfy { name in
        places[name].map { streams[$0].records.count >= limit } ?? false
      }
  }

  /// The sample as JSON.
  package var json: JSONValue {
    let found = streams.map { stream -> JSONValue in
      ["stream": .string(stream.name), "records": .array(stream.records)]
    }
    return ["streams": .array(found), "whole": .bool(isWhole), "violations": .array(violations)]
  }

  /// The rules that were broken: an object `{stream, rule, pointer, count, message}` each.
  package var violations: [JSONValue] {
    (report?["streams"]?.object?.members ?? []).flatMap { name, stream in
      (stream["violations"]?.array ?? []).compactMap { violation in
        guard var object = violation.object else { return nil }
        object["stream"] = .string(name)
        return .object(object)
      }
    }
  }
}
