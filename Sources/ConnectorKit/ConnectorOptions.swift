public import ArgumentParser
public import JSON
internal import Posix
public import Wire

/// The options that every executable understands.
public struct ConnectorOptions: ParsableArguments {
  /// The forms of `--about`.
  public enum Form: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json, markdown
  }

  /// Configuration files, later ones winning.
  @Option(
    name: .long,
    help: "Configuration: a JSON file, - for standard input, or ENV. Repeatable; later wins."
  )
  public var config: [String] = []

  /// Whether to describe the plugin.
  @Flag(name: .long, help: "Describe the plugin: capabilities and settings.")
  public var about = false

  /// How to describe it.
  @Option(name: .long, help: "The form of --about: text, json or markdown.")
  public var format: Form = .text

  /// Creates the options for parsing.
  public init() {}

  /// Answers `--about` and ends the process, if it was asked for.
  public func answerAbout(_ info: PluginInfo) {
    guard about else { return }
    switch format {
    case .text: print(info.text, terminator: "")
    case .json: print(info.json.encoded(pretty: true))
    case .markdown: print(info.markdown, terminator: "")
    }
  }

  /// Answers `--about`, if it was asked for: with `detailed` where a configuration is given, too.
  public func answersAbout(
    _ info: PluginInfo,
    shape: ((JSONObject) -> JSONObject)? = nil,
    _ detailed: ((Configuration) throws(Failure) -> PluginInfo)?
  ) throws(Failure) -> Bool {
    guard about else { return false }
    if let detailed, !config.isEmpty || shape != nil {
      answerAbout(try detailed(Configuration(config, for: info, shape: shape)))
    } else {
      answerAbout(info)
    }
    return true
  }

  /// The configuration, checked; `shape` makes the settings of what the files hold.
  public func configuration(
    _ info: PluginInfo,
    shape: ((JSONObject) -> JSONObject)? = nil
  ) throws(Failure) -> Configuration {
    guard !config.isEmpty else {
      throw Failure(
        .usage,
        "--config is missing",
        hint: "\(info.name) --config FILE; \(info.name) --about lists the settings."
      )
    }
    return try Configuration(config, for: info, shape: shape)
  }
}

extension CommandConfiguration {
  /// The configuration of one of our executables: name, version, and a help that ends in the
  /// exit codes.
  public init(_ info: PluginInfo, discussion: String = "") {
    self.init(
      commandName: info.name,
      abstract: info.summary,
      discussion: (discussion.isEmpty ? "" : discussion + "\n\n") + ExitCode.help,
      version: "\(info.name) \(PluginInfo.version)"
    )
  }
}

/// Reads a JSON file that was named on the command line.
public enum JSONFile {
  /// The value in the file `path`; `what` names it in errors.
  public static func read(_ path: String, _ what: String) throws(Failure) -> JSONValue {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(.configuration, "the \(what) \(path) cannot be read: \(error.reason)")
    }
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      throw Failure(
        .configuration,
        "\(path):\(error.line):\(error.column): \(error.reason.rawValue)",
        hint: "The \(what) must be one JSON value."
      )
    }
  }
}
