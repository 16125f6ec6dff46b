internal import Posix

/// The environment that stages begin with: ours, without what belongs to one process.
package enum StageEnvironment {
  package static var base: [String: String] {
    var variables: [String: String] = [:]
    for (name, value) in Environment.all { variables[name] = value }
    variables["DATIVO_EVENTS_FD"] = nil
    variables["DATIVO_VERDICT_FD"] = nil
    variables[maskKey] = nil
    return variables
  }

  /// The variable with the key for masked hashes, which is none of the connectors' business.
  private static let maskKey = "DATIVO_MASK_KEY"

  /// What a part of a run gets, which starts stages itself.
  static var withMaskKey: [String: String] { variables(base, of: .validate) }

  /// What a stage gets of `base`: the key is for the one that masks.
  static func variables(
    _ base: [String: String],
    of role: Plan.Stage.Role
  ) -> [String: String] {
    var variables = base
    if role == .validate { variables[maskKey] = Environment.value(maskKey) }
    return variables
  }
}
