internal import Children
internal import JSON
internal import Posix
internal import Wire

/// A CSV file through `dativo-tap-csv`.
struct CSVData {
  enum Cells {
    /// Every cell is the text that it is: the types that most cells have are not those that a
    /// contract asks of all.
    case text
    /// Cells have the types that all of their column fit.
    case typed
  }

  private let path: String
  private let tap: Connector
  private let scratch: String
  private let config: JSONObject
  /// What the tap says of the columns.
  let schema: JSONValue

  /// Finds the tap and asks it for the columns.
  init(_ path: String, cells: Cells, scratch: String) throws(Failure) {
    self.path = path
    self.scratch = scratch
    tap = try PluginCatalog(project: Paths.working)
      .connector(Job.Connector(program: .plugin("csv")), .tap)
    var file: JSONObject = [
      "path": .string(Paths.absolute(path)), "stream": "data",
      "sample_rows": cells == .text ? 1 : 0,
    ]
    let discovery = Discovery(
      tap,
      config: ["files": [.object(file)]],
      folder: Paths.working
    )
    schema = try discovery.catalog().streams.first?.schema ?? .object(JSONObject())
    if cells == .text {
      let columns = schema["properties"]?.object?.keys ?? []
      file["types"] = .object(JSONObject(columns.map { (key: $0, value: "string") }))
    }
    config = ["files": [.object(file)]]
  }

  /// Gives every record in turn, until one is answered with false.
  func records(_ body: (JSONObject) throws(Failure) -> Bool) throws(Failure) {
    let file = "\(scratch)/tap.json"
    try PrivateFile.write(file, .object(config))
    let output = try Plumbing.pipe()
    let nothing = try Plumbing.nothing()
    let messages = try Plumbing.file("\(scratch)/tap.messages")
    var child: Child
    do throws(SpawnError) {
      child = try Child(
        Command(
          tap.executable,
          tap.arguments + ["--config", file],
          environment: StageEnvironment.base
        ),
        descriptors: [nothing.raw, output.writing.raw, messages.raw]
      )
    } catch {
      throw Failure(error)
    }
    let reading = output.keepReading()
    var reader = LineReader(reading.raw)
    while let line = try Self.next(&reader) {
      for message in line.split(separator: 0x0A) {
        guard let message = try? JSONValue.parse(Array(message)),
          message["type"]?.string == "RECORD", let record = message["record"]?.object
        else { continue }
        guard try body(record) else { return }
      }
    }
    let exit = child.wait()
    guard exit.isSuccess else {
      let failure = ExitNote.failure(tap.name, exit, messages: "\(scratch)/tap.messages")
      throw failure
    }
  }

  // SAFETY: the region is copied before the reader is asked for the next.
  private static func next(_ reader: inout LineReader) throws(Failure) -> [UInt8]? {
    do throws(LineReader.Problem) {
      return unsafe try reader.next().map { unsafe Array($0) }
    } catch {
      throw Failure(.io, "the tap's output cannot be read: \(error)")
    }
  }
}
