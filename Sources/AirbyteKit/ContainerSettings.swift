internal import ConnectorKit
package import JSON

/// How a container is confined; everything is closed that is not opened here.
package struct ContainerSettings {
  static let settings = [
    Setting(
      "engine",
      .string,
      "podman or docker; the first that answers.",
      choices: ["podman", "docker"]
    ),
    Setting(
      "network",
      .string,
      "The network it may use: none, host or the name of one.",
      default: "none"
    ),
    Setting("memory", .string, "The memory it may use.", default: "1g"),
    Setting("cpus", .string, "The processors it may use.", default: "2"),
    Setting("pids", .integer, "The processes it may have.", default: 256),
    Setting("scratch", .string, "The size of its /tmp, which lies in memory.", default: "256m"),
    Setting("user", .string, "The user and group that it runs as; the caller's if none is given."),
    Setting("digest", .string, "The digest that the image must have; none if it may be any."),
    Setting("options", .array, "Further options of the engine's run.", default: []),
  ]

  let engine: String?
  let network: String
  let memory: String
  let cpus: String
  let pids: Int64
  let scratch: String
  let user: String?
  let digest: String?
  let options: [String]

  package init(_ object: JSONObject) {
    engine = object["engine"]?.string
    network = object["network"]?.string ?? "none"
    memory = object["memory"]?.string ?? "1g"
    cpus = object["cpus"]?.string ?? "2"
    pids = object["pids"]?.number?.int64 ?? 256
    scratch = object["scratch"]?.string ?? "256m"
    user = object["user"]?.string
    digest = object["digest"]?.string
    options = (object["options"]?.array ?? []).compactMap(\.string)
  }
}
