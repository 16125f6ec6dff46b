internal import Glibc
package import JSON
internal import Posix

/// Secrets in files below a folder: `tenants/TENANT/pg.json`, `pg.env`, or `pg` for one value.
///
/// A file that anybody but its owner can read is refused, as is one of somebody else, and a link
/// that leads out of the scope's own folder.
package struct FileBackend: SecretBackend {
  private let root: String

  package init(_ root: String) { self.root = root }

  package var name: String { "filesystem \(root)" }
  package let canWrite = true

  package func shown(_ place: SecretPlace) -> String { "\(root)/\(place.text)" }

  package func read(
    _ place: SecretPlace,
    version: String?
  ) throws(SecretError) -> SecretDocument? {
    let base = shown(place)
    for form in ["json", "env"] {
      guard let bytes = try contents("\(base).\(form)", place.scope) else { continue }
      guard version == nil else { throw .unusable("files have no versions: \(base).\(form)") }
      guard let object = form == "json" ? Self.json(bytes) : DotEnv.parse(bytes) else {
        throw .unusable("\(base).\(form) is not \(form == "json" ? "a JSON object" : "KEY=value")")
      }
      return SecretDocument(.object(object))
    }
    guard let bytes = try contents(base, place.scope) else { return nil }
    guard version == nil else { throw .unusable("files have no versions: \(base)") }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw .unusable("\(base) is not UTF-8 text")
    }
    // As editors end a file; a secret that ends so is written as JSON.
    if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
    return SecretDocument(.string(text))
  }

  package func write(_ value: JSONValue, key: String?, at place: SecretPlace) throws(SecretError) {
    let base = shown(place)
    let document = try read(place, version: nil)
    let new = Self.replaced(document, key: key, by: value)
    var (path, text) = (base, new.string ?? new.encoded())
    if let key {
      path = "\(base).json"
      text = new.encoded() + "\n"
      if try contents(path, place.scope) == nil, let old = try contents("\(base).env", place.scope)
      {
        path = "\(base).env"
        guard let value = value.string else { throw .unusable("\(path) holds text alone") }
        text = DotEnv.replaced(String(decoding: old, as: UTF8.self), key, value)
      }
    }
    do throws(PosixError) {
      try Files.makeFolder(Files.folder(of: path), mode: 0o700)
      try Files.replace(path, Array(text.utf8), mode: 0o600)
    } catch {
      throw .unusable("\(path) cannot be written: \(error.reason)")
    }
  }

  private static func json(_ bytes: [UInt8]) -> JSONObject? {
    (try? JSONValue.parse(bytes))?.object
  }

  /// The bytes of a file that only its owner can read; nil where there is none.
  private func contents(
    _ path: String,
    _ scope: SecretPlace.Scope
  ) throws(SecretError) -> [UInt8]? {
    let file: Descriptor
    do throws(PosixError) {
      file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw .refused("filesystem: \(path) cannot be read: \(error.reason)")
    }
    var status = stat()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe fstat(file.raw, &status) == 0 else {
      throw .refused("filesystem: \(path) cannot be looked at")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .refused("filesystem: others can read \(path) (mode \(mode)): run chmod 600 \(path)")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .refused("filesystem: \(path) belongs to somebody else")
    }
    let home = ([root] + scope.folders).joined(separator: "/")
    guard let real = try? Files.real(path), let bound = try? Files.real(home),
      real.hasPrefix(bound + "/")
    else {
      throw .refused("filesystem: \(path) leads out of \(home)")
    }
    do throws(PosixError) {
      return try Files.read(from: file)
    } catch {
      throw .refused("filesystem: \(path) cannot be read: \(error.reason)")
    }
  }
}
