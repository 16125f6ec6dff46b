import Foundation
import JSON
import Storage

/// Objects in memory that several writers share.
final class SharedObjects: @unchecked Sendable {
  final class Object {
    var bytes: [UInt8] = []
  }

  private let lock = NSLock()
  private var objects: [String: Object] = [:]

  func with<Result>(_ body: (inout [String: Object]) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&objects)
  }
}

/// One writer's way to shared objects: every operation that another could notice is a step of the
/// turnstile; without one they follow each other freely.
final class SharedStore: ObjectStore {
  let objects: SharedObjects
  private let writer: Int
  private let turnstile: Turnstile?

  init(_ objects: SharedObjects, writer: Int = 0, _ turnstile: Turnstile? = nil) {
    self.objects = objects
    self.writer = writer
    self.turnstile = turnstile
  }

  private func step(_ names: String..., writes: Bool = false) {
    turnstile?.pass(writer, Turnstile.Step(names: names, writes: writes))
  }

  func create(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    // A name that is taken stays taken: then this is no more than a look.
    let isTaken = objects.with { $0[name] != nil }
    step(name, writes: !isTaken)
    let isFree = objects.with { objects in
      guard objects[name] == nil else { return false }
      let object = SharedObjects.Object()
      object.bytes = bytes
      objects[name] = object
      return true
    }
    guard isFree else { throw .exists(name) }
  }

  func read(_ name: String) throws(StoreError) -> [UInt8]? {
    step(name)
    return objects.with { $0[name]?.bytes }
  }

  func size(_ name: String) throws(StoreError) -> Int? {
    step(name)
    return objects.with { $0[name]?.bytes.count }
  }

  func list(_ folder: String) throws(StoreError) -> [String] {
    step(folder)
    return objects.with { objects in
      let names = objects.keys.filter { $0.hasPrefix("\(folder)/") }
        .compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) }
      return Set(names).sorted()
    }
  }

  func reveal(_ staged: StagedName, bytes: Int) throws(StoreError) {
    guard try size(staged.name) == bytes else { throw .absent(staged.name) }
    step(staged.name, staged.final, writes: true)
    let isThere = objects.with { objects in
      guard let object = objects.removeValue(forKey: staged.name) else { return false }
      objects[staged.final] = object
      return true
    }
    guard isThere else { throw .absent(staged.name) }
  }

  func lock(_ name: String) throws(StoreError) -> Bool { true }

  var stagedLimit: Int { 200 }

  func settle(_ folders: [String]) throws(StoreError) {}

  func remove(_ name: String) throws(StoreError) {
    step(name, writes: true)
    objects.with { objects in
      for key in objects.keys where key == name || key.hasPrefix("\(name)/") { objects[key] = nil }
    }
  }

  func stage(_ name: String, for final: String) throws(StoreError) -> any StagedObject {
    step(name, writes: true)
    return objects.with { objects in
      let object = SharedObjects.Object()
      objects[name] = object
      return SharedStagedObject(object)
    }
  }
}

private final class SharedStagedObject: StagedObject {
  private let object: SharedObjects.Object

  init(_ object: SharedObjects.Object) { self.object = object }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    // SAFETY: the bytes are copied.
    object.bytes += unsafe Array(bytes)
  }

  func close() throws(StoreError) -> JSONValue? { nil }
}
