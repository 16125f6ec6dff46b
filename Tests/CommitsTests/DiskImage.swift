/// What a disk holds.
///
/// Files and folders are numbered; folder 0 is the root.
struct DiskImage: Hashable {
  var files: [Int: [UInt8]] = [:]
  var folders: [Int: [String: Int]] = [0: [:]]
  /// What symbolic links say.
  var links: [Int: String] = [:]

  /// The number of what a path names; nil if nothing is there.
  func node(_ path: String) -> Int? {
    var node = 0
    for part in path.split(separator: "/") {
      guard var next = folders[node]?[String(part)] else { return nil }
      if let target = links[next] {
        guard let other = folders[node]?[target] else { return nil }
        next = other
      }
      node = next
    }
    return node
  }

  mutating func apply(_ operation: RecordedDisk.Operation) {
    switch operation {
    case .enter(let folder, let name, let node, let isFolder):
      if isFolder {
        if folders[node] == nil { folders[node] = [:] }
      } else if files[node] == nil {
        files[node] = []
      }
      folders[folder, default: [:]][name] = node
    case .point(let folder, let name, let node, let target):
      links[node] = target
      folders[folder, default: [:]][name] = node
    case .leave(let folder, let name): folders[folder]?[name] = nil
    case .rename(let from, let name, let to, let new):
      guard let node = folders[from]?.removeValue(forKey: name) else { return }
      folders[to, default: [:]][new] = node
    case .write(let node, let bytes): files[node, default: []] += bytes
    case .sync: break
    }
  }

  /// The same without what no path leads to.
  var reachable: DiskImage {
    var image = DiskImage()
    var left = [0]
    while let node = left.popLast() {
      if let names = folders[node] {
        image.folders[node] = names
        left += names.values
      } else if let target = links[node] {
        image.links[node] = target
      } else {
        image.files[node] = files[node] ?? []
      }
    }
    return image
  }

  /// The files of a folder, by name.
  func files(in folder: String) -> [String: [UInt8]] {
    guard let names = node(folder).flatMap({ folders[$0] }) else { return [:] }
    return names.compactMapValues { files[$0] }
  }
}
