import Foundation
import Testing

/// The transcripts in `Tests/Transcripts`, each run in a fresh folder.
@Suite struct TranscriptTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let url: URL
    var testDescription: String { url.lastPathComponent }
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let cases: [Case] = {
    let folder = root.appending(path: "Transcripts")
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder,
      includingPropertiesForKeys: nil
    )
    return (found ?? []).filter { $0.pathExtension == "txtar" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }.map(Case.init)
  }()

  /// The built executables lie beside the test bundle.
  static let binaries: String =
    ProcessInfo.processInfo.environment["DATIVO_BIN"]
    ?? Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    .deletingLastPathComponent().path
    ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path

  @Test(arguments: cases) func holds(_ transcript: Case) throws {
    let text = try String(contentsOf: transcript.url, encoding: .utf8)
    let session = try Session(Transcript(name: transcript.testDescription, text: text))
    defer { session.end() }
    for problem in try session.play() { Issue.record("\(transcript.testDescription):\(problem)") }
  }

  @Test func thereAreTranscripts() { #expect(Self.cases.count >= 5) }
}
