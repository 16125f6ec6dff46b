internal import JSON

/// The type that a JSON Schema gives a value, as far as a contract can say it.
struct DeclaredType {
  /// One name of JSON Schema; nil for what may be of several types.
  let type: String?
  let format: String?
  let allowsNull: Bool
  let properties: [JSONObject.Member]
  let items: JSONValue?

  init(_ schema: JSONValue) {
    let choices = (schema["anyOf"] ?? schema["oneOf"])?.array ?? []
    let real = choices.filter { $0["type"]?.string != "null" }
    var body = schema
    if schema["type"] == nil, real.count == 1, let only = real.first { body = only }
    let types = body["type"]?.array?.compactMap(\.string) ?? body["type"]?.string.map { [$0] } ?? []
    let named = types.filter { $0 != "null" }
    switch Set(named) {
    case ["integer", "number"]: type = "number"
    case let names: type = names.count == 1 ? named.first : nil
    }
    allowsNull = types.count != named.count || real.count != choices.count || types.isEmpty
    format = body["format"]?.string
    properties = body["properties"]?.object?.members ?? []
    items = body["items"]
  }
}
