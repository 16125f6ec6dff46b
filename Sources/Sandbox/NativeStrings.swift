internal import Glibc

/// Strings and lists of them as C wants them, kept until this value ends.
@safe struct NativeStrings: ~Copyable {
  private var texts: [UnsafeMutablePointer<CChar>] = unsafe []
  private var lists: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = unsafe []

  init() {}

  deinit {
    // SAFETY: each was allocated by this value, and nobody keeps them longer than it.
    unsafe texts.forEach { unsafe free($0) }
    unsafe lists.forEach { unsafe $0.deallocate() }
  }

  mutating func text(_ string: String) -> UnsafeMutablePointer<CChar> {
    guard let copy = unsafe strdup(string) else { fatalError("out of memory") }
    unsafe texts.append(copy)
    return unsafe copy
  }

  /// A list that ends with null.
  mutating func list(_ strings: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1
    )
    for (index, string) in strings.enumerated() {
      unsafe (list + index).initialize(to: text(string))
    }
    unsafe (list + strings.count).initialize(to: nil)
    unsafe lists.append(list)
    return unsafe list
  }

  /// The same, for functions that promise to leave the texts alone.
  mutating func constants(_ strings: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
    unsafe UnsafeRawPointer(list(strings)).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
  }
}
