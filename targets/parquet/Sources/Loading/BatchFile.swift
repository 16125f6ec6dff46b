import Codecs
import JSON
import Posix
import Wire

/// A file that a BATCH message names.
struct BatchFile {
  /// How its records are written.
  enum Form {
    /// One a line, without envelopes.
    case lines(Codec)
    /// As rows; the file itself says how it is compressed.
    case parquet
  }

  let path: String
  let form: Form

  /// The files of a message, which must lie under one of the folders `roots`.
  static func read(
    _ message: JSONValue?,
    manifest: JSONValue?,
    under roots: [String]
  ) throws(Failure) -> [BatchFile] {
    let form = try form(message)
    guard let list = manifest?.array else { throw Failure(.data, "a BATCH without a manifest") }
    var files: [BatchFile] = []
    for entry in list {
      guard let name = entry.string else {
        throw Failure(.data, "a BATCH whose manifest has \(entry.encoded())")
      }
      files.append(BatchFile(path: try place(name, under: roots), form: form))
    }
    return files
  }

  private static func form(_ message: JSONValue?) throws(Failure) -> Form {
    switch message?["format"]?.string ?? "jsonl" {
    case "jsonl": break
    case "parquet": return .parquet
    case let format:
      throw Failure(
        .data,
        "a BATCH of \(format) files",
        hint: "Let the tap write jsonl or parquet: batch_config.encoding.format."
      )
    }
    switch message?["compression"]?.string {
    case nil, "none": return .lines(.uncompressed)
    case "gzip": return .lines(.gzip)
    case "zstd": return .lines(.zstd)
    case let name?: throw Failure(.data, "a BATCH of files compressed with \(name)")
    }
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
