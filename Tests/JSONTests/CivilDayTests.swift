import JSON
import Testing

@Suite struct CivilDayTests {
  static func read(_ text: String) -> CivilDay? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe CivilDay($0) }
    }
  }

  static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  @Test func countsEachDayOfFourHundredYearsAndMore() {
    // 1600-01-01 is 135,140 days before 1970-01-01.
    var days = -135_140
    for year in 1600...2401 {
      for month in 1...12 {
        for day in 1...CivilDay.length(ofMonth: month, year) {
          let read = Self.read(Self.text(year, month, day))
          #expect(read == CivilDay(year: year, month: month, day: day))
          #expect(read?.daysSince1970 == days)
          days += 1
        }
      }
    }
    #expect(Self.read("1970-01-01")?.daysSince1970 == 0)
    #expect(Self.read("0001-01-01")?.daysSince1970 == -719_162)
    #expect(Self.read("0000-01-01")?.daysSince1970 == -719_528)
    #expect(Self.read("9999-12-31")?.daysSince1970 == 2_932_896)
    #expect(CivilDay(year: -1, month: 3, day: 1).daysSince1970 == -719_834)
  }

  @Test func refusesDaysThatAreNot() {
    for text in [
      "2023-02-29", "2100-02-29", "2024-02-30", "2023-04-31", "2023-13-01", "2023-00-10",
      "2023-01-00",
      "2023-01-32", "2023-99-99",
    ] {
      #expect(Self.read(text) == nil, "\(text)")
    }
    #expect(Self.read("2024-02-29")?.day == 29)
    #expect(Self.read("2000-02-29")?.day == 29)
  }

  @Test func refusesEachByteThatDoesNotBelong() {
    let good = Array("2013-10-11".utf8)
    for place in good.indices {
      for byte in UInt8.min...UInt8.max {
        var bytes = good
        bytes[place] = byte
        let day = unsafe bytes.withUnsafeBufferPointer { buffer in
          unsafe buffer.baseAddress.flatMap { unsafe CivilDay($0) }
        }
        let isHyphen = place == 4 || place == 7
        let mayStand = isHyphen ? byte == 0x2D : (0x30...0x39).contains(byte)
        if !mayStand { #expect(day == nil, "\(bytes)") }
      }
    }
  }
}
