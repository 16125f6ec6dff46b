internal import Commits
internal import Posix
internal import Wire

/// A folder of wheels that were just fetched or built for one plugin.
struct WheelFolder {
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  /// Moves the wheels to `target`; returns the entry with the hash of every one of them.
  ///
  /// A build is not always the same to the byte: a wheel that is there stays if its hash is `known`.
  func moved(
    to target: String,
    for entry: PluginLock.Entry,
    known: Set<String>
  ) throws(Failure) -> PluginLock.Entry {
    var entry = entry
    do throws(PosixError) {
      try Files.makeFolder(target)
      for name in Paths.names(in: folder) where name.hasSuffix(".whl") {
        let bytes = try Files.read("\(folder)/\(name)")
        let package = PythonPackage.normal(String(name.prefix { $0 != "-" }))
        guard let index = entry.distributions.firstIndex(where: { $0.name == package }) else {
          continue
        }
        var digest = Digest.hex(bytes)
        if let there = (try? Files.read("\(target)/\(name)")).map({ Digest.hex($0) }),
          known.contains(there)
        {
          digest = there
        } else {
          try Files.replace("\(target)/\(name)", bytes)
        }
        var hashes = Set(entry.distributions[index].hashes)
        hashes.insert(digest)
        entry.distributions[index].hashes = hashes.sorted()
      }
    } catch {
      throw Failure(.io, "the wheels cannot be kept in \(target): \(error)")
    }
    return entry
  }
}
