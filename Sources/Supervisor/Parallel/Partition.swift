package import JSON

/// A piece of a source that is loaded in a part of its own: what of the tap's configuration is other
/// for it.
package struct Partition: Hashable, Sendable {
  package static let keys = ["name", "config"]

  package let name: String
  /// Settings in place of the source's own.
  package let config: JSONObject
  /// The time that it is of, where it is a window.
  package let window: TimeWindow?
  /// Whether it is a window of time, which has the streams of all the others.
  package var isWindow: Bool { window != nil }
  /// The settings that say whose data they are, where its name does not: with others its STATE is
  /// worth nothing.
  let identity: JSONObject

  /// A piece that was named by hand, or one whose `identity` is given.
  package init(
    name: String,
    config: JSONObject,
    window: TimeWindow? = nil,
    identity: JSONObject? = nil
  ) {
    self.name = name
    self.config = config
    self.window = window
    // A window is known by its beginning, which is its name; its end may move on.
    self.identity = window == nil ? identity ?? config : JSONObject()
  }

  /// One for each element of a setting that takes a list, named after what tells the element from
  /// the others, so that its state stays its own wherever it stands in the list.
  package static func each(of setting: String, _ elements: [JSONValue]) -> [Partition] {
    elements.map { element in
      let known = ["name", "id", "path", "url", "stream"].lazy.compactMap { element[$0]?.string }
      let name = element.string ?? known.first ?? element.encoded()
      let config: JSONObject = [setting: .array([element])]
      // A name may stay while what it stands for changes; a path or the element itself does not.
      let isLabelled = element["name"]?.string != nil
      return Partition(name: name, config: config, identity: isLabelled ? nil : JSONObject())
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
    job.source.identity = partition.identity
    return job
  }
}
