import Children
import Supervisor
import Testing

@Suite struct DiagnosisTests {
  private func ends(
    _ tap: Exit,
    _ validate: Exit,
    _ target: Exit,
    tapLines: [String] = [],
    signalled: Int? = nil
  ) -> [Diagnosis.End] {
    var ends = [
      Diagnosis.End(role: "tap", name: "tap-x", exit: tap, lines: tapLines),
      Diagnosis.End(role: "validate", name: "dativo-validate", exit: validate),
      Diagnosis.End(role: "target", name: "target-y", exit: target),
    ]
    if let signalled { ends[signalled].ourSignal = 15 }
    return ends
  }

  private func blame(_ diagnosis: Diagnosis) -> Diagnosis.Blame? {
    if case .failed(let blame) = diagnosis { blame } else { nil }
  }

  @Test func threeZerosAreSuccess() {
    let diagnosis = Diagnosis(ends(.code(0), .code(0), .code(0)), rounds: [[0], [1], [2]])
    guard case .success = diagnosis else {
      Issue.record("\(diagnosis)")
      return
    }
  }

  @Test func theFirstToFailIsToBlameNotThoseThatFollow() {
    let diagnosis = Diagnosis(ends(.code(1), .code(65), .code(75)), rounds: [[0], [1, 2]])
    #expect(blame(diagnosis)?.stage == 0)
    #expect(blame(diagnosis)?.message == "tap-x exited with 1")
    #expect(blame(diagnosis)?.recovery == .whileMoving)
  }

  @Test func ofStagesThatEndTogetherTheUpstreamOneIsToBlame() {
    let diagnosis = Diagnosis(ends(.signal(9), .code(65), .code(75)), rounds: [[0, 1, 2]])
    #expect(blame(diagnosis)?.stage == 0)
    #expect(blame(diagnosis)?.hint?.contains("out of memory") == true)
  }

  @Test(arguments: [Exit.signal(13), .code(141)])
  func aBrokenPipeBlamesTheNextStage(_ exit: Exit) {
    let diagnosis = Diagnosis(ends(exit, .code(65), .code(75)), rounds: [[0, 1], [2]])
    #expect(blame(diagnosis)?.stage == 1)
    #expect(blame(diagnosis)?.recovery == Recovery.none)
  }

  @Test func aPythonTapThatSawABrokenPipeIsAVictim() {
    let lines = ["Traceback", "BrokenPipeError: [Errno 32] Broken pipe"]
    let diagnosis = Diagnosis(
      ends(.code(1), .code(141), .code(74), tapLines: lines),
      rounds: [[0, 1, 2]]
    )
    #expect(blame(diagnosis)?.stage == 2)
    #expect(blame(diagnosis)?.code == 74)
  }

  @Test func aTargetThatStopsReadingWithZeroIsToBlame() {
    let diagnosis = Diagnosis(ends(.signal(13), .code(141), .code(0)), rounds: [[2], [1], [0]])
    #expect(blame(diagnosis)?.stage == 2)
    #expect(blame(diagnosis)?.message == "target-y ended before its input did")
  }

  @Test func theLastOfSeveralVictimsPointsAtTheReader() {
    let lines = ["BrokenPipeError: [Errno 32] Broken pipe"]
    let diagnosis = Diagnosis(
      ends(.code(1), .code(141), .code(0), tapLines: lines),
      rounds: [[2, 1, 0]]
    )
    #expect(blame(diagnosis)?.stage == 2)
    #expect(blame(diagnosis)?.recovery == Recovery.none)
  }

  @Test func aTapThatWasKilledIsToBlameThoughItsReaderWasSeenToEndFirst() {
    let diagnosis = Diagnosis(ends(.signal(9), .code(65), .code(65)), rounds: [[1], [2], [0]])
    #expect(blame(diagnosis)?.stage == 0)
  }

  @Test func aTapThatWeEndedSinceItsReaderWasGoneIsNotToBlame() {
    let ends = ends(.signal(15), .code(0), .code(75), signalled: 0)
    #expect(blame(Diagnosis(ends, rounds: [[1], [2], [0]]))?.stage == 2)
  }

  @Test func anInterruptionIsNoFailure() {
    let diagnosis = Diagnosis(
      ends(.code(0), .code(0), .code(75), signalled: 0),
      rounds: [[0], [1], [2]],
      interruptedBy: 15
    )
    guard case .interrupted(15) = diagnosis else {
      Issue.record("\(diagnosis)")
      return
    }
  }

  @Test func aSilentTapIsNamedWithItsTime() {
    let diagnosis = Diagnosis(
      ends(.code(0), .code(0), .code(75), signalled: 0),
      rounds: [[0], [1], [2]],
      stalled: 0,
      stallSeconds: 30
    )
    #expect(blame(diagnosis)?.message == "tap-x sent nothing for 30 s and was ended")
  }

  @Test func aStageThatExplainsItselfIsQuoted() throws {
    var ends = ends(.code(0), .code(65), .code(75))
    ends[1].note = ExitNote(
      line: #"{"event":"exit","code":65,"kind":"data","message":"line 7: no","hint":"mend it"}"#
    )
    let found = try #require(blame(Diagnosis(ends, rounds: [[0], [1], [2]])))
    #expect(found.message == "line 7: no")
    #expect(found.hint == "mend it")
    #expect(found.recovery == Recovery.none)
  }

  @Test func aPlaceInAFileThatWasMadeForTheStageIsLeftOut() throws {
    let note = try #require(
      ExitNote(
        line: #"{"event":"exit","code":78,"message":"/x/target.config.json:1:4: \"a\" is no b"}"#
      )
    )
    #expect(note.message(outside: "target.config.json") == #""a" is no b"#)
    #expect(note.message(outside: "tap.config.json") == note.message)
  }
}
