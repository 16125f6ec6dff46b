package import JSON
internal import Posix
internal import Wire

/// A STATE that a person wrote, or one that `dativo state export` wrote, in a file.
package struct StateText: Sendable {
  /// The value to take as STATE.
  package let state: JSONValue
  /// What the file says of it, where it is a state file of ours.
  package let entry: StateEntry?
  /// The job that a state file of ours is of, as `tenant.name`.
  package let pipeline: String?

  /// Reads a file; `-` is standard input.
  package init(file path: String) throws {
    let value = try Self.parse(path)
    if value["format"] != nil, let pipeline = value["pipeline"]?.string {
      do throws(StateEntry.Malformed) {
        let entry = try StateEntry(value)
        self.entry = entry
        state = entry.state ?? .null
        self.pipeline = pipeline
      } catch {
        throw Findings([Finding(.error, "not a whole state file: \(error.reason)", file: path)])
      }
      return
    }
    entry = nil
    pipeline = nil
    // What a tap printed and what a target prints differ by the envelope.
    let state =
      value["type"]?.string == "STATE" ? value["value"] ?? value : value
    try Self.refuseScalar(state, path)
    self.state = state
  }

  /// Refuses what no tap can go on from: a STATE is an object, or a list of Airbyte's.
  static func refuseScalar(_ state: JSONValue, _ path: String) throws(Findings) {
    if case .null = state { return }
    let isList = state.array?.allSatisfy { $0.object != nil } ?? false
    guard state.object == nil, !isList else { return }
    throw Findings([
      Finding(
        .error,
        "this is no state: it is \(state.encoded().prefix(40))",
        hint: #"A state is an object, such as {"bookmarks": {"orders": {"id": 5}}}."#,
        file: path == "-" ? "standard input" : path
      )
    ])
  }

  /// The JSON of a file; what is wrong with it has its place.
  package static func parse(_ path: String) throws -> JSONValue {
    let name = path == "-" ? "standard input" : path
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(.io, "\(name): \(error.reason)", hint: "Name a file with a state, or -.")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes)
    } catch {
      throw Findings([
        Finding(
          .error,
          error.reason.rawValue,
          hint: "A state is one JSON value.",
          file: name,
          line: error.line,
          column: error.column
        )
      ])
    }
    guard let (key, line) = RepeatedKey.first(in: bytes) else { return value }
    throw Findings([
      Finding(
        .error,
        "\"\(key)\" stands twice in one object",
        hint: "Which of the two is meant? Keep one.",
        file: name,
        line: line
      )
    ])
  }
}
