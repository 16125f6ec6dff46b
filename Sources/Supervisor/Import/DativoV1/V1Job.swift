internal import Contracts

/// A job of the predecessor, laid over the connector recipes that it names.
struct V1Job {
  let root: Marked
  let tenant: String
  /// The file's name without its ending, as a name.
  let stem: String
  /// The job's own section first, then the recipe's.
  let source: [Marked]
  let target: [Marked]
  let sourceType: String
  let targetType: String

  init(_ root: Marked, in project: V1Project, _ notes: inout ImportNotes) {
    self.root = root
    tenant = MeltanoImport.plain(root["tenant_id"]?.text ?? "default")
    let name = root.file.split(separator: "/").last.map(String.init) ?? "job"
    stem = MeltanoImport.plain(name.split(separator: ".").first.map(String.init) ?? name)
    (source, sourceType) = Self.end("source", root, project, &notes)
    (target, targetType) = Self.end("target", root, project, &notes)
  }

  private static func end(
    _ end: String,
    _ root: Marked,
    _ project: V1Project,
    _ notes: inout ImportNotes
  ) -> (layers: [Marked], type: String) {
    var layers = [root[end]].compactMap(\.self)
    if let path = root["\(end)_connector_path"], let text = path.text {
      if let recipe = project.document(text) {
        layers.append(recipe)
        notes.carried(path, "the recipe \(recipe.file)")
      } else {
        notes.left(
          path,
          "there is no recipe \(text)",
          hint: "What it says of credentials and connections is missing in the job."
        )
      }
    }
    if let type = root[end]?["type"] {
      notes.deprecated(type, "a \(end) with its type in the job")
    }
    let stem = root["\(end)_connector_path"]?.text?.split(separator: "/").last?
      .split(separator: ".").first.map(String.init)
    let type = layers["type"]?.text ?? root["\(end)_connector"]?.text ?? layers["name"]?.text
    return (layers, type ?? stem ?? "")
  }

  /// The options of the engine; the job's count before the recipe's, those of an engine's own too.
  var engineOptions: [Marked] {
    let options = source.flatMap { layer in
      ["engine", "default_engine"].compactMap { layer[$0]?["options"] }
    }
    return options
      + options.flatMap { all in
        ["native", "airbyte", "meltano", "singer"].compactMap { all[$0] }
      }
  }

  /// The asset that the job names, in whichever way.
  func asset(in project: V1Project, _ notes: inout ImportNotes) -> Marked? {
    if let old = root["asset_definition"] {
      notes.deprecated(old, "\"asset_definition\"; it is \"asset_path\" since version 1.1")
    }
    let path = root["asset_path"] ?? root["asset_definition"]
    if let text = path?.text, let asset = project.document(text) { return asset }
    if let name = root["asset"]?.text,
      let asset = project.assets.first(where: { V1Asset($0).name == name })
    {
      return asset
    }
    notes.left(
      path ?? root["asset"] ?? root,
      "there is no asset \(path?.text ?? root["asset"]?.text ?? "in the job"): it has no contract",
      hint: "`dativo contract infer` draws one up from the data."
    )
    return nil
  }
}
