package import JSON
package import Sandbox

/// The least permissions that grant what an audit saw.
package enum Proposal {
  /// Settings stand for what they name in `config`: the description is of the plugin, not of one job.
  package static func permissions(
    _ audit: Audit,
    _ config: JSONObject,
    folder: String,
    secrets: [String]
  ) -> Permissions {
    var permissions = Permissions()
    permissions.isExact = true
    permissions.secrets = secrets
    permissions.hosts = unique(audit.hosts.map { host($0, config) })
    permissions.paths = paths(audit.reads, config, folder)
    permissions.write = paths(audit.writes, config, folder)
    return permissions
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  /// `{host}:{port}`, `{api_url}`, or the place itself.
  private static func host(_ text: String, _ config: JSONObject) -> String {
    guard let place = HostGrant(text) else { return text }
    for (name, value) in config.members {
      if let url = value.string, url.contains("://"), ConfigGrants.hosts(inURL: url) == [place] {
        return "{\(name)}"
      }
    }
    let named = config.members.first { $0.value.string?.lowercased() == place.host }?.key
    guard let named else { return text }
    let port = config.members.first { member in
      (member.value.string ?? member.value.number?.text) == "\(place.port)"
    }?.key
    return "{\(named)}:" + (port.map { "{\($0)}" } ?? "\(place.port)")
  }

  /// The settings that name what lies there; for the rest the paths themselves.
  private static func paths(_ touched: [String], _ config: JSONObject, _ folder: String) -> [String]
  {
    var names: [String] = []
    for path in touched {
      let setting = config.members.first { member in
        Permissions.paths(of: member.key, config, folder: folder).contains {
          Place.isInside(path, $0)
        }
      }?.key
      names.append(setting ?? path)
    }
    return unique(names)
  }
}
