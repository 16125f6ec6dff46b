internal import JSON

extension SecretValues {
  /// What a job file says that must not be shown: by the names of settings and of variables, and
  /// the addresses of webhooks; `variables` are those that its settings refer to.
  init(_ job: Job?, variables: [String: String]) {
    self.init()
    for (name, value) in variables { take(variable: name, value) }
    guard let job else { return }
    for end in [job.source, job.target] {
      take(settings: end.config)
      take(environment: end.environment)
      if case .command(let words) = end.program { take(words: words) }
    }
    for hook in job.hooks.values.joined() {
      switch hook {
      case .webhook(let url): take(url)
      case .command(let words): take(words: words)
      }
    }
  }

  /// What a connector's configuration says by names, and the variables that it refers to.
  init(settings: JSONObject, variables: [String: String]) {
    self.init()
    for (name, value) in variables { take(variable: name, value) }
    take(settings: settings)
  }

  /// What a connector's own description says to be secret of its configuration.
  init(_ end: Job.Connector, _ schema: JSONValue?) {
    self.init()
    take(settings: end.config, schema: schema)
  }
}
