import Columns
import Testing
import Wire

@Suite struct RecordDecoderLineTests {
  static let schema = Schema([Field("id", .integer(.i64))])

  /// Decodes all lines as a target does and returns rows and how many lines were read at length.
  static func run(_ text: String) throws -> (rows: Int, learned: Int, stop: LineDecoder.Stop) {
    var lines = LineDecoder(schema)
    var batch = Batch(schema)
    var learned = 0
    var stop = LineDecoder.Stop.end
    let bytes = Array(text.utf8)
    try unsafe bytes.withUnsafeBufferPointer { buffer in
      guard var p = buffer.baseAddress else { return }
      let end = unsafe p + buffer.count
      while unsafe p < end {
        let run = unsafe lines.decodeRun(p, end, into: &batch)
        unsafe p = run.position
        stop = unsafe run.stop
        guard unsafe run.stop == .otherLine else { break }
        var next = unsafe p
        while unsafe next < end, unsafe next.pointee != 0x0A { unsafe next += 1 }
        if unsafe next < end { unsafe next += 1 }
        if let line = unsafe try RecordLocation(p, next) {
          learned += 1
          unsafe lines.learn(line, from: p, to: next)
          let record = unsafe p + line.record.lowerBound
          guard unsafe lines.records.decode(record, next, into: &batch) != nil else { break }
          stop = .end
        }
        unsafe p = next
      }
    }
    return (batch.rows, learned, stop)
  }

  @Test func linesWrittenAlikeAreOneRun() throws {
    let line = #"{"type": "RECORD", "stream": "a", "record": {"id": 1}}"# + "\n"
    #expect(try Self.run(line + line + line) == (3, 1, .end))
  }

  @Test func theTimeExtractedMayDiffer() throws {
    func line(_ id: Int) -> String {
      #"{"type":"RECORD","stream":"a","record":{"id":\#(id)},"time_extracted":"T\#(id)","version":7}"#
        + "\n"
    }
    #expect(try Self.run(line(1) + line(22) + line(333)) == (3, 1, .end))
  }

  @Test func otherMessagesEndARun() throws {
    let line = #"{"type": "RECORD", "stream": "a", "record": {"id": 1}}"# + "\r\n"
    let state = #"{"type": "STATE", "value": {}}"# + "\n"
    #expect(try Self.run(line + state + line) == (2, 1, .end))
    #expect(try Self.run(line + line.replacing(": \"a\"", with: ":\"a\"")) == (2, 2, .end))
    #expect(try Self.run(line + line.replacing("1", with: "\"x\"") + line) == (1, 2, .otherLine))
  }

  @Test func airbyteRecordsAreFoundAndPredicted() throws {
    func line(_ id: Int) -> String {
      #"{"type":"RECORD","record":{"stream":"a","data":{"id":\#(id)},"emitted_at":17\#(id)}}"#
        + "\n"
    }
    #expect(try Self.run(line(1) + line(22)) == (2, 1, .end))
  }

  @Test func ofARecordThatStandsTwiceTheLastIsRead() throws {
    let line = #"{"type":"RECORD","stream":"a","record":{"id":1}}"# + "\n"
    let twice = #"{"type":"RECORD","stream":"a","record":{"id":true},"record":{"id":2}}"# + "\n"
    #expect(try Self.run(line + twice + line) == (3, 3, .end))
  }

  @Test func aChangeOfSpacingBetweenLinesIsNoFault() throws {
    let compact = #"{"type":"RECORD","stream":"a","record":{"id":1}}"# + "\n"
    let spaced = #"{"type": "RECORD", "stream": "a", "record": {"id": 2}}"# + "\n"
    let mixed = #"{"type":"RECORD","stream":"a","record":{ "id" :  3 }}"# + "\n"
    #expect(try Self.run(compact + spaced + compact + mixed + compact).rows == 5)
    #expect(try Self.run(compact + mixed + spaced + mixed).rows == 4)
  }
}
