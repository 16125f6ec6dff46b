internal import Posix
internal import Wire

extension PluginCatalog {
  /// Where the project's descriptions find their schema: in `schemas/` of a checkout, elsewhere where
  /// `dativo init` puts it; from the project's folder.
  var schemaFile: String {
    let file = "schemas/plugin.schema.json"
    return Paths.isFile("\(project)/\(file)") ? file : ".dativo/\(file)"
  }

  /// Puts the schema there, unless there is one.
  func writeSchema() throws(Failure) {
    let path = "\(project)/\(schemaFile)"
    if !Paths.isFile(path) { try Project.write(path, SchemaFile.plugin.text) }
  }

  /// A description that comes with Dativo as it stands in the project: it names the schema there.
  func copy(of description: [UInt8]) -> [UInt8] {
    let line = Array(PluginText.modeline("schemas/plugin.schema.json").utf8)
    guard description.starts(with: line) else { return description }
    return Array(PluginText.modeline(schemaFile).utf8) + description.dropFirst(line.count)
  }
}
