/// One difference between two versions of a contract, and whom it breaks.
package struct ContractChange: Hashable, Sendable {
  /// Whom a change breaks who relied on the version before.
  package struct Breaks: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Those who read the data: what they count on may be gone, or values come that never came.
    package static let readers = Breaks(rawValue: 1)
    /// Those who write it: records that were fine may be refused.
    package static let writers = Breaks(rawValue: 2)
    static let all: Self = [.readers, .writers]
  }

  /// The part of a semantic version that a change asks to be raised.
  package enum Bump: Int, Comparable, Sendable {
    case none, patch, minor, major

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var name: String { ["none", "patch", "minor", "major"][rawValue] }
  }

  /// `object`, `object.property`, or a section of the contract.
  package let place: String
  package let message: String
  package let breaks: Breaks
  package let bump: Bump

  init(_ place: String, _ message: String, breaks: Breaks) {
    self.place = place
    self.message = message
    self.breaks = breaks
    bump = breaks.isEmpty ? .minor : .major
  }

  /// A change of words, which no data and no program notices.
  init(_ place: String, words message: String) {
    self.place = place
    self.message = message
    breaks = []
    bump = .patch
  }
}
