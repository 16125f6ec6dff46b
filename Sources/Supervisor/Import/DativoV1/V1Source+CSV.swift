internal import Contracts
internal import JSON

extension V1Source {
  /// Files of comma-separated values, which our own tap reads.
  func csv(_ notes: inout ImportNotes) -> Made? {
    let files = job.source["files"]?.elements ?? []
    guard !files.isEmpty else {
      let place = job.root["source"] ?? job.root
      notes.left(place, "a CSV source without files: the job is not carried")
      return nil
    }
    let common = options(&notes)
    var streams: [String] = []
    var list: [JSONValue] = []
    for file in files {
      guard let path = file["path"] ?? file["file"], let text = path.text else {
        notes.left(file, "a file without path")
        continue
      }
      let place = text.hasPrefix("${") ? text : project.dataPath(text)
      if !text.contains("${"), !place.contains("*"), !Paths.isFile(place) {
        notes.left(path, "\(place) is not there", hint: "Correct the path in the job.")
      }
      let stream = file["object"]?.text ?? asset?.object ?? job.stem
      var entry: JSONObject = ["path": .string(place), "stream": .string(stream)]
      for (key, value) in common.members { entry[key] = value }
      list.append(.object(entry))
      if !streams.contains(stream) { streams.append(stream) }
      notes.carried(path, "\(text) as the stream \(stream)")
    }
    guard let stream = streams.first else { return nil }
    return Made(
      section: ["tap": "csv", "config": ["files": .array(list)]],
      title: "csv",
      stream: stream
    )
  }

  /// What holds for every file.
  private func options(_ notes: inout ImportNotes) -> JSONObject {
    var options = JSONObject()
    if let keys = asset?.keys, !keys.isEmpty { options["keys"] = .array(keys.map { .string($0) }) }
    let names = ["delimiter": "delimiter", "quote_char": "quote", "encoding": "encoding"]
    for (old, new) in names.sorted(by: { $0.key < $1.key }) {
      guard let value = job.engineOptions[old], let text = value.text else { continue }
      let standard = ["delimiter": ",", "quote_char": "\"", "encoding": "utf-8"][old]
      guard text.lowercased() != standard else { continue }
      let known = ["utf-16-le": "utf-16le", "utf-16-be": "utf-16be", "latin1": "latin-1"]
      options[new] = .string(old == "encoding" ? known[text.lowercased()] ?? text : text)
      notes.carried(value, "\(old) \(text)")
    }
    // What the predecessor took for null, and cells as texts, which the contract gives their types.
    options["null_values"] = ["", "NULL", "null", "None"]
    let texts = asset?.types.filter {
      !["date", "timestamp"].contains(V1Type($0.type).logical ?? "")
    }
    if let texts, !texts.isEmpty {
      options["types"] = .object(JSONObject(texts.map { (key: $0.name, value: "string") }))
    }
    switch job.source["incremental", "strategy"]?.text {
    case "file_modified_time": options["replication"] = "modified"
    case .some:
      guard let key = job.source["incremental", "cursor_field"] else { break }
      options["replication"] = "cursor"
      options["replication_key"] = key.json
      notes.carried(key, "the cursor \(key.text ?? "")")
    case nil: break
    }
    return options
  }
}
