import ArgumentParser
import ConnectorKit
import JSON
import Posix
import Wire

@main
struct DativoValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    Settings.info,
    discussion: """
      Reads Singer or Airbyte messages from standard input and passes on those that keep their \
      contract, byte for byte. Without a contract each stream's own SCHEMA is the measure.

        dativo-tap-csv --config c.json | dativo-validate --contract orders.odcs.yaml \
      --report report.json | dativo-target-parquet --config t.json

      strict      the first violating record ends the run with 65
      warn        violations are counted, the record passes
      quarantine  violating records go to the file of --quarantine, the rest passes
      """
  )

  @OptionGroup var options: ConnectorOptions

  @Option(name: .long, help: "A data contract (ODCS 3.0.0 to 3.2.0). Repeatable.")
  var contract: [String] = []

  @Option(name: .long, help: "A folder: every *.odcs.yaml, *.yaml and *.yml in it is a contract.")
  var contracts: String?

  @Option(name: .long, help: "strict, warn or quarantine (default: strict).")
  var mode: Mode?

  @Option(name: .long, help: "The file for violating records, JSON lines; needs mode quarantine.")
  var quarantine: String?

  @Option(
    name: .long,
    help: "The file for the report, JSON; written at the end, also of a failure."
  )
  var report: String?

  @Option(name: .long, help: "The catalog: the schemas of streams that send none (Airbyte).")
  var catalog: String?

  @Flag(name: .long, help: "Lines that are not JSON go to standard error instead of failing.")
  var lenient = false

  @Option(name: .long, help: "Fail with 65 above so many violating records: N, or P%.")
  var maxViolations: String?

  func run() {
    Lifecycle.run(Settings.info.name, writesMessages: !options.about) {
      options.answerAbout(Settings.info)
      guard !options.about else { return }
      let configuration = try Configuration(options.config, for: Settings.info)
      var settings = try Settings(configuration)
      settings.contracts += contract
      settings.folder = contracts ?? settings.folder
      settings.mode = mode ?? settings.mode
      settings.quarantine = quarantine ?? settings.quarantine
      settings.report = report ?? settings.report
      settings.catalog = catalog ?? settings.catalog
      settings.isLenient = lenient || settings.isLenient
      if let maxViolations { settings.limit = try Limit(maxViolations) }
      try settings.check()
      try Run(settings).perform()
    }
  }
}

extension Mode: ExpressibleByArgument {}
