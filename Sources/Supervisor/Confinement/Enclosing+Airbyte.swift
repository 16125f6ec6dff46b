internal import Children
internal import JSON
internal import Sandbox
internal import Wire

/// Connectors of Airbyte that a tap or target of ours runs: a program, a package, or an image.
extension Enclosing {
  /// How the engine confines an image, by its description and by the job.
  func container(
    _ permissions: Permissions?,
    settings: JSONValue? = nil,
    container: JSONObject?
  ) throws(Failure) -> ContainerPolicy {
    if end.sandbox.reads != nil || end.sandbox.writes != nil {
      throw Failure(
        .configuration,
        "\"sandbox.\(role.rawValue)\" grants files to an image, which sees none of this machine",
        hint:
          "Leave `read` and `write` out; `container: {options: [-v, …]}` of the connector mounts."
      )
    }
    var exact = permissions ?? Permissions()
    // An engine cannot open single hosts: those that a configuration names open no network.
    exact.isExact = true
    var policy = exact.policy(
      Self.filled(end.config, settings),
      folder: catalog.project,
      writes: false
    )
    let limits = policy.limits
    policy = try narrowed(policy, isDescribed: permissions?.isEmpty == false)
    policy.limits = limits
    let isCutOff = end.sandbox.hosts?.isEmpty == true && !end.sandbox.allHosts
    return ContainerPolicy(
      policy,
      narrowing: end.sandbox.limits,
      container: container,
      isCutOff: isCutOff
    )
  }

  /// The words of the program that a configuration of our tap or target names.
  ///
  /// A package is installed where it is not there yet; `arguments`, those of our tap or target, then
  /// get its program. Nil where neither is named; empty where it is not to be confined.
  func words(_ executable: String, _ arguments: inout [String]) throws(Failure) -> [String]? {
    if let words = end.config["executable"]?.array { return words.compactMap(\.string) }
    guard let package = end.config["package"]?.string else { return nil }
    guard end.sandbox.choice != .none else { return [] }
    try refuseContainer(package)
    let program = try AirbyteQuestion(executable).answer(
      ["--package", package, "--show-program"],
      seconds: 3600,
      otherwise: "the program of \(package) is not known"
    )
    arguments += ["--installed", program]
    return [program]
  }

  /// A container confines images only.
  func refuseContainer(_ program: String) throws(Failure) {
    guard end.sandbox.choice == .container else { return }
    throw Failure(
      .configuration,
      "the \(role.rawValue) \(program) is no image, and `sandbox: container` confines images only",
      hint: "Write `sandbox: auto`, which confines programs by what works here and images by their "
        + "engine; or name an image: `airbyte: {image: …}`."
    )
  }
}
