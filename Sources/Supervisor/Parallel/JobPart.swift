internal import JSON

extension Job {
  /// One stream of a job that is run in parts.
  package struct Part: Sendable, Hashable {
    /// The stream's id in the catalog.
    package let stream: String
    /// A file with the catalog, so that not every part asks the tap; nil to ask it.
    package let catalog: String?

    package init(stream: String, catalog: String?) {
      self.stream = stream
      self.catalog = catalog
    }

    /// The name that the part adds to those of the job and of its pipeline.
    ///
    /// Signs that a name may not have become `_`, and a number behind tells such streams apart.
    package var name: String {
      let plain = String(
        stream.unicodeScalars.map { scalar -> Character in
          switch scalar {
          case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
          default: "_"
          }
        }
      )
      let short = String(plain.prefix(40))
      return short == stream ? short : "\(short)-\(Self.number(stream))"
    }

    /// FNV-1a of the name, 32 bits in hexadecimal.
    private static func number(_ text: String) -> String {
      var hash: UInt32 = 0x811C_9DC5
      for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
      let digits = String(hash, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
  }

  /// The job that loads one stream of this one, with state, logs and a pipeline of its own.
  package func divided(_ part: Part) -> Job {
    var job = told(part).inLane(part.name)
    job.part = part
    return job
  }

  /// The job under a name that goes on with `lane`: its state, logs and pipeline are its own.
  package func inLane(_ lane: String) -> Job {
    var job = self
    job.name = "\(name).\(lane)"
    if let pipeline = target.config["pipeline"]?.string {
      job.target.config["pipeline"] = .string("\(pipeline).\(lane)")
    }
    job.validation.report = validation.report.map { Self.named($0, lane) }
    job.validation.quarantine = validation.quarantine.map { Self.named($0, lane) }
    // Those are told of the whole.
    job.hooks = [:]
    return job
  }

  /// A file's name with the part's before its ending.
  private static func named(_ path: String, _ lane: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return "\(path).\(lane)"
    }
    let ending = name[dot...]
    return "\(path.dropLast(ending.count)).\(lane)\(ending)"
  }
}
