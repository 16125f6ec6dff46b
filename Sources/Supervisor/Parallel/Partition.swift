package import JSON

/// A piece of a source that is loaded in a part of its own: what of the tap's configuration is other
/// for it.
package struct Partition: Hashable, Sendable {
  package static let keys = ["name", "config"]

  package let name: String
  /// Settings in place of the source's own.
  package let config: JSONObject
  /// Whether it is a window of time, which has the streams of all the others.
  package let isWindow: Bool

  package init(name: String, config: JSONObject, isWindow: Bool = false) {
    self.name = name
    self.config = config
    self.isWindow = isWindow
  }

  /// One for each element of a setting that takes a list, named after what tells the element from
  /// the others, so that its state stays its own wherever it stands in the list.
  package static func each(of setting: String, _ elements: [JSONValue]) -> [Partition] {
    elements.map { element in
      let known = ["name", "id", "path", "url", "stream"].lazy.compactMap { element[$0]?.string }
      let name = element.string ?? known.first ?? element.encoded()
      return Partition(name: name, config: [setting: .array([element])])
    }
  }

  package static func == (left: Partition, right: Partition) -> Bool {
    left.name == right.name && JSONValue.object(left.config) == .object(right.config)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Job {
  /// Whether it runs in parts, each with a state of its own: its streams, or its partitions.
  package var isDivided: Bool { parallelism > 1 || !partitions.isEmpty }

  /// The job that loads one partition, as far as that is still in the file.
  func told(_ part: Part) -> Job {
    guard let partition = partitions.first(where: { $0.name == part.stream }) else { return self }
    var job = self
    for (key, value) in partition.config { job.source.config[key] = value }
    return job
  }
}
