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

  @Option(name: .long, help: "With --image: the network that the container may use.")
  var network: String?

  @Option(name: .long, help: "The digest that the image must have, as --show-digest tells it.")
  var digest: String?

  package init() {}

  package func validate() throws {
    guard executable == nil || image == nil else {
      throw ValidationError("--executable and --image exclude each other.")
    }
  }

  /// What makes a configuration of what the files hold; nil where nothing is said here.
  package var shape: ((JSONObject) -> JSONObject)? {
    guard executable != nil || image != nil || digest != nil || network != nil else { return nil }
    let (executable, image, network, digest) = (executable, image, network, digest)
    return { given in
      var shaped = given
      if executable != nil || image != nil {
        shaped = ["connector_config": .object(given)]
        shaped["executable"] = executable.map { [.string($0)] }
        shaped["image"] = image.map { .string($0) }
      }
      var container = shaped["container"]?.object ?? JSONObject()
      if let network { container["network"] = .string(network) }
      if let digest { container["digest"] = .string(digest) }
      if !container.isEmpty { shaped["container"] = .object(container) }
      return shaped
    }
  }
}
