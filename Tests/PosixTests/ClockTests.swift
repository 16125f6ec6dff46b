import Posix
import Testing

@Suite struct ClockTests {
  @Test func theMonotonicClockDoesNotGoBack() {
    let readings = (0..<1000).map { _ in Clock.monotonic }
    #expect(zip(readings, readings.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func timestampsAreRFC3339() {
    let text = Clock.timestamp
    #expect(text.utf8.count == 24)
    #expect(text.hasSuffix("Z"))
    let places = text.enumerated().filter { !$0.element.isNumber }.map(\.offset)
    #expect(places == [4, 7, 10, 13, 16, 19, 23])
  }

  @Test func aTimestampIsReadBack() throws {
    #expect(Clock.nanoseconds("1970-01-02T00:00:01.500Z") == 86_401_500_000_000)
    #expect(Clock.nanoseconds("1970-01-02 00:00:01") == nil)
    let now = Clock.wall
    let read = try #require(Clock.nanoseconds(Clock.timestamp))
    #expect(read + 1_000_000 > now - now % 1_000_000)
  }
}
