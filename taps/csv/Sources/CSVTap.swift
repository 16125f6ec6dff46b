import ConnectorKit
import JSON
import Posix
import Wire

/// The tap: streams of CSV files.
struct CSVTap: Tap {
  static var info: PluginInfo { CSVSettings.info }

  private let settings: CSVSettings

  init(_ configuration: Configuration) throws(Failure) {
    settings = try CSVSettings(configuration)
  }

  func discover() throws(Failure) -> Catalog {
    var catalog = Catalog(streams: [])
    for stream in settings.streams { catalog.streams.append(try Discovery.entry(stream)) }
    return catalog
  }

  /// Opens the files of each stream, a hundred at most, and reads a header and a row of each.
  func check() throws(Failure) {
    for stream in settings.streams {
      for file in try stream.files().prefix(100) {
        var reader = try CSVReader.open(file, stream)
        guard let header = try reader.header(stream) else { continue }
        try stream.check(header.names)
        guard let row = unsafe try reader.row() else { continue }
        let lines = unsafe row.next - row.start
        Log.debug("\(file.path): \(header.names.count) columns, a first row of \(lines) bytes")
      }
    }
  }

  func sync(
    _ catalog: Catalog,
    state: JSONValue?,
    to writer: inout MessageWriter
  ) throws(Failure) {
    var bookmarks = try Self.bookmarks(state)
    var count = 0
    for entry in catalog.streams where entry.isSelected {
      let names = settings.streams.map(\.name)
      guard let stream = settings.streams.first(where: { $0.name == entry.tapStreamID }) else {
        throw Failure(
          .configuration,
          "the catalog selects stream \(JSONText.quoted(entry.tapStreamID)), "
            + "which the configuration does not have",
          hint: Nearest.name(to: entry.tapStreamID, among: names).map {
            "Did you mean \(JSONText.quoted($0))?"
          } ?? "It has \(names.map(JSONText.quoted).joined(separator: ", "))."
        )
      }
      var sync = try StreamSync(
        stream,
        entry,
        bookmark: bookmarks[stream.name],
        stateInterval: settings.stateInterval
      )
      count += 1
      guard try sync.run(&bookmarks, to: &writer) else { return }
    }
    if count == 0 {
      Log.warning("no stream is selected: set \"selected\": true in the catalog's metadata")
      try writer.state(["bookmarks": .object(bookmarks)])
    }
  }

  /// The bookmarks of a state, bare or in its message.
  private static func bookmarks(_ state: JSONValue?) throws(Failure) -> JSONObject {
    guard var state, !state.isNull else { return JSONObject() }
    if state["type"]?.string == "STATE", let value = state["value"] { state = value }
    let isEmpty = state.object?.isEmpty ?? false
    guard isEmpty || state["bookmarks"]?.object != nil else {
      throw Failure(
        .configuration,
        "the state is not an object with \"bookmarks\"",
        hint: "It must be the last STATE that a target printed, unchanged."
      )
    }
    return state["bookmarks"]?.object ?? JSONObject()
  }
}
