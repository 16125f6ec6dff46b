import ConnectorKit
import JSON
import Wire

extension Checkpoint {
  /// Reads the setting `checkpoint_interval`; null lifts a limit, what it leaves out has its default.
  init(_ configuration: Configuration) throws(Failure) {
    self.init()
    let names = ["bytes", "rows", "seconds"]
    for (key, value) in configuration["checkpoint_interval"]?.object?.members ?? [] {
      let place = configuration.place("checkpoint_interval", key)
      switch key {
      case "bytes": bytes = try ByteSize.read(value, "\(place): \"\(key)\"")
      case "rows": rows = try Self.count(value, "\(place): \"\(key)\"")
      case "seconds": seconds = try Self.count(value, "\(place): \"\(key)\"")
      default:
        throw Failure(
          .configuration,
          "\(place): unknown key \"\(key)\" in \"checkpoint_interval\"",
          hint: Nearest.name(to: key, among: names).map { "Did you mean \"\($0)\"?" }
            ?? "It has bytes, rows and seconds; null lifts a limit."
        )
      }
    }
  }

  private static func count(_ value: JSONValue, _ place: String) throws(Failure) -> Int? {
    if value.isNull { return nil }
    guard let count = value.number?.int64, count >= 0 else {
      throw Failure(.configuration, "\(place) must be a whole number, at least 0, or null")
    }
    return Int(count)
  }
}
