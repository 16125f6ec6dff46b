import ConnectorKit
import JSON
import Posix
import Wire

/// What a source has changed of its own configuration, a rotated token above all.
///
/// It is kept beside the configuration that it came from: once that is edited, it stands alone. Under
/// a supervisor the file of the configuration is changed instead, and kept by that one's rules.
struct KeptConfig {
  private let given: JSONObject
  private let folder: String
  private let path: String
  /// The configuration's file, where a supervisor looks for what has changed.
  private let file: String?

  init(_ given: JSONObject, source: String, folder: String, file: String) {
    self.given = given
    self.file = Environment.value(Scratch.supervisors) == nil ? nil : file
    self.folder = folder
    let safe = String(source.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
    // FNV-1a tells configurations of one source apart; the folder is the user's alone.
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in JSONValue.object(given).encoded().utf8 {
      sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    path = "\(folder)/\(safe)-\(String(sum, radix: 16)).json"
  }

  /// The configuration to run with.
  var current: JSONObject {
    guard let bytes = try? Files.read(path), let kept = try? JSONValue.parse(bytes),
      kept["given"] == .object(given), let config = kept["config"]?.object
    else { return given }
    return config
  }

  /// Keeps a changed configuration: at any instant the file is the old one or the new one, 0600.
  func keep(_ config: JSONObject) throws(Failure) {
    do throws(PosixError) {
      if let file {
        var whole = (try? JSONValue.parse(Files.read(file)))?.object ?? JSONObject()
        whole["connector_config"] = .object(config)
        try Files.replace(file, Array(JSONValue.object(whole).encoded().utf8), mode: 0o600)
        return
      }
      try Files.makeFolder(folder, mode: 0o700)
      let kept: JSONValue = ["given": .object(given), "config": .object(config)]
      try Files.replace(path, Array(kept.encoded().utf8), mode: 0o600)
    } catch {
      throw Failure(
        .io,
        "the source changed its configuration, which cannot be kept: \(error)",
        hint: "Set \"config_store\" to a folder that can be written to: the old token may be void."
      )
    }
  }
}
