internal import CLinux
internal import Glibc

/// Sockets in the file system, through which processes of one user speak.
package enum LocalSocket {
  /// A socket at `path` that only its owner may connect to; what was there is replaced.
  package static func listening(at path: String) throws(PosixError) -> Descriptor {
    let raw = unsafe path.withCString { unsafe clinux_listen_local($0) }
    guard raw >= 0 else { throw PosixError("listen", path) }
    return Descriptor(owning: raw)
  }

  /// Connects to the one that listens at `path`.
  package static func connected(to path: String) throws(PosixError) -> Descriptor {
    let raw = unsafe path.withCString { unsafe clinux_connect_local($0) }
    guard raw >= 0 else { throw PosixError("connect", path) }
    return Descriptor(owning: raw)
  }

  /// Who has connected, as a descriptor that does not wait; nil for nobody.
  package static func accept(_ listening: Int32) -> Int32? {
    let raw = clinux_accept(listening)
    return raw < 0 ? nil : raw
  }

  /// Sends without waiting; false where not all was taken, after which the connection is of no use.
  package static func send(_ raw: Int32, _ bytes: [UInt8]) -> Bool {
    // SAFETY: the bytes are lent for the call.
    let sent = unsafe bytes.withUnsafeBytes { unsafe clinux_send(raw, $0.baseAddress, $0.count) }
    return sent == bytes.count
  }

  /// What has arrived, at most `limit` bytes; nil where nothing has yet, empty at the end.
  package static func receive(_ raw: Int32, limit: Int = 4096) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    // SAFETY: at most as many bytes as there are are written.
    let count = unsafe bytes.withUnsafeMutableBytes { room in
      unsafe try? Descriptor.read(raw, into: room)
    }
    return count.map { Array(bytes.prefix($0)) }
  }

  /// Closes a descriptor that nobody owns any more.
  package static func close(_ raw: Int32) { _ = Descriptor(owning: raw) }
}
