package import Contracts
internal import JSON
internal import Posix
internal import Wire

/// A contract as a schema of another kind, or a contract drawn from one.
package struct ContractConversion {
  /// What can be converted to.
  package enum Kind: String, CaseIterable, Sendable {
    case odcs, jsonSchema = "json-schema", singer, avro
  }

  /// The text in the other form, with a line feed at its end.
  package let text: String
  /// What the other form cannot say.
  package private(set) var losses: [String] = []
  /// What was read.
  package let source: Kind

  /// Converts the file at `path`; `object` picks one of a contract's several.
  package init(_ path: String, to kind: Kind, object: String? = nil) throws {
    let bytes = try Self.read(path)
    if let root = YAMLFile.read(path).root, root["kind"]?.text == "DataContract" {
      source = .odcs
      let contract = try Self.contract(path, bytes)
      text = try Self.text(contract, path, kind, object, &losses)
      return
    }
    let found = try Self.schemas(bytes, path)
    source = found.kind
    let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init)
    let imported =
      found.avro.map { ContractImport(avro: $0, id: name ?? "contract") }
      ?? ContractImport(schemas: found.schemas, id: name ?? "contract")
    if let field = imported.duplicates.first {
      throw Failure(
        .configuration,
        "\(path): the field \(field) stands twice",
        hint: "The fields of an Avro record have names of their own."
      )
    }
    losses = imported.losses
    let yaml = YAMLWriter.text(imported.document)
    if kind == .odcs {
      text = yaml
    } else {
      text = try Self.text(try Self.contract(path, Array(yaml.utf8)), path, kind, object, &losses)
    }
  }

  /// Reads a contract; its problems are thrown as findings.
  package static func contract(_ path: String, _ bytes: [UInt8]? = nil) throws -> Contract {
    let (contract, problems) = ContractFile.load(try bytes ?? read(path))
    guard let contract else { throw Findings(problems.map { Finding($0, file: path) }) }
    return contract
  }

  private static func read(_ path: String) throws -> [UInt8] {
    do throws(PosixError) {
      return try Files.read(path)
    } catch {
      throw Failure(.configuration, "\(path) cannot be read: \(error.reason)")
    }
  }

  private static func text(
    _ contract: Contract,
    _ path: String,
    _ kind: Kind,
    _ name: String?,
    _ losses: inout [String]
  ) throws -> String {
    var objects = contract.objects
    if let name {
      objects = objects.filter { $0.name == name || $0.physicalName == name }
      guard !objects.isEmpty else {
        let names = contract.objects.map(\.name)
        let near = Nearest.name(to: name, among: names) ?? names.joined(separator: ", ")
        throw Failure(.usage, "\(path) has no object \(name)", hint: "It has \(near).")
      }
    }
    if kind == .singer { return singer(objects, &losses) }
    if kind == .odcs { return YAMLWriter.text(contract.document) }
    guard objects.count == 1, let object = objects.first else {
      let names = objects.map(\.name).joined(separator: ", ")
      throw Failure(
        .usage,
        objects.isEmpty ? "\(path) describes no object" : "\(path) has several objects: \(names)",
        hint: objects.isEmpty ? nil : "Pick one with --object NAME."
      )
    }
    if kind == .avro {
      let namespace = contract.domain ?? ""
      return object.avro(namespace: namespace, &losses).encoded() + "\n"
    }
    var schema: JSONObject = ["$schema": "https://json-schema.org/draft/2020-12/schema"]
    schema["title"] = .string(object.name)
    for (key, value) in object.jsonSchema(&losses).members { schema[key] = value }
    if !object.primaryKey.isEmpty {
      losses.append("\(object.name): the primary key \(object.primaryKey.joined(separator: ", "))")
    }
    return JSONValue.object(schema).encoded() + "\n"
  }

  /// One SCHEMA message for each object.
  private static func singer(_ objects: [ContractObject], _ losses: inout [String]) -> String {
    var lines = ""
    for object in objects {
      let schema = object.jsonSchema(&losses, isStream: true)
      let keys = object.primaryKey.map { name in
        object.properties.first { $0.name == name }?.field ?? name
      }
      let message: JSONValue = [
        "type": "SCHEMA", "stream": .string(object.physicalName ?? object.name),
        "schema": .object(schema), "key_properties": .array(keys.map { .string($0) }),
      ]
      lines += message.encoded() + "\n"
    }
    return lines
  }

  private struct Found {
    var kind: Kind
    var schemas: [(name: String, schema: JSONValue, keys: [String])] = []
    var avro: JSONValue?
  }

  /// The schemas of a JSON Schema, an Avro record, a Singer catalog or a stream of Singer messages.
  private static func schemas(_ bytes: [UInt8], _ path: String) throws -> Found {
    let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init)
    if let value = try? JSONValue.parse(bytes) {
      if value["type"]?.string == "record" { return Found(kind: .avro, avro: value) }
      if let streams = value["streams"]?.array {
        return Found(kind: .singer, schemas: streams.compactMap(singerSchema))
      }
      if value["type"]?.string != "SCHEMA" {
        try refuseOther(value, path)
        let title = value["title"]?.string ?? name ?? "object"
        return Found(kind: .jsonSchema, schemas: [(title, value, [])])
      }
    }
    var found = Found(kind: .singer)
    for line in bytes.split(separator: 0x0A) {
      guard let message = try? JSONValue.parse(Array(line)) else {
        throw Failure(
          .configuration,
          "\(path) is neither a contract, a JSON Schema, an Avro record nor a Singer stream"
        )
      }
      guard message["type"]?.string == "SCHEMA", let schema = singerSchema(message) else {
        continue
      }
      found.schemas.removeAll { $0.name == schema.name }
      found.schemas.append(schema)
    }
    guard !found.schemas.isEmpty else {
      throw Failure(.configuration, "\(path) has no SCHEMA message")
    }
    return found
  }

  /// Refuses what is JSON and describes no records.
  private static func refuseOther(_ value: JSONValue, _ path: String) throws {
    func refuse(_ what: String, _ hint: String) -> Failure {
      Failure(.configuration, "\(path) \(what)", hint: hint)
    }
    let needed = "Needed is a schema of objects: {\"type\": \"object\", \"properties\": {…}}."
    guard let schema = value.object else {
      throw refuse("is JSON, and no schema: its root is no object", needed)
    }
    let type = value["type"]
    if let name = type?.string, ["enum", "fixed", "map", "array"].contains(name),
      value["symbols"] != nil || value["size"] != nil || value["values"] != nil
    {
      throw refuse(
        "is an Avro \(name), not a record",
        "A contract describes records: {\"type\": \"record\", …}."
      )
    }
    let types = type?.array?.compactMap(\.string) ?? type?.string.map { [$0] } ?? []
    if !types.isEmpty, !types.contains("object") {
      throw refuse("describes values of type \(types.joined(separator: ", ")), not records", needed)
    }
    guard schema["properties"]?.object != nil else {
      throw refuse(
        schema.isEmpty ? "is an empty object, and no schema" : "is no schema with properties",
        needed
      )
    }
  }

  private static func singerSchema(
    _ value: JSONValue
  ) -> (name: String, schema: JSONValue, keys: [String])? {
    guard let name = (value["stream"] ?? value["tap_stream_id"])?.string,
      let schema = value["schema"]
    else { return nil }
    let listed =
      value["key_properties"]
      ?? value["metadata"]?.array?.first {
        $0["breadcrumb"]?.array?.isEmpty ?? false
      }?["metadata"]?["table-key-properties"]
    return (name, schema, listed?.array?.compactMap(\.string) ?? [])
  }
}
