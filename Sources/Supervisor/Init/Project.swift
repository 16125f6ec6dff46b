internal import Children
internal import JSON
internal import Posix
package import Wire

/// A new project: its folder, where its data lie, and the files that are written.
package struct Project {
  private let folder: String
  private let shown: String
  private let name: String
  private let tenant: String
  /// The data file as the job names it.
  private let data: String
  private let isSample: Bool

  /// `data` is a CSV file; nil for a sample that is written too.
  package init(
    folder: String,
    data: String?,
    name: String?,
    tenant: String
  ) throws(Failure) {
    self.folder = Paths.absolute(folder)
    shown = folder
    self.tenant = tenant
    isSample = data == nil
    if let data {
      let path = Paths.absolute(data)
      guard Paths.isFile(path) else {
        throw Failure(
          .configuration,
          "\(data) \(Paths.exists(path) ? "is no file" : "does not exist")",
          hint: "--from takes a CSV file."
        )
      }
      let inside = self.folder + "/"
      self.data = path.hasPrefix(inside) ? String(path.dropFirst(inside.count)) : path
    } else {
      self.data = "data/orders.csv"
    }
    self.name = name ?? Self.stem(self.data)
    for (what, value) in [("--name", self.name), ("--tenant", tenant)] where !Self.isPlain(value) {
      throw Failure(
        .usage,
        "\(what) may have letters, digits, \"_\" and \"-\" only, not \"\(value)\"",
        hint: "Write `\(what) orders`."
      )
    }
  }

  /// Writes the project; returns the names of the files.
  package func make() throws(Failure) -> [String] {
    var files = [("job.yaml", Template.job(tenant: tenant, name: name, data: data, keys: []))]
    files.append((contract, ""))
    if isSample { files.append((data, Template.sample)) }
    for (path, _) in files where Paths.exists("\(folder)/\(path)") {
      throw Failure(
        .usage,
        "\(Paths.joined(shown, path)) is there already, and nothing was written",
        hint: "Choose another folder, or remove the file."
      )
    }
    let draft = try draft()
    files[0].1 = Template.job(tenant: tenant, name: name, data: data, keys: draft.keys)
    files[1].1 = draft.text(
      id: "\(tenant).\(name)",
      name: name,
      tenant: tenant,
      purpose: "Drawn up by dativo init from \(data)."
    )
    for schema in [SchemaFile.job, .plugin] {
      files.append((".dativo/schemas/\(schema.rawValue).schema.json", schema.text))
    }
    for (path, text) in [("README.md", Template.readme(name)), (".gitignore", Template.ignored)]
    where !Paths.exists("\(folder)/\(path)") {
      files.append((path, text))
    }
    for (path, text) in files { try Self.write("\(folder)/\(path)", text) }
    return files.map { Paths.joined(shown, $0.0) }
  }

  private var contract: String { "contracts/\(name).odcs.yaml" }

  /// Writes a file, with the folders above it.
  package static func write(_ path: String, _ text: String) throws(Failure) {
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path))
      try Files.mayWrite(path)
      try Files.write(path, Array(text.utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }

  /// The contract, drawn up from what the tap tells of the data.
  private func draft() throws(Failure) -> ContractDraft {
    let end = Job.Connector(program: .plugin("csv"))
    let tap = try PluginCatalog(project: Paths.working).connector(end, .tap)
    let scratch = Scratch()
    defer { scratch.remove() }
    var path = Paths.absolute(data, from: folder)
    if isSample {
      // Nothing is written to the project before all of it is known.
      path = "\(scratch.path)/\(name).csv"
      try Self.write(path, Template.sample)
    }
    let discovery = Discovery(
      tap,
      config: ["files": [["path": .string(path), "stream": .string(name)]]],
      folder: Files.folder(of: path)
    )
    guard let stream = try discovery.catalog().streams.first else {
      throw Failure(
        .configuration,
        "\(data) has no columns",
        hint: "Its first line must name them."
      )
    }
    let profile = StreamProfile(
      stream.stream,
      schema: stream.schema,
      keys: stream.keyProperties
    )
    // Data that are too many to be read here give their types alone.
    if let output = try discovery.output(limit: 32 << 20, seconds: 30) {
      var reader = MessageReader([profile])
      for line in output.split(separator: 0x0A) { reader.read(Array(line)) }
    }
    return ContractDraft([profile])
  }

  /// The file's name without folders and endings, as a name.
  private static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    let plain = stem.lowercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber || character == "-")
        ? character : "_"
    }
    return String(plain.prefix(64))
  }

  private static func isPlain(_ name: String) -> Bool {
    PluginFile.isName(name) && !name.contains(".") && !name.hasPrefix("-") && name.count <= 64
  }
}
