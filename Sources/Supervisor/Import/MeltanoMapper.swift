internal import JSON

/// What a task's mappers say that run `dativo-validate`: in a job the middle stage is always there,
/// and they become its contracts and `validation`.
struct MeltanoMapper {
  private(set) var contracts: [JSONValue] = []
  private(set) var validation = JSONObject()
  /// Settings that a job has no place for.
  private(set) var left: [String] = []

  /// Whether a mapper's program is our middle stage.
  static func isOurs(_ plugin: MeltanoProject.Plugin) -> Bool {
    plugin.executable.split(separator: "/").last == "dativo-validate"
  }

  /// Takes one's settings; of several the later ones count.
  mutating func take(_ config: JSONObject) {
    for (key, value) in config.members {
      switch key {
      case "contract": contracts.append(value)
      case "contracts": contracts += value.array ?? [value]
      case "contracts_folder":
        contracts += ["yaml", "yml"].map { .string("\(value.string ?? "")/*.\($0)") }
      case _ where JobKeys.validation.contains(key): validation[key] = value
      default: left.append(key)
      }
    }
  }
}
