internal import JSON
internal import Wire

extension Job {
  /// The job that loads what is of `window`, and leaves its own STATE as it is.
  package func within(_ window: TimeWindow) -> Job {
    var job = self
    job.window = window
    // All that a window sends comes without a STATE behind it.
    job.target.config["tail"] = nil
    return job
  }

  /// The job with its window written into the tap's configuration.
  func toldWindow(_ catalog: PluginCatalog) throws(Failure) -> Job {
    guard let window else { return self }
    let (settings, schema) = try catalog.window(of: source)
    var job = self
    do throws(WindowSettings.Missing) {
      job.source.config = try settings.apply(window, to: source.config, settings: schema)
    } catch {
      let (message, hint) = error.texts
      if case .timeOfDay = error { throw Failure(.usage, message, hint: hint) }
      throw Failure(.configuration, "\(file): \(message)", hint: hint)
    }
    try refuseReplacedTables()
    try refuseWindowsOfParts(window, settings)
    return job
  }

  /// The streams whose tables each load replaces, by the target's configuration; `*` for all that
  /// are not named.
  var overwritten: [String] {
    let config = target.config
    let isDefault = config["load_method"]?.string == "overwrite"
    let streams = config["streams"]?.object?.members ?? []
    return streams.filter {
      $0.value["load_method"]?.string.map { $0 == "overwrite" } ?? isDefault
    }.map(\.key) + (isDefault ? ["*"] : [])
  }

  /// Settings that say the time already are what makes the parts of a job: with another time in them
  /// every part would load the same.
  private func refuseWindowsOfParts(
    _ window: TimeWindow,
    _ settings: WindowSettings
  ) throws(Failure) {
    let written = [
      window.since == nil ? nil : settings.since, window.until == nil ? nil : settings.until,
    ].compactMap(\.self)
    for partition in partitions {
      guard let setting = written.first(where: { partition.config[$0] != nil }) else { continue }
      throw Failure(
        .configuration,
        "\(file): the parts of this job are windows of time already: \"\(partition.name)\" sets "
          + "\"\(setting)\", which says the time of a run's window, too, so that every part would "
          + "load the same rows",
        hint: "`dativo run` alone loads the parts that are not loaded yet, and goes on with the "
          + "others; \"partitions\" says from when to when they reach."
      )
    }
  }

  /// A table that each load replaces would have the window's rows alone.
  private func refuseReplacedTables() throws(Failure) {
    guard let stream = overwritten.first else { return }
    throw Failure(
      .configuration,
      "\(file): each load replaces the table of \(stream == "*" ? "every stream" : stream) "
        + "(\"load_method\": \"overwrite\"), so that a window would be all that is left",
      hint: "Set the tap's own settings for the time, or use another load_method."
    )
  }
}

extension PluginCatalog {
  /// How a tap is told a window, and the JSON Schema of its settings where it has one.
  ///
  /// What the job says counts, then the plugin's file, then the names of its settings, then those in
  /// the job's configuration.
  func window(
    of tap: Job.Connector
  ) throws(Failure) -> (WindowSettings, settings: JSONValue?) {
    var declared = tap.window
    let schema: JSONValue?
    switch tap.program {
    case .plugin(let name):
      let plugin = try find(name, .tap)
      declared = declared ?? plugin.window
      schema = settings(of: plugin)
    case .command(let words):
      let program = try program(words.first ?? "")
      schema = try ask(
        program,
        Array(words.dropFirst()),
        tap.environment,
        enclosure: Enclosing(catalog: self, end: tap, role: .tap)
          .enclosure(program, permissions: nil)
      ).settings
    }
    if let declared { return (declared, schema) }
    let names = (schema?["properties"]?.object?.keys ?? []) + tap.config.keys
    return (WindowSettings(among: names), schema)
  }
}
