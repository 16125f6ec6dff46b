package import Wire

/// What a job in parts is for verbs that do not run it.
extension Job {
  /// The jobs by whose configurations the tap is asked what it offers: one for each partition, since
  /// each may have streams of its own; one for all windows of time; else the job itself.
  package var asked: [Job] {
    guard part == nil, let first = partitions.first else { return [self] }
    let asked = first.isWindow ? [first] : partitions
    return asked.map { divided(Part(stream: $0.name, catalog: nil)) }
  }

  /// The part that a look at the job is one of: `name`, or the first partition where none is named.
  ///
  /// The streams of a job are all in its undivided form, so that without `name` it stays whole.
  package func seen(part name: String?) throws(Failure) -> Job {
    guard isDivided else {
      if let name { throw undivided(name) }
      return self
    }
    guard let first = partitions.first?.name else {
      return name.map { divided(Part(stream: $0, catalog: nil)) } ?? self
    }
    let chosen = name ?? first
    guard partitions.contains(where: { $0.name == chosen }) else {
      throw unknown(part: chosen, among: partitions.map(\.name))
    }
    return divided(Part(stream: chosen, catalog: nil))
  }

  /// The names of the parts that a run has: partitions, or the streams that are selected in `catalog`.
  ///
  /// Nil where the tap has told none.
  func partNames(in catalog: Catalog?) -> [String]? {
    guard partitions.isEmpty else { return partitions.map(\.name) }
    return catalog?.streams.filter(\.isSelected).map(\.tapStreamID)
  }

  // MARK: What is wrong

  /// A part was named of a job that has none.
  func undivided(_ part: String) -> Failure {
    Failure(
      .usage,
      "\(file) is not run in parts, so that there is no part \"\(part)\"",
      hint: "Leave --part out."
    )
  }

  func unknown(part: String, among names: [String]) -> Failure {
    Failure(
      .usage,
      "\(tenant).\(self.name) has no part \"\(part)\"",
      hint: names.isEmpty ? "It has not been run yet." : "It has \(names.joined(separator: ", "))."
    )
  }

  /// The tap does not tell the streams that would be the parts.
  var indivisible: Failure {
    Failure(
      .configuration,
      "\(file): \"parallelism\" needs a tap that tells its streams and takes a catalog",
      hint: "Remove \"parallelism\": the tap's streams come one after the other."
    )
  }
}
