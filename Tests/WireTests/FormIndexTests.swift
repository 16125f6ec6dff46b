import Testing
import Wire

// SAFETY, for the whole file: positions are used inside the call that lends the bytes.

/// Streams are found by how their lines begin, however many there are and in which order they come.
struct FormIndexTests {
  private func prefix(_ stream: String) -> [UInt8] {
    Array(#"{"type":"RECORD","stream":"\#(stream)","record":"#.utf8)
  }

  private func place(_ line: [UInt8], in index: FormIndex, _ forms: [[UInt8]]) -> Int? {
    unsafe line.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return nil }
      return unsafe index.place(start, start + bytes.count) { line.starts(with: forms[$0]) }
    }
  }

  @Test(arguments: [2, 3, 17, 1000, 12_000])
  func everyFormIsFound(count: Int) {
    let forms = (0..<count).map { prefix("s\($0)") }
    var index = FormIndex()
    for (place, form) in forms.enumerated() { index.note(form, at: place) }
    for (number, form) in forms.enumerated() {
      #expect(place(form + Array("{}}".utf8), in: index, forms) == number)
      #expect(index.knows(form, at: number))
    }
    #expect(place(prefix("other") + Array("{}}".utf8), in: index, forms) == nil)
  }

  @Test func aShorterOneAndOneThatBeginsOtherwiseAreTakenIn() {
    let forms = ["orders_of_today", "orders_of_yesterday", "o", "x"].map(prefix)
    var index = FormIndex()
    for (place, form) in forms.enumerated() { index.note(form, at: place) }
    for (number, form) in forms.enumerated() {
      #expect(place(form + Array("{}}".utf8), in: index, forms) == number)
    }
  }

  @Test func aFormThatIsLearnedAnewTakesTheFormersPlace() {
    var forms = ["a", "b", "c"].map(prefix)
    var index = FormIndex()
    for (place, form) in forms.enumerated() { index.note(form, at: place) }
    for round in 0..<100 {
      forms[1] = prefix("b\(round)")
      index.note(forms[1], at: 1)
      #expect(place(forms[1] + Array("{}}".utf8), in: index, forms) == 1)
      #expect(!index.knows(prefix("b"), at: 1))
    }
  }
}
