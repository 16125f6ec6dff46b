import Foundation
import Posix
import Storage

/// A file system in memory that notes every operation, so that a power cut may be played at any
/// point: what was not synced by then is kept or lost, each operation by itself.
///
/// A rename is one operation that a power cut does not divide, as POSIX has it and journals keep
/// it; it is sure once the folder of the new name was synced.
final class RecordedDisk: FileSystem, @unchecked Sendable {
  enum Operation {
    case enter(folder: Int, name: String, node: Int, isFolder: Bool)
    case point(folder: Int, name: String, node: Int, target: String)
    case leave(folder: Int, name: String)
    case rename(from: Int, name: String, to: Int, new: String)
    case write(node: Int, bytes: [UInt8])
    case sync(node: Int)
  }

  private(set) var image: DiskImage
  private let start: DiskImage
  private(set) var operations: [Operation] = []
  private var nextNode: Int
  private var sure: [Int] = []
  /// After so many operations every further one fails without effect, as if the process had been
  /// killed.
  var remaining: Int?
  /// Operations of these kinds fail, by name, with the given code.
  var failing: [String: Int32] = [:]

  init(_ image: DiskImage = DiskImage()) {
    self.image = image
    start = image
    nextNode =
      (Array(image.files.keys) + Array(image.folders.keys) + Array(image.links.keys)).max().map {
        $0 + 1
      } ?? 1
  }

  // MARK: Power cuts

  /// What may be on the disk after a power cut that follows `count` operations.
  ///
  /// Of the operations that are not sure none, all and each single one are lost; `exhaustively`
  /// every subset while they are few, then also all but one. Bytes that are lost leave zeros of
  /// the same length behind, or `exhaustively` also nothing.
  func imagesAfterPowerCut(at count: Int, exhaustively: Bool) -> Set<DiskImage> {
    if sure.count != operations.count { sure = sureAfter() }
    let unsure = (0..<count).filter { sure[$0] > count }
    var lost: [Set<Int>] = [[], Set(unsure)]
    if exhaustively, unsure.count <= 5 {
      for bits in 0..<(1 << unsure.count) {
        lost.append(Set(unsure.indices.filter { bits >> $0 & 1 == 1 }.map { unsure[$0] }))
      }
    } else {
      lost += unsure.map { [$0] }
      if exhaustively { lost += unsure.map { Set(unsure).subtracting([$0]) } }
    }
    var images: Set<DiskImage> = []
    for lost in lost {
      images.insert(replayed(count, without: lost, zeros: true))
      if exhaustively { images.insert(replayed(count, without: lost, zeros: false)) }
    }
    return images
  }

  /// For each operation how many must have happened until it is sure.
  private func sureAfter() -> [Int] {
    var nextSync: [Int: Int] = [:]
    var sure = [Int](repeating: Int.max, count: operations.count)
    for (index, operation) in operations.enumerated().reversed() {
      switch operation {
      case .enter(let node, _, _, _), .point(let node, _, _, _), .leave(let node, _),
        .rename(_, _, let node, _),
        .write(let node, _):
        sure[index] = nextSync[node] ?? Int.max
      case .sync(let node):
        nextSync[node] = index + 1
        sure[index] = 0
      }
    }
    return sure
  }

  private func replayed(_ count: Int, without lost: Set<Int>, zeros: Bool) -> DiskImage {
    var image = start
    for (index, operation) in operations[..<count].enumerated() {
      if !lost.contains(index) {
        image.apply(operation)
      } else if zeros, case .write(let node, let bytes) = operation {
        image.apply(.write(node: node, bytes: [UInt8](repeating: 0, count: bytes.count)))
      }
    }
    return image.reachable
  }

  // MARK: FileSystem

  func makeRoot() throws(PosixError) {}

  func create(_ path: String) throws(PosixError) -> any OpenFile {
    try check("create", path)
    let (folder, name) = try place(path)
    guard image.folders[folder]?[name] == nil else { throw PosixError("open", path, code: EEXIST) }
    let node = nextNode
    nextNode += 1
    note(.enter(folder: folder, name: name, node: node, isFolder: false))
    return RecordedFile(self, node)
  }

  func read(_ path: String) throws(PosixError) -> [UInt8] {
    try check("read", path)
    guard let node = image.node(path), let bytes = image.files[node] else {
      throw PosixError("open", path, code: ENOENT)
    }
    return bytes
  }

  func size(_ path: String) throws(PosixError) -> Int { try read(path).count }

  func list(_ path: String) throws(PosixError) -> [String] {
    try check("list", path)
    guard let names = image.node(path).flatMap({ image.folders[$0] }) else {
      throw PosixError("opendir", path, code: ENOENT)
    }
    return Array(names.keys)
  }

  func makeFolder(_ path: String) throws(PosixError) {
    try check("makeFolder", path)
    let (folder, name) = try place(path)
    guard image.folders[folder]?[name] == nil else { throw PosixError("mkdir", path, code: EEXIST) }
    note(.enter(folder: folder, name: name, node: nextNode, isFolder: true))
    nextNode += 1
  }

  func link(_ path: String, _ new: String) throws(PosixError) {
    try check("link", path)
    let (folder, name) = try place(new)
    guard let node = image.node(path) else { throw PosixError("link", path, code: ENOENT) }
    guard image.folders[folder]?[name] == nil else { throw PosixError("link", new, code: EEXIST) }
    note(.enter(folder: folder, name: name, node: node, isFolder: false))
  }

  func makeLink(_ path: String, to target: String) throws(PosixError) {
    try check("makeLink", path)
    let (folder, name) = try place(path)
    guard image.folders[folder]?[name] == nil else {
      throw PosixError("symlink", path, code: EEXIST)
    }
    note(.point(folder: folder, name: name, node: nextNode, target: target))
    nextNode += 1
  }

  func rename(_ path: String, _ new: String) throws(PosixError) {
    try check("rename", path)
    let (from, name) = try place(path)
    let (to, newName) = try place(new)
    guard image.folders[from]?[name] != nil else { throw PosixError("rename", path, code: ENOENT) }
    note(.rename(from: from, name: name, to: to, new: newName))
  }

  func removeFile(_ path: String) throws(PosixError) {
    try check("removeFile", path)
    let (folder, name) = try place(path)
    guard let node = image.folders[folder]?[name] else {
      throw PosixError("unlink", path, code: ENOENT)
    }
    guard image.folders[node] == nil else { throw PosixError("unlink", path, code: EISDIR) }
    note(.leave(folder: folder, name: name))
  }

  func removeFolder(_ path: String) throws(PosixError) {
    try check("removeFolder", path)
    let (folder, name) = try place(path)
    guard let node = image.folders[folder]?[name] else {
      throw PosixError("rmdir", path, code: ENOENT)
    }
    guard image.folders[node]?.isEmpty == true else {
      throw PosixError("rmdir", path, code: ENOTEMPTY)
    }
    note(.leave(folder: folder, name: name))
  }

  func syncFolder(_ path: String) throws(PosixError) {
    try check("syncFolder", path)
    guard let node = image.node(path) else { throw PosixError("open", path, code: ENOENT) }
    note(.sync(node: node))
  }

  func lock(_ path: String) throws(PosixError) -> Bool { true }

  // MARK: Pieces

  private func place(_ path: String) throws(PosixError) -> (folder: Int, name: String) {
    let parts = path.split(separator: "/").map(String.init)
    guard let name = parts.last, let folder = image.node(parts.dropLast().joined(separator: "/"))
    else { throw PosixError("open", path, code: ENOENT) }
    return (folder, name)
  }

  fileprivate func check(_ name: String, _ path: String) throws(PosixError) {
    if let code = failing[name] { throw PosixError(name, path, code: code) }
    if let remaining, operations.count >= remaining {
      throw PosixError(name, "the process was killed", code: EIO)
    }
  }

  fileprivate func note(_ operation: Operation) {
    operations.append(operation)
    image.apply(operation)
  }
}

private final class RecordedFile: OpenFile {
  private let disk: RecordedDisk
  private let node: Int

  init(_ disk: RecordedDisk, _ node: Int) {
    self.disk = disk
    self.node = node
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    try disk.check("write", "")
    // SAFETY: the bytes are copied.
    disk.note(.write(node: node, bytes: unsafe Array(bytes)))
  }

  func sync() throws(PosixError) {
    try disk.check("sync", "")
    disk.note(.sync(node: node))
  }
}
