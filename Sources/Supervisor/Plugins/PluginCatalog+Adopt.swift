internal import Posix
package import Wire

extension PluginCatalog {
  /// Copies a description that comes with Dativo into the project; one of the user's own stays.
  package func adopt(_ plugin: Plugin) throws(Failure) {
    guard let own = own(plugin), let file = plugin.file, !Paths.exists(own),
      PluginFolders.shipped.map({ file.hasPrefix("\($0)/") }) ?? false
    else { return }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: own))
      try Files.write(own, copy(of: Files.read(file)))
    } catch {
      throw Failure(.io, "\(own) cannot be written: \(error.reason)")
    }
    try writeSchema()
  }

  /// Removes the project's copy of such a description, if it is still the same; tells whether it did.
  package func disown(_ plugin: Plugin) -> Bool {
    guard let own = own(plugin), let shipped = PluginFolders.shipped, shipped != project,
      let copy = try? Files.read(own),
      let original = try? Files.read("\(shipped)/\(place(plugin))/plugin.yaml"),
      copy == self.copy(of: original)
    else { return false }
    Files.remove(own)
    if Paths.names(in: Files.folder(of: own)).isEmpty { Files.remove(Files.folder(of: own)) }
    return true
  }

  private func place(_ plugin: Plugin) -> String { "\(plugin.role.folder)/\(plugin.name)" }

  private func own(_ plugin: Plugin) -> String? {
    plugin.python == nil ? nil : "\(project)/\(place(plugin))/plugin.yaml"
  }
}
