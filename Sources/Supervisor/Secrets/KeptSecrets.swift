internal import Commits
internal import JSON
internal import Posix
internal import Wire

/// Secrets that plugins have changed and whose backend does not take them back: a 0600 file of the
/// job, in the tenant's folder below `DATIVO_HOME`.
///
/// A value stands in for the one that it came from, which a hash tells: once that is another, because
/// somebody has set a new one, the kept value is void.
struct KeptSecrets {
  let path: String

  /// Those of one end of a job; parts of a job have their own.
  init(_ job: Job, _ role: Plan.Stage.Role) {
    let part = job.part.map { "." + $0.stream.filter { $0.isLetter || $0.isNumber || $0 == "_" } }
    let home = Home.ofSecrets(in: job.folder)
    path = "\(home)/secrets/kept/\(job.tenant)/\(job.name)\(part ?? "").\(role.rawValue).json"
  }

  /// The configuration with kept values in the place of those that they came from.
  func applied(to config: JSONObject) -> JSONObject {
    var value = JSONValue.object(config)
    for (key, entry) in read() {
      let place = Self.keys(key)
      guard let new = entry["value"], entry["of"] == .string(Self.digest(Self.value(value, place)))
      else { continue }
      var values = SecretValues()
      values.take(secret: new)
      Redactor.learn(values)
      value = Self.replaced(value, place, new)
    }
    return value.object ?? config
  }

  /// Keeps a value for `place`; `given` is the configuration without kept values.
  func keep(_ value: JSONValue, at place: [String], given: JSONValue) throws(Failure) {
    var all = read()
    all[Self.key(place)] = [
      "of": .string(Self.digest(Self.value(given, place))), "value": value,
    ]
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.replace(path, Array(JSONValue.object(all).encoded().utf8), mode: 0o600)
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }

  /// The settings that values are kept for.
  var settings: [String] { read().map { Self.keys($0.key).joined(separator: ".") } }

  private func read() -> JSONObject {
    (try? Files.read(path)).flatMap { try? JSONValue.parse($0) }?.object ?? JSONObject()
  }

  private static func digest(_ value: JSONValue?) -> String {
    Digest.hex(Array((value ?? .null).encoded().utf8))
  }

  // MARK: Places, as JSON pointers

  private static func key(_ place: [String]) -> String {
    place.map { part in
      "/" + String(part.flatMap { $0 == "~" ? Array("~0") : $0 == "/" ? Array("~1") : [$0] })
    }.joined()
  }

  private static func keys(_ pointer: String) -> [String] {
    pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
      let plain = part.split(separator: "~1", omittingEmptySubsequences: false)
        .joined(separator: "/")
      return plain.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
    }
  }

  private static func value(_ value: JSONValue, _ place: [String]) -> JSONValue? {
    place.reduce(Optional(value)) { value, key in
      switch value {
      case .object(let object): object[key]
      case .array(let elements):
        Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      default: nil
      }
    }
  }

  private static func replaced(
    _ value: JSONValue,
    _ place: [String],
    _ new: JSONValue
  ) -> JSONValue {
    guard let key = place.first else { return new }
    let rest = Array(place.dropFirst())
    switch value {
    case .object(var object):
      object[key] = replaced(object[key] ?? .null, rest, new)
      return .object(object)
    case .array(var elements):
      guard let index = Int(key), elements.indices.contains(index) else { return value }
      elements[index] = replaced(elements[index], rest, new)
      return .array(elements)
    case .null where !rest.isEmpty || !key.isEmpty:
      return .object([key: replaced(.null, rest, new)])
    default: return value
    }
  }
}
