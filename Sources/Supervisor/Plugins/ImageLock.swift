internal import Contracts
package import Wire

/// The container images of a project, and the digests that `dativo.lock` pins them to.
package struct ImageLock {
  private let catalog: PluginCatalog

  package init(_ catalog: PluginCatalog) { self.catalog = catalog }

  /// The images that the project's jobs and plugins name.
  package func named() -> [String] {
    var linter = Linter()
    linter.lint(catalog.project)
    var images: Set<String> = []
    for file in linter.files {
      switch file.kind {
      case .job:
        guard let root = YAMLFile.read(file.path).root else { continue }
        for end in ["source", "target"] {
          if let image = root[end]?["airbyte"]?["image"]?.text { images.insert(image) }
        }
      case .plugin:
        if let image = PluginFile.read(file.path).plugin?.image { images.insert(image) }
      case .contract, .secrets: break
      }
    }
    return images.sorted()
  }

  /// Pins an image to what is on this machine; returns its digest.
  package func pin(_ image: String) throws(Failure) -> String {
    let digest = try ask(image)
    var lock = try PluginLock.read(catalog.folders.lock)
    lock.images[image] = digest
    try lock.write(catalog.folders.lock)
    return digest
  }

  /// Asks our tap, which knows the engines.
  private func ask(_ image: String) throws(Failure) -> String {
    let tap = try catalog.find("airbyte", .tap)
    if let failure = catalog.obstacle(tap) { throw failure }
    return try AirbyteQuestion(tap.executable).answer(
      ["--image", image, "--show-digest"],
      otherwise: "the digest of \(image) is not known"
    )
  }
}
