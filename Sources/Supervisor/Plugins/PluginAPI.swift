/// What a connector may rely on of the platform: a whole number, told by `dativo_api_version`.
package enum PluginAPI {
  /// The version that this Dativo offers.
  ///
  /// It grows when a connector of an older version would have
  /// to change to use what is new; those of older versions go on running.
  package static let current = 1

  package enum Verdict: Hashable, Sendable {
    case fits
    case older(String)
    case newer(message: String, hint: String)
  }

  /// Whether a connector that was made for `version` runs on a platform of version `current`.
  package static func verdict(
    _ version: Int,
    of plugin: String,
    on current: Int = current
  ) -> Verdict {
    if version == current { return .fits }
    if version < current {
      return .older(
        "the \(plugin) was made for plugin API \(version), and this is \(current): it runs as before"
      )
    }
    return .newer(
      message: "the \(plugin) needs plugin API \(version), and this Dativo has \(current)",
      hint: "Upgrade Dativo, or take an older version of the plugin."
    )
  }
}
