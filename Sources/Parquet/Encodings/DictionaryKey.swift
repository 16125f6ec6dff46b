/// A fixed-size value that a dictionary can hold; floats count by their bits.
protocol DictionaryKey: BitwiseCopyable {
  var hash: UInt64 { get }
  func isSame(_ other: Self) -> Bool
}

@inline(__always)
func scrambled(_ bits: UInt64) -> UInt64 {
  let product = bits &* 0x9e37_79b9_7f4a_7c15
  return product ^ (product >> 29)
}

extension DictionaryKey where Self: Equatable {
  @inline(__always)
  func isSame(_ other: Self) -> Bool { self == other }
}

extension Int32: DictionaryKey {
  @inline(__always) var hash: UInt64 { scrambled(UInt64(UInt32(bitPattern: self))) }
}

extension Int64: DictionaryKey {
  @inline(__always) var hash: UInt64 { scrambled(UInt64(bitPattern: self)) }
}

extension Int128: DictionaryKey {
  @inline(__always)
  var hash: UInt64 {
    scrambled(UInt64(truncatingIfNeeded: self) ^ scrambled(UInt64(truncatingIfNeeded: self >> 64)))
  }
}
