public import JSON
public import Wire

extension Configuration {
  /// Checks what lies within the objects of these settings, where they say what that may be.
  public func checkNested(_ settings: [Setting]) throws(Failure) {
    for setting in settings {
      if let value = values[setting.name] { try check(value, within: setting, at: [setting.name]) }
    }
  }

  /// Checks an object within the configuration against the settings that it may have.
  public func check(
    _ object: JSONObject,
    against settings: [Setting],
    at path: [String]
  ) throws(Failure) {
    for member in object.members {
      let inner = path + [member.key]
      guard let setting = settings.first(where: { $0.name == member.key }) else {
        let near = Nearest.name(to: member.key, among: settings.map(\.name))
        throw Failure(
          .configuration,
          "\(place(inner)): unknown setting \"\(member.key)\"",
          hint: near.map { "Did you mean \"\($0)\"?" }
            ?? "Here may stand \(settings.map(\.name).joined(separator: ", "))."
        )
      }
      guard setting.accepts(member.value) else {
        let shown = setting.isSensitive ? "" : ", not \(member.value.encoded())"
        throw Failure(
          .configuration,
          "\(place(inner)): \"\(member.key)\" must be \(setting.expectation)\(shown)"
        )
      }
      try check(member.value, within: setting, at: inner)
    }
  }

  private func check(
    _ value: JSONValue,
    within setting: Setting,
    at path: [String]
  ) throws(Failure) {
    guard let object = value.object else { return }
    if let members = setting.members { try check(object, against: members, at: path) }
    guard let values = setting.values else { return }
    for member in object.members where !member.value.isNull {
      guard let inner = member.value.object else {
        throw Failure(
          .configuration,
          "\(place(path + [member.key])): must be an object"
        )
      }
      try check(inner, against: values, at: path + [member.key])
    }
  }
}
