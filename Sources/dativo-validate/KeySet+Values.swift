import JSON
import JSONSchema

// SAFETY, for the whole file: captures lie in the record that was just checked.

extension KeySet.Hash {
  /// Takes in the value between two positions; false for null, which takes no part in a key.
  mutating func mix(_ capture: FastCheck.Capture) -> Bool {
    let start = unsafe capture.start
    let count = unsafe capture.end - start
    let text = unsafe UnsafeBufferPointer(start: start, count: count)
    if unsafe start.pointee == 0x22, unsafe !text.contains(0x5C) {
      mix(word: 0x73)
      unsafe mix(UnsafeBufferPointer(start: start + 1, count: count - 2))
      return true
    }
    if count <= 18, unsafe text.allSatisfy({ $0 &- 0x30 <= 9 }) {
      mix(word: 0x69)
      mix(word: unsafe text.reduce(0) { $0 * 10 + UInt64($1 - 0x30) })
      return true
    }
    guard let value = unsafe try? JSONValue.parse(UnsafeRawBufferPointer(text)) else {
      return false
    }
    return mix(value)
  }

  /// Takes in a value: numbers by value, so that 1 and 1.0 are one key; texts by their bytes.
  mutating func mix(_ value: JSONValue) -> Bool {
    switch value {
    case .null: return false
    case .number(let number):
      if let int = number.int64, int >= 0 {
        mix(word: 0x69)
        mix(word: UInt64(int))
        return true
      }
      let decimal = number.decimal
      mix(word: decimal.isNegative ? 0x6E : 0x70)
      mix(word: UInt64(bitPattern: Int64(decimal.exponent)))
      mix(decimal.digits)
    case .string(let string):
      mix(word: 0x73)
      mix(Array(string.utf8))
    case .bool(let truth): mix(word: truth ? 0x74 : 0x66)
    case .array(let elements):
      mix(word: 0x5B)
      mix(word: UInt64(elements.count))
      for element in elements where !mix(element) { mix(word: 0x6C) }
    case .object(let object):
      // Members have no order.
      mix(word: 0x7B)
      mix(word: UInt64(object.count))
      for name in object.keys.sorted() {
        mix(Array(name.utf8))
        if !mix(object[name] ?? .null) { mix(word: 0x6C) }
      }
    }
    return true
  }

  private mutating func mix(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { unsafe mix($0) }
  }
}
