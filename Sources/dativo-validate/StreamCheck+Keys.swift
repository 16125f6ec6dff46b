import Contracts
import JSON
import JSONSchema
import Posix

extension StreamCheck {
  /// Whether the fast check keeps places of values that are looked at after each record.
  var readsCaptures: Bool {
    guard let object else { return false }
    return !object.keys.isEmpty || !object.deprecated.isEmpty || !newest.isEmpty
  }

  /// Whether the keys of the record that the fast check has just passed are new.
  ///
  /// If so they are kept. A repeat is left to the exact check, which names it; so is a disk that
  /// cannot be read, which fails there.
  func acceptCaptured(_ fast: borrowing FastCheck) -> Bool {
    guard let object else { return true }
    guard object.deprecated.isEmpty || !isFirstDeprecated(object, fast) else { return false }
    if !newest.isEmpty { noteCapturedDates(fast) }
    guard object.keys.isEmpty || acceptKeys(object, fast) else { return false }
    if !object.deprecated.isEmpty { countDeprecated(object, fast) }
    return true
  }

  /// As `acceptCaptured`, of the stream's own fast check.
  func acceptCapturedKeys() -> Bool {
    guard readsCaptures, let own = fast.take() else { return true }
    let isFine = acceptCaptured(own)
    fast = consume own
    return isFine
  }

  private func acceptKeys(_ object: ObjectCheck, _ fast: borrowing FastCheck) -> Bool {
    hashes.removeAll(keepingCapacity: true)
    for (index, key) in object.keys.enumerated() where key.path == nil {
      var hash: KeySet.Hash? = KeySet.Hash()
      for capture in key.captures {
        guard let value = fast.capture(capture), hash?.mix(value) == true else {
          hash = nil
          break
        }
      }
      guard let hash else { continue }
      if (try? keys[index].contains(hash)) ?? true { return false }
      hashes.append((index, hash))
    }
    return (try? keepKeys()) != nil
  }

  /// Adds a finding for each key of `record` that an accepted record had before.
  func checkKeys(_ record: JSONObject, _ findings: inout [Finding]) throws(PosixError) {
    if !newest.isEmpty { noteDates(record) }
    guard let object, !object.keys.isEmpty else { return }
    hashes.removeAll(keepingCapacity: true)
    let isDelete = ObjectCheck.isDelete(record)
    for (index, key) in object.keys.enumerated() {
      guard key.path == nil else {
        if !isDelete { try checkInner(key, index, record, &findings) }
        continue
      }
      var hash: KeySet.Hash? = isDelete ? nil : KeySet.Hash()
      for field in key.fields where hash != nil {
        if let value = record[field], hash?.mix(value) == true { continue }
        hash = nil
      }
      guard let hash else { continue }
      hashes.append((index, hash))
      guard try keys[index].contains(hash) else { continue }
      let value: JSONValue =
        key.fields.count == 1
        ? record[key.fields[0]] ?? .null : .array(key.fields.map { record[$0] ?? .null })
      var finding = Finding(
        key.rule,
        code: "duplicate",
        at: key.pointer,
        expected: "a value of \(key.fields.joined(separator: ", ")) that no record had before",
        value: value
      )
      if key.isWarning { finding.severity = .warning }
      finding.tally = key.tally
      findings.append(finding)
    }
  }

  /// Adds a finding for each value of a key below the top that came before, be it in this record.
  private func checkInner(
    _ key: ObjectCheck.Key,
    _ index: Int,
    _ record: JSONObject,
    _ findings: inout [Finding]
  ) throws(PosixError) {
    var own: Set<KeySet.Hash> = []
    for (pointer, value) in key.values(in: record) {
      var hash = KeySet.Hash()
      guard hash.mix(value) else { continue }
      let isFirst = own.insert(hash).inserted
      if isFirst { hashes.append((index, hash)) }
      let isKnown = isFirst ? try keys[index].contains(hash) : true
      guard isKnown else { continue }
      findings.append(
        Finding(
          key.rule,
          code: "duplicate",
          at: pointer,
          expected: "a value of \(key.pointer) that stood nowhere before",
          value: value
        )
      )
    }
  }

  /// Keeps the keys of a record that was accepted: all of them, or none where there is no room.
  func keepKeys() throws(PosixError) {
    for index in keys.indices { try keys[index].makeRoom() }
    for (index, hash) in hashes {
      // One record may have many values of a key below the top.
      try keys[index].makeRoom()
      keys[index].insert(hash)
    }
  }
}
