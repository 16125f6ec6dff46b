import ConnectorKit
import Contracts
import Posix
import Wire

extension Settings {
  private static let variable = "DATIVO_MASK_KEY"

  /// The key for hashes, from its file, else from the environment; never an argument, which
  /// everybody on the machine could read.
  func maskKey() throws(Failure) -> MaskKey {
    if let path = maskKeyFile {
      var bytes: [UInt8]
      do throws(PosixError) {
        bytes = try Files.read(path)
      } catch {
        throw Failure(
          .configuration,
          "\(place("mask_key_file")): the key file \(path) cannot be read: \(error.reason)",
          hint: Self.hint
        )
      }
      if bytes.last == 0x0A { bytes.removeLast() }
      if bytes.last == 0x0D { bytes.removeLast() }
      return try Self.key(bytes, "the key in \(path)")
    }
    guard let text = Environment.value(Self.variable), !text.isEmpty else {
      throw Failure(
        .configuration,
        "the masking action hash needs a key",
        hint: Self.hint
      )
    }
    return try Self.key(Array(text.utf8), "the key in \(Self.variable)")
  }

  private static let hint =
    "Set DATIVO_MASK_KEY, or the setting mask_key_file to a file; openssl rand -hex 32 makes a key."

  private static func key(_ bytes: [UInt8], _ what: String) throws(Failure) -> MaskKey {
    guard let key = MaskKey(bytes) else {
      throw Failure(
        .configuration,
        "\(what) has \(bytes.count) bytes; it needs \(MaskKey.minimumCount) or more",
        hint: hint
      )
    }
    return key
  }
}
