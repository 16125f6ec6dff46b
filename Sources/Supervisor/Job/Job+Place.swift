internal import Contracts
internal import JSON

extension Job {
  /// Where a setting of a connector stands, as `file:line:column`; nil where it is in no file.
  ///
  /// `keys` go down from the connector's configuration.
  func place(of keys: [String], _ role: Plan.Stage.Role) -> String? {
    let end = role == .target ? "target" : "source"
    let read = JobFile.read(file)
    var keys = keys
    var section = read.configurations[end]
    if section == nil { section = read.root[end]?["config"].map { (file: file, node: $0) } }
    let partition = partitions.first { $0.name == part?.stream }
    if end == "source", let name = keys.first, let told = partition?.config[name] {
      let list = read.job?.source.config[name]?.array
      if let index = list?.firstIndex(where: { .array([$0]) == told }) {
        // The only element of the part's list is one of several in the file.
        if keys.count > 1 { keys[1] = String(index) }
      } else {
        let listed = read.root["partitions"]?.elements?.first { $0["name"]?.text == part?.stream }
        section = listed?["config"].map { (file: file, node: $0) }
      }
    }
    guard let section else { return nil }
    let mark = section.node.nearest(keys).mark
    return "\(section.file):\(mark.line):\(mark.column)"
  }
}
