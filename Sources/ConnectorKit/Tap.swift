public import ArgumentParser
public import JSON
internal import Posix
public import Wire

/// What a tap is: how it is described, what it offers, how it reads.
public protocol Tap {
  /// Name, capabilities and settings.
  static var info: PluginInfo { get }
  /// Creates the tap from a configuration that has been checked against the settings.
  init(_ configuration: Configuration) throws(Failure)
  /// The streams that there are, with their schemas.
  func discover() throws(Failure) -> Catalog
  /// Throws unless the source can be read; reads as little as possible.
  func check() throws(Failure)
  /// Writes the selected streams of `catalog`, from `state` on; ends with a STATE.
  func sync(
    _ catalog: Catalog,
    state: JSONValue?,
    to writer: inout MessageWriter
  ) throws(Failure)
}

/// The command line of a tap: the options of Singer and of the Meltano SDK.
public struct TapOptions: ParsableArguments {
  @OptionGroup var common: ConnectorOptions

  @Flag(name: .long, help: "Print the catalog of what the source offers.")
  var discover = false

  @Option(name: .long, help: "The catalog with the selected streams.")
  var catalog: String?

  @Option(name: .long, help: "The same as --catalog, for older runners.")
  var properties: String?

  @Option(name: .long, help: "The state that the last run left.")
  var state: String?

  @Flag(name: .long, help: "Check that the source can be read.")
  var test = false

  /// Creates the options for parsing.
  public init() {}

  /// Whether what is asked for is messages, rather than a catalog or a check.
  public var writesMessages: Bool { !discover && !test && !common.about }

  /// The configuration, checked; `shape` makes the settings of what the files hold.
  public func configuration(
    _ info: PluginInfo,
    shape: ((JSONObject) -> JSONObject)?
  ) throws(Failure) -> Configuration {
    try Configuration(common.config, for: info, shape: shape)
  }

  /// Does what the command line asks of `T`, which `make` creates.
  ///
  /// `shape` makes the settings of what the configuration files hold; `about` says what `--about`
  /// tells where a configuration is given, too.
  public func run<T: Tap>(
    _ type: T.Type,
    shape: ((JSONObject) -> JSONObject)? = nil,
    about: ((Configuration) throws(Failure) -> PluginInfo)? = nil,
    _ make: (Configuration) throws(Failure) -> T = T.init
  ) throws {
    guard try !common.answersAbout(T.info, shape: shape, about) else { return }
    let tap = try make(try common.configuration(T.info, shape: shape))
    if discover {
      print(try tap.discover().json.encoded(pretty: true))
    } else if test {
      try tap.check()
      Log.info("\(T.info.name): the source can be read")
    } else {
      try sync(tap)
    }
  }

  private func sync(_ tap: some Tap) throws(Failure) {
    let state = try state.map { (path) throws(Failure) in try JSONFile.read(path, "state") }
    var catalog: Catalog
    if let path = self.catalog ?? properties {
      guard let read = Catalog(try JSONFile.read(path, "catalog")) else {
        throw Failure(.configuration, "\(path): a catalog has a list \"streams\"")
      }
      catalog = read
    } else {
      catalog = try tap.discover()
      for index in catalog.streams.indices { catalog.streams[index].select(true) }
    }
    var writer = MessageWriter(stage: type(of: tap).info.name)
    do throws(Failure) {
      try tap.sync(catalog, state: state, to: &writer)
      try writer.flush()
      writer.report()
    } catch {
      // What was written before the failure is good: it leaves, and the unfinished line after it.
      if error.kind != .brokenPipe { try? writer.flush() }
      throw error
    }
    if let failure = Failure.signalled { throw failure }
  }
}
