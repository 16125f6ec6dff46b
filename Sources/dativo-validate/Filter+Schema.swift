import ConnectorKit
import Contracts
import JSON
import JSONSchema
import Wire

// SAFETY, for the whole file: positions lie inside the line that is being read.

extension Filter {
  /// A SCHEMA: the stream begins, or goes on with another schema.
  mutating func schema(
    _ message: Message,
    _ start: Position,
    _ end: Position
  ) throws(Failure) -> Decision {
    guard let name = message.stream, !name.isEmpty else {
      throw violation("a SCHEMA without the name of its stream")
    }
    let line = unsafe Self.bytes(start, end)
    let known = places[name].map { streams[$0] }
    if let known, known.schemaLine == line {
      return known.schemaOutput.map { .replace($0) } ?? .pass
    }
    guard let sent = unsafe message.value("schema", in: start) else {
      throw violation("a SCHEMA of stream \(name) without a schema")
    }
    let stream: StreamCheck
    if let known { stream = known } else { stream = try open(name) }
    stream.schemaLine = line
    let schema = stream.wantedFields?.pruned(sent) ?? sent
    let declared = unsafe KeyProperties.read(message.value("key_properties", in: start))
    stream.keyProperties = declared.filter { schema["properties"]?[$0] != nil }
    for key in declared where !stream.keyProperties.contains(key) {
      Log.warning("stream \(name): the key property \(key) is not in the schema")
    }
    if let masking = stream.masking {
      unsafe try checkMaskedKeys(masking, declared, message, start)
    }
    if stream.object != nil {
      try checkDrift(stream, schema)
      if !settings.admitsMisfits { stream.object?.announceDates(Self.dates(schema)) }
      stream.compile()
      stream.schemaOutput = try narrowed(stream, line)
    } else {
      if isSetAside(stream) { return .drop }
      try adopt(schema, stream)
      if schema != sent { stream.schemaOutput = try narrowed(stream, line) }
    }
    return stream.schemaOutput.map { .replace($0) } ?? .pass
  }

  /// The fields that a SCHEMA has as dates.
  private static func dates(_ schema: JSONValue) -> Set<String> {
    let members = schema["properties"]?.object?.members ?? []
    return Set(members.filter { $0.value["format"]?.string == "date" }.map(\.key))
  }

  /// Makes a stream's own schema its measure.
  func adopt(_ schema: JSONValue, _ stream: StreamCheck) throws(Failure) {
    guard schema.object != nil else {
      throw violation("the schema of stream \(stream.name) is no object")
    }
    let names = ["properties", "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf"]
    if names.allSatisfy({ schema[$0] == nil }) {
      Log.warning(
        "the schema of stream \(stream.name) has no properties: it says little of its records"
      )
    }
    do throws(JSONSchema.Problem) {
      let compiled = try JSONSchema(schema, .singer)
      stream.schema = compiled
      stream.skipped = compiled.skipped.map {
        .init(rule: $0.keyword, pointer: $0.place, reason: $0.reason)
      }
      stream.compile()
    } catch {
      let place = error.place.isEmpty ? "" : " at \(error.place)"
      throw violation("the schema of stream \(stream.name)\(place): \(error.reason)")
    }
  }

  /// The SCHEMA line as the selection and the contract narrow it.
  private func narrowed(_ stream: StreamCheck, _ line: [UInt8]) throws(Failure) -> [UInt8]? {
    var text = line[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    guard let message = try? JSONValue.parse(Array(text)) else {
      throw Failure(.bug, "line \(lineNumber) was read once and not twice")
    }
    var result = stream.wantedFields?.narrowed(message) ?? message
    if let root = stream.coercion?.root {
      result = SchemaCoercion.message(result, root, admitsMisfits: settings.admitsMisfits)
    }
    if let known = stream.knownFields { result = known.narrowed(result) }
    if let entry = stream.entry {
      result = Narrowing.message(result, entry, narrowsTypes: !settings.admitsMisfits)
    }
    if let root = stream.entry?.mask {
      result = SchemaMasking.message(result, root, admitsMisfits: settings.admitsMisfits)
    }
    let ending = line.reversed().prefix { $0 == 0x0A || $0 == 0x0D }.reversed()
    return Array(result.encoded().utf8) + ending
  }
}
