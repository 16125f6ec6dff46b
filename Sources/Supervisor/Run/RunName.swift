internal import Posix

/// The names of runs: they sort by time and do not repeat.
package enum RunName {
  /// `20261125T041530-9f3a`.
  package static func make() -> String {
    let stamp = Clock.timestamp.prefix(19).filter { $0 != "-" && $0 != ":" }
    let digits = String(UInt16.random(in: 0...UInt16.max), radix: 16)
    return "\(stamp)-" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
