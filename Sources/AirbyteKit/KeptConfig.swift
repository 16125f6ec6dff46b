internal import ConnectorKit
package import JSON
internal import Posix
package import Wire

/// What a connector has changed of its own configuration, a rotated token above all.
///
/// It is kept beside the configuration that it came from: once that is edited, it stands alone. Under
/// a supervisor the file of the configuration is changed instead, and kept by that one's rules.
package struct KeptConfig {
  private let side: ConnectorSettings.Side
  private let given: JSONObject
  private let folder: String
  private let path: String
  /// The configuration's file, where a supervisor looks for what has changed.
  private let file: String?
  /// Whether a supervisor has confined us: it has no folder for us then.
  private let isConfined: Bool

  init(
    _ given: JSONObject,
    connector: String,
    side: ConnectorSettings.Side,
    folder: String,
    file: String
  ) {
    self.side = side
    self.given = given
    let supervised = Environment.value(Scratch.supervisors)
    self.file = supervised == nil ? nil : file
    isConfined = supervised?.isEmpty == true
    self.folder = folder
    let safe = String(connector.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
    // FNV-1a tells configurations of one connector apart; the folder is the user's alone.
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in JSONValue.object(given).encoded().utf8 {
      sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    path = "\(folder)/\(safe)-\(String(sum, radix: 16)).json"
  }

  /// The configuration to run with.
  package var current: JSONObject {
    guard let bytes = try? Files.read(path), let kept = try? JSONValue.parse(bytes),
      kept["given"] == .object(given), let config = kept["config"]?.object
    else { return given }
    return config
  }

  /// Keeps a changed configuration: at any instant the file is the old one or the new one, 0600.
  package func keep(_ config: JSONObject) throws(Failure) {
    do throws(PosixError) {
      if let file {
        var whole = (try? JSONValue.parse(Files.read(file)))?.object ?? JSONObject()
        whole["connector_config"] = .object(config)
        let bytes = Array(JSONValue.object(whole).encoded().utf8)
        // Confined, we may write to the file, but not beside it.
        if isConfined { return try Files.write(file, bytes, mode: 0o600) }
        return try Files.replace(file, bytes, mode: 0o600)
      }
      try Files.makeFolder(folder, mode: 0o700)
      let kept: JSONValue = ["given": .object(given), "config": .object(config)]
      try Files.replace(path, Array(kept.encoded().utf8), mode: 0o600)
    } catch {
      throw Failure(
        .io,
        "the \(side) changed its configuration, which cannot be kept: \(error)",
        hint: "Set \"config_store\" to a folder that can be written to: the old token may be void."
      )
    }
  }
}
