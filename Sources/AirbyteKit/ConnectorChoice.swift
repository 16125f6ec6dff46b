internal import ArgumentParser
package import JSON

/// A connector named on the command line: what `--config` holds is then its own configuration.
package struct ConnectorChoice: ParsableArguments {
  @Option(
    name: .long,
    help: "The connector's program; --config is then the connector's own configuration."
  )
  var executable: String?

  @Option(name: .long, help: "The connector's container image; likewise.")
  var image: String?

  @Option(name: .long, help: "The connector's package on PyPI; likewise.")
  var package: String?

  @Option(
    name: .long,
    help: "How a container is run, over what --config says of it: a JSON object."
  )
  var container: String?

  @Option(
    name: .long,
    help: "The program of the package that --config names, as --show-program tells it."
  )
  var installed: String?

  @Option(name: .long, help: "The digest that the image must have, as --show-digest tells it.")
  var digest: String?

  package init() {}

  package func validate() throws {
    guard [executable, image, package].count(where: { $0 != nil }) < 2 else {
      throw ValidationError("--executable, --image and --package exclude each other.")
    }
    guard container == nil || settings != nil else {
      throw ValidationError(#"--container takes an object: {"network": "none", "memory": "512m"}."#)
    }
  }

  /// What makes a configuration of what the files hold; nil where nothing is said here.
  package var shape: ((JSONObject) -> JSONObject)? {
    let named = [executable, image, package].contains { $0 != nil }
    guard named || [digest, container, installed].contains(where: { $0 != nil }) else { return nil }
    let choice = self
    return { given in
      var shaped = given
      if named {
        shaped = ["connector_config": .object(given)]
        shaped["executable"] = choice.executable.map { [.string($0)] }
        shaped["image"] = choice.image.map { .string($0) }
        shaped["package"] = choice.package.map { .string($0) }
      }
      if let installed = choice.installed {
        shaped["package"] = nil
        shaped["executable"] = [.string(installed)]
      }
      var container = shaped["container"]?.object ?? JSONObject()
      for (key, value) in choice.settings ?? JSONObject() {
        // What is said beside it stays: further options come after those of the configuration.
        let said = key == "options" ? container[key]?.array ?? [] : []
        container[key] = said.isEmpty ? value : .array(said + (value.array ?? []))
      }
      if let digest = choice.digest { container["digest"] = .string(digest) }
      if !container.isEmpty { shaped["container"] = .object(container) }
      return shaped
    }
  }

  private var settings: JSONObject? {
    container.flatMap { (try? JSONValue.parse($0))?.object }
  }
}
