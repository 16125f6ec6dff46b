/// Times as AWS writes them: `2026-11-25T19:12:00Z`, with or without a fraction.
enum Timestamp {
  /// Seconds since 1970; nil for other text.
  static func seconds(_ text: String) -> Int? {
    let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count == 6, text.hasSuffix("Z"), (1...12).contains(numbers[1]) else { return nil }
    // Days of the proleptic Gregorian calendar, the year beginning in March.
    let year = numbers[1] > 2 ? numbers[0] : numbers[0] - 1
    let month = (numbers[1] + 9) % 12
    let days =
      365 * year + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + numbers[2] - 1
    return (days - 719_468) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
  }
}
