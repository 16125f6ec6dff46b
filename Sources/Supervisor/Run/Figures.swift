/// Numbers as people read them.
package enum Figures {
  /// `1,234,567`.
  package static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// `1 row`, `2 rows`.
  package static func rows(_ number: Int) -> String { things(number, "row") }

  /// `1 stream`, `2 streams`, of a noun that takes an s.
  package static func things(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `12.3 MB`.
  package static func bytes(_ number: Double) -> String {
    var value = number
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1000 { return unit == "B" ? "\(Int(value)) B" : "\(tenths(value)) \(unit)" }
      value /= 1000
    }
    return "\(tenths(value)) TB"
  }

  /// `3.2 s`, `4 min 12 s`, `2 h 3 min`.
  package static func seconds(_ number: Double) -> String {
    if number < 60 { return "\(tenths(number)) s" }
    let whole = Int(number)
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// How many per second; nil where the time is too short to tell.
  package static func rate(_ number: Int, _ seconds: Double) -> String? {
    seconds > 0.001 ? count(Int((Double(number) / seconds).rounded())) : nil
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
