internal import Contracts
package import JSON
internal import Posix
internal import Wire

/// Makes job files of a Meltano project, and tells what cannot be carried over.
package struct MeltanoImport {
  /// A job file that was made.
  package struct Made: Sendable {
    package let path: String
    package let name: String
    package let source: String
    package let target: String
  }

  package private(set) var made: [Made] = []
  /// What has to be done or decided by hand.
  package private(set) var notes: [String] = []
  package let schedules: [String]
  private let project: MeltanoProject
  private let tenant: String
  private let folder: String

  /// Reads `path`; job files go into `folder`, nil for that of the project, where relative paths in
  /// configurations mean what they meant.
  package init(
    _ path: String,
    environment: String?,
    tenant: String,
    folder: String?
  ) throws {
    project = try MeltanoProject(path, environment: environment)
    schedules = project.schedules
    self.tenant = tenant
    self.folder = folder ?? project.folder
    if let folder, Paths.absolute(folder) != Paths.absolute(project.folder) {
      notes.append("relative paths in configurations start from \(folder), the jobs' folder, now")
    }
    for (name, tasks) in project.tasks() { try make(name, tasks) }
    for (place, names) in project.variables {
      notes.append(
        "\(place): Meltano sets \(names.joined(separator: ", ")); set them where the jobs run"
      )
    }
    for kind in ["utilities", "files", "orchestrators", "transformers", "transforms"] {
      for name in project.names(kind) {
        notes.append("\(kind).\(name): Dativo runs taps, contracts and targets only")
      }
    }
    if made.isEmpty { notes.append("the project has no extractor with a loader: no job was made") }
  }

  /// Makes a job of each extractor with the loader that comes after it.
  private mutating func make(_ name: String, _ tasks: [[String]]) throws(Failure) {
    let (extractors, loaders) = (project.names("extractors"), project.names("loaders"))
    var pairs = 0
    for words in tasks {
      var begun: [String] = []
      var others: [String] = []
      for word in words {
        if extractors.contains(word) {
          others += begun
          begun = [word]
        } else if loaders.contains(word), let extractor = begun.first {
          pairs += 1
          let mappers = begun.dropFirst().filter(isCarried)
          others += begun.dropFirst().filter { !isCarried($0) }
          begun = []
          try make(pairs == 1 ? name : "\(name)-\(pairs)", extractor, mappers, word)
        } else if begun.isEmpty {
          others.append(word)
        } else {
          begun.append(word)
        }
      }
      for word in others + begun {
        let reason =
          if extractors.contains(word) || loaders.contains(word) {
            "it is no extractor with a loader"
          } else if project.mapper(word) != nil {
            "what this mapper does to the records does not happen in the job; masks and rules may be "
              + "written into a contract"
          } else {
            "Dativo runs taps, contracts and targets only"
          }
        notes.append("\(name): \(word) is left out: \(reason)")
      }
    }
  }

  /// Whether a word of a task is a mapper that jobs have the like of.
  private func isCarried(_ word: String) -> Bool {
    project.mapper(word).map(MeltanoMapper.isOurs) ?? false
  }

  /// Writes what our own middle stage was told in the project into the job.
  private mutating func carry(_ mappers: [String], into job: inout JSONObject, of name: String) {
    var mapper = MeltanoMapper()
    for word in mappers {
      guard let plugin = project.mapper(word) else { continue }
      mapper.take(plugin.config)
      tellVariables(plugin, of: name)
    }
    if !mapper.contracts.isEmpty { job["contracts"] = .array(mapper.contracts) }
    if !mapper.validation.isEmpty { job["validation"] = .object(mapper.validation) }
    for key in mapper.left {
      let words = mappers.joined(separator: ", ")
      notes.append("\(name): the setting \(key) of \(words) is left out")
    }
  }

  /// Tells of variables that nobody but Meltano sets, and of references that a job does not follow.
  private mutating func tellVariables(_ plugin: MeltanoProject.Plugin, of job: String) {
    let own = plugin.variables.filter { $0.hasPrefix("MELTANO_") }.sorted()
    if !own.isEmpty {
      notes.append(
        "\(job): \(plugin.name) refers to \(own.joined(separator: ", ")), which Meltano sets: "
          + "write the value, or set it where the job runs"
      )
    }
    let select = JSONValue.array(plugin.select.map { .string($0) })
    let (metadata, schema) = (plugin.metadata ?? .null, plugin.schema ?? .null)
    for (key, value) in [("select", select), ("metadata", metadata), ("schema", schema)] {
      let names = MeltanoReference.names(in: value).sorted().joined(separator: ", ")
      guard !names.isEmpty else { continue }
      notes.append("\(job): \(key) of \(plugin.name) refers to \(names): write the value there")
    }
  }

  private mutating func make(
    _ name: String,
    _ extractor: String,
    _ mappers: [String],
    _ loader: String
  ) throws(Failure) {
    guard let source = project.plugin(extractor, "extractors"),
      let target = project.plugin(loader, "loaders")
    else { return }
    let plain = Self.plain(name)
    let path = "\(folder)/\(plain).yaml"
    guard !Paths.exists(path) else {
      throw Failure(.usage, "\(path) is there already", hint: "Name another folder with --into.")
    }
    var job = JSONObject()
    job["apiVersion"] = .string("dativo/v1")
    job["kind"] = .string("Job")
    job["tenant"] = .string(tenant)
    job["name"] = .string(plain)
    let words = [extractor] + mappers + [loader]
    job["description"] = .string("From Meltano: \(words.joined(separator: " "))")
    job["source"] = .object(end(source, "extractors", of: name))
    carry(mappers, into: &job, of: name)
    job["target"] = .object(end(target, "loaders", of: name))
    do throws(PosixError) {
      try Files.makeFolder(folder)
      try Files.replace(path, Array(YAMLWriter.text(.object(job)).utf8))
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error)")
    }
    made.append(Made(path: path, name: plain, source: source.name, target: target.name))
  }

  /// One end of the pipe: the program that Meltano runs, or one of ours.
  private mutating func end(_ plugin: MeltanoProject.Plugin, _ kind: String, of job: String)
    -> JSONObject
  {
    var end = JSONObject()
    let isSource = kind == "extractors"
    let ours = isSource ? "dativo-tap-" : "dativo-target-"
    if plugin.executable.hasPrefix(ours) {
      end[isSource ? "tap" : "target"] = .string(String(plugin.executable.dropFirst(ours.count)))
    } else if plugin.pipURL != nil {
      let base = "\(project.folder)/.meltano/\(kind)/\(plugin.name)/venv/bin/\(plugin.executable)"
      end["command"] = .array([.string(Paths.absolute(base))])
      if !Paths.isFile(base) {
        notes.append("\(job): \(base) is not there: `meltano install`, or `dativo plugins add`")
      }
    } else {
      let isPath = plugin.executable.contains("/")
      let path =
        isPath
        ? Paths.absolute(plugin.executable, from: Paths.absolute(project.folder))
        : plugin.executable
      end["command"] = .array([.string(path)])
    }
    tellVariables(plugin, of: job)
    var config = plugin.config
    for name in plugin.secrets where config[name] == nil {
      let variable = "\(plugin.name)_\(name)".uppercased().map {
        $0.isLetter || $0.isNumber ? $0 : "_"
      }
      config[name] = .string("${\(String(variable))}")
      notes.append(
        "\(job): the secret \(name) of \(plugin.name) is read from the variable \(String(variable))"
      )
    }
    end["config"] = .object(config)
    guard isSource else { return end }
    if !plugin.select.isEmpty { end["select"] = .array(plugin.select.map { .string($0) }) }
    end["metadata"] = plugin.metadata
    end["schema"] = plugin.schema
    return end
  }

  /// A name that jobs may have.
  static func plain(_ name: String) -> String {
    let text = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" }
    return String(text.drop { $0 == "-" }.prefix(64))
  }

  package var json: JSONValue {
    [
      "jobs": .array(
        made.map { one in
          [
            "file": .string(one.path), "name": .string(one.name), "source": .string(one.source),
            "target": .string(one.target),
          ]
        }
      ),
      "notes": .array(notes.map { .string($0) }),
      "schedules": .array(schedules.map { .string($0) }),
    ]
  }
}
