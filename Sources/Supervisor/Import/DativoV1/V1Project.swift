internal import Contracts
internal import Posix
internal import Wire

/// A folder with jobs, connector recipes and assets of the predecessor, dativo-ingest.
///
/// Files are told apart by what they hold, for their folders have changed their names over time.
struct V1Project {
  let folder: String
  private(set) var jobs: [Marked] = []
  private(set) var assets: [Marked] = []
  private(set) var runners: [Marked] = []
  /// Files that belong to a project, and say nothing that a job or contract could.
  private(set) var others: [(file: Marked, what: String)] = []
  private(set) var unreadable: [Finding] = []

  init(_ folder: String) throws(Failure) {
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    guard Paths.isFolder(folder) else {
      throw Failure(
        .configuration,
        "\(folder) \(Paths.exists(folder) ? "is no folder" : "does not exist")",
        hint: "Name the folder that has jobs/, connectors/ and assets/."
      )
    }
    search(self.folder, depth: 0)
    guard !jobs.isEmpty || !assets.isEmpty else {
      throw Failure(
        .configuration,
        "\(folder) has no job and no asset of dativo-ingest",
        hint: "A job there says tenant_id and asset_path, an asset source_type, object and schema."
      )
    }
  }

  private mutating func search(_ path: String, depth: Int) {
    guard depth < 32 else { return }
    for name in Paths.names(in: path) where !name.hasPrefix(".") && name != "node_modules" {
      let inner = Paths.joined(path, name)
      if Paths.isFolder(inner) {
        if !Paths.isLink(inner) { search(inner, depth: depth + 1) }
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        read(inner)
      } else if let what = Self.secrets(inner) {
        others.append((Marked(inner, .mapping([], .init(line: 1, column: 1))), what))
      }
    }
  }

  private mutating func read(_ path: String) {
    let reading = YAMLFile.read(path)
    guard let root = reading.root.map({ Marked(path, $0) }) else {
      unreadable += reading.findings
      return
    }
    if root["tenant_id"] != nil, root["source"] != nil || root["source_connector_path"] != nil {
      jobs.append(root)
    } else if Self.isAsset(root) {
      assets.append(root)
    } else if let runner = root["runner"] {
      runners.append(runner)
    } else if root["sources"] != nil, root["targets"] != nil, root["version"] != nil {
      others.append((root, "the registry of connectors"))
    } else if root["allowed_connectors"] != nil || root["policies"] != nil {
      others.append((root, "a policy"))
    }
  }

  private static func isAsset(_ root: Marked) -> Bool {
    let body = root["asset"] ?? root
    return body["schema"]?.node.elements != nil
      && (body["object"] != nil || body["source_type"] != nil
        || root["kind"]?.text == "DataContract")
  }

  /// What a file of the predecessor's secrets folder holds: names, never values.
  private static func secrets(_ path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.dropLast().contains("secrets"), let name = parts.last else { return nil }
    guard name.hasSuffix(".env"), let bytes = try? Files.read(path) else {
      return name.hasSuffix(".json") || !name.contains(".") ? "a secret" : nil
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let names = lines.compactMap { line in
      line.firstIndex(of: "=").map { line[..<$0].split(separator: " ").last.map(String.init) ?? "" }
    }
    let real = names.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    return "secrets (\(real.joined(separator: ", ")))"
  }

  /// The file that the predecessor meant: its containers had the project at `/app`.
  func file(_ path: String) -> String? {
    let inner = path.hasPrefix("/app/") ? String(path.dropFirst(5)) : path
    let relative = inner.hasPrefix("./") ? String(inner.dropFirst(2)) : inner
    let places = inner.hasPrefix("/") ? [inner] : [Paths.joined(folder, relative)]
    return places.first(where: Paths.isFile)
  }

  /// Where data lie: the place in the project for a relative path or one of the container.
  func dataPath(_ path: String) -> String {
    let inner = path.hasPrefix("/app/") ? String(path.dropFirst(5)) : path
    return inner.hasPrefix("/") ? inner : Paths.absolute(inner, from: Paths.absolute(folder))
  }

  /// A YAML file that a job names.
  func document(_ path: String) -> Marked? {
    file(path).flatMap { path in YAMLFile.read(path).root.map { Marked(path, $0) } }
  }
}
