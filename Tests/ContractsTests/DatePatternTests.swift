import Contracts
import Testing

@Suite struct DatePatternTests {
  @Test(arguments: [
    ("yyyy-MM-dd", "2024-02-29", true), ("yyyy-MM-dd", "2023-02-29", false),
    ("yyyy-MM-dd", "2024-2-29", false), ("yyyy-MM-dd", "+10000-01-01", true),
    ("yyyy-MM-dd", "10000-01-01", false), ("yyyy-M-d", "2024-1-5", true),
    ("yyyyMMdd", "20240131", true), ("dd/MM/yyyy", "31/01/2024", true),
    ("d MMM yyyy", "5 Jan 2024", true), ("d MMM yyyy", "5 JAN 2024", false),
    ("yyyy-MM-dd HH:mm:ss", "2024-01-31 24:00:00", false),
    ("yyyy-MM-dd HH:mm:ss.SSS", "2024-01-31 10:00:00.12", false),
    ("yyyy-MM-dd'T'HH:mm:ssX", "2024-01-31T10:00:00+02", true),
    ("yyyy-MM-dd'T'HH:mm:ssZ", "2024-01-31T10:00:00Z", false),
    ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-01-31T10:00:00+0200", false),
    ("yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX", "2024-01-31T10:00:00-18:00", true),
    ("yyyy-MM-ddTHH:mm:ssZ", "2024-03-10T14:22:35+10:00", true), ("hh:mm a", "11:59 PM", true),
    ("hh:mm a", "13:00 PM", false), ("yyyy-MM-dd", "2024-01-31 ", false),
  ])
  func textsAreReadAsTheJDKDoes(pattern: String, text: String, isDate: Bool) throws {
    #expect((try DatePattern(pattern).parse(text.utf8.span) != nil) == isDate)
  }

  @Test(arguments: [
    "BBB yyyy", "yyyy-MM-dd zzzz", "yyyy-MM-dd OOOO", "'only text'", "yyyy-MM-dd'T",
  ])
  func lettersBeyondAreNotEvaluated(pattern: String) {
    #expect(throws: DatePattern.Problem.self) { try DatePattern(pattern) }
  }

  @Test(
    arguments: [
      ("yyyy-MM-dd", .whole), ("yyyy-DDD", .whole), ("hh:mm a", .whole), ("yyyy-MM", .period),
      ("QQQ yyyy", .period), ("yyyy", .period), ("hh:mm:ss", nil), ("yyyy-'W'ww-e", nil),
      ("yyyy-mm-dd", nil), ("MM-dd", nil),
    ] as [(String, DatePattern.Order?)]
  )
  func valuesHaveTheOrderThatTheirPatternTells(pattern: String, order: DatePattern.Order?) throws {
    #expect(try DatePattern(pattern).order == order)
  }

  @Test(arguments: [
    "9223372036854775807-01-01", "9223372036854775808-01-01", "99999999999999999999-01-01",
  ])
  func absurdYearsAreNoDates(text: String) throws {
    #expect(try DatePattern("y-M-d").parse(text.utf8.span) == nil)
  }
}
