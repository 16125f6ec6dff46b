import Codecs
import JSON
import Posix
import Wire

/// A file that a BATCH message names: records, one a line, without envelopes.
struct BatchFile {
  let path: String
  let codec: Codec

  /// The files of a message, which must lie under one of the folders `roots`.
  static func read(
    _ message: JSONValue?,
    manifest: JSONValue?,
    under roots: [String]
  ) throws(Failure) -> [BatchFile] {
    let format = message?["format"]?.string ?? "jsonl"
    guard format == "jsonl" else {
      throw Failure(
        .data,
        "a BATCH of \(format) files",
        hint: "Let the tap write jsonl: batch_config.encoding.format."
      )
    }
    let codec: Codec
    switch message?["compression"]?.string {
    case nil, "none": codec = .uncompressed
    case "gzip": codec = .gzip
    case "zstd": codec = .zstd
    case let name?: throw Failure(.data, "a BATCH of files compressed with \(name)")
    }
    guard let list = manifest?.array else { throw Failure(.data, "a BATCH without a manifest") }
    var files: [BatchFile] = []
    for entry in list {
      guard let name = entry.string else {
        throw Failure(.data, "a BATCH whose manifest has \(entry.encoded())")
      }
      files.append(BatchFile(path: try place(name, under: roots), codec: codec))
    }
    return files
  }

  /// Where the file is, all links followed.
  private static func place(_ name: String, under roots: [String]) throws(Failure) -> String {
    var path = name.hasPrefix("file://") ? String(name.dropFirst(7)) : name
    guard !path.contains("://") else {
      throw Failure(.data, "a BATCH names \(name): only files can be read")
    }
    if name.hasPrefix("file://"), path.contains("%") { path = unescaped(path) }
    // A tap could name any file that this process may read.
    let real: String
    do throws(PosixError) {
      real = try Files.real(path)
    } catch {
      throw Failure(.io, "a BATCH names \(path), which cannot be read: \(error.reason)")
    }
    let isAllowed = roots.contains { root in
      real.hasPrefix(((try? Files.real(root)) ?? root) + "/")
    }
    guard isAllowed else {
      throw Failure(
        .data,
        "a BATCH names \(path), which is in no folder of \"batch_roots\"",
        hint: "\"batch_roots\": [FOLDER] lets the target read files that taps write there."
      )
    }
    return real
  }

  /// `%XX` undone.
  private static func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    let all = Array(text.utf8)
    var place = 0
    while place < all.count {
      if all[place] == 0x25, place + 2 < all.count,
        let value = UInt8(String(decoding: all[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        place += 3
      } else {
        bytes.append(all[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
