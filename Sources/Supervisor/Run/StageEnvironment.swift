internal import Posix

/// The environment that stages begin with: ours, without what belongs to one process.
package enum StageEnvironment {
  package static var base: [String: String] {
    var variables: [String: String] = [:]
    for (name, value) in Environment.all { variables[name] = value }
    variables["DATIVO_EVENTS_FD"] = nil
    variables["DATIVO_VERDICT_FD"] = nil
    return variables
  }
}
