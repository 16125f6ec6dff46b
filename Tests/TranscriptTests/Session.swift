import Foundation

/// Plays a transcript in a folder of its own.
final class Session {
  private let transcript: Transcript
  private let folder: URL
  private var environment: [String: String]
  private var input: String?
  private var code: Int32 = 0
  private var stdout = ""
  private var stderr = ""

  init(_ transcript: Transcript) throws {
    self.transcript = transcript
    folder = FileManager.default.temporaryDirectory.appending(path: "dativo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in transcript.files {
      let place = folder.appending(path: file.name)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(file.text.utf8).write(to: place)
    }
    environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(TranscriptTests.binaries):\(environment["PATH"] ?? "")"
    environment["NO_COLOR"] = "1"
  }

  func end() { try? FileManager.default.removeItem(at: folder) }

  /// Plays every step; the first that does not hold ends the session and is returned.
  func play() throws -> [String] {
    for step in transcript.steps {
      guard let problem = try play(step) else { continue }
      return ["\(step.line): \(problem)\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)"]
    }
    return []
  }

  private func play(_ step: Transcript.Step) throws -> String? {
    switch step.verb {
    case "exec":
      try run(step.rest)
      return (code == 0) == step.isNegated ? "ended with \(code): \(step.rest)" : nil
    case "exit":
      return Int32(step.rest) == code ? nil : "ended with \(code), not \(step.rest)"
    case "stdin": input = step.rest
    case "env":
      let parts = step.rest.split(separator: "=", maxSplits: 1)
      environment[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
    case "stdout": return holds(step, stdout)
    case "stderr": return holds(step, stderr)
    case "cmp":
      let names = step.rest.split(separator: " ").map(String.init)
      guard try content(names[0]) != content(names[1]) else { return nil }
      return "\(names[0]) differs from \(names[1])"
    default: return "unknown command \(step.verb)"
    }
    return nil
  }

  private func holds(_ step: Transcript.Step, _ text: String) -> String? {
    text.contains(step.rest) != step.isNegated
      ? nil : "\(step.verb) \(step.isNegated ? "has" : "lacks") \(step.rest)"
  }

  private func content(_ name: String) throws -> String {
    switch name {
    case "stdout": stdout
    case "stderr": stderr
    default: try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
  }

  /// Runs a command; its output goes to files, so that no pipe can fill up.
  private func run(_ command: String) throws {
    let names = ["stdout", "stderr"].map { folder.appending(path: ".\($0)") }
    for name in names { try Data().write(to: name) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", command]
    process.currentDirectoryURL = folder
    process.environment = environment
    process.standardOutput = try FileHandle(forWritingTo: names[0])
    process.standardError = try FileHandle(forWritingTo: names[1])
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: folder.appending(path: $0)) }
      ?? FileHandle.nullDevice
    input = nil
    try process.run()
    process.waitUntilExit()
    code =
      process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
    stdout = String(decoding: try Data(contentsOf: names[0]), as: UTF8.self)
    stderr = String(decoding: try Data(contentsOf: names[1]), as: UTF8.self)
  }
}
