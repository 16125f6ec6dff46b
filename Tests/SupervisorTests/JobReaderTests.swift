import Contracts
import JSON
import Supervisor
import Testing

/// Job files: what is read, and what is said of those that are wrong.
struct JobReaderTests {
  private let whole = """
    apiVersion: dativo/v1
    kind: Job
    tenant: shop
    name: orders.daily
    description: Every morning.
    source:
      tap: csv
      config: {files: [{path: a.csv, stream: orders}]}
      select: [orders.*, "!*.ssn"]
      lenient: true
      env: {ZONE: UTC, LEVEL: 3}
    contracts: [contracts/*.odcs.yaml]
    validation: {mode: quarantine, quarantine: bad.jsonl, report: r.json, max_violations: 1.5%}
    target:
      command: [./target.sh, --fast, ""]
      config: {destination: out}
    state: {backend: sqlite, path: /var/state.db}
    retry: {attempts: 5, initial_seconds: 0.5, max_seconds: 30}
    idle_timeout: 90
    """

  private func read(_ text: String, _ environment: [String: String] = [:]) throws -> JobFile {
    JobFile("p/job.yaml", try YAMLNode.parse(text), environment: environment)
  }

  /// `line:column message`, for the findings of a file.
  private func problems(
    _ text: String,
    _ environment: [String: String] = [:]
  ) throws -> [String] {
    try read(text, environment).findings.map {
      "\($0.line ?? 0):\($0.column ?? 0) \($0.message)" + ($0.hint.map { " | \($0)" } ?? "")
    }
  }

  /// A valid job whose `source.config` is `config`.
  private func job(config: String) -> String {
    """
    apiVersion: dativo/v1
    kind: Job
    tenant: shop
    name: orders
    target: {target: parquet}
    source:
      tap: csv
      config: \(config)
    """
  }

  @Test func everyKeyIsRead() throws {
    let file = try read(whole)
    #expect(file.findings == [])
    let job = try #require(file.job)
    #expect(job.pipeline == "shop.orders.daily")
    #expect(job.folder == "\(Paths.working)/p")
    #expect(job.source.program == .plugin("csv"))
    let files: JSONValue = [["path": "a.csv", "stream": "orders"]]
    #expect(job.source.config["files"] == files)
    #expect(job.select == ["orders.*", "!*.ssn"])
    #expect(job.source.isLenient)
    #expect(job.source.environment == ["ZONE": "UTC", "LEVEL": "3"])
    #expect(job.contracts == ["contracts/*.odcs.yaml"])
    #expect(job.validation.mode == .quarantine)
    #expect(job.validation.quarantine == "bad.jsonl")
    #expect(job.validation.report == "r.json")
    #expect(job.validation.maxViolations == "1.5%")
    #expect(job.target.program == .command(["./target.sh", "--fast", ""]))
    #expect(job.statePath == "/var/state.db")
    #expect(job.stateBackend == .sqlite)
    #expect(job.retry.attempts == 5)
    #expect(job.retry.initialSeconds == 0.5)
    #expect(job.retry.maxSeconds == 30)
    #expect(job.stallSeconds == 90)
  }

  @Test func allMistakesAreToldAtOnceInTheOrderOfTheFile() throws {
    let found = try problems(
      """
      apiVersion: dativo/v2
      kind: Job
      tenant: a b
      nam: orders
      source:
        tap: csv
        confg: {}
        lenient: maybe
      validation: {mode: quarantin}
      target: parquet
      retry: {attempts: 0}
      """
    )
    #expect(
      found == [
        "1:1 \"name\" is missing | Write `name: orders`.",
        "1:13 apiVersion \"dativo/v2\" is not known | Write `apiVersion: dativo/v1`.",
        "3:9 \"tenant\" may have letters, digits, \"_\" and \"-\" only, at most 64, not \"a b\" | "
          + "It begins with a letter, a digit or \"_\"; it names the commit log and files.",
        "4:1 unknown key \"nam\" | Did you mean \"name\"?",
        "7:3 unknown key \"confg\" in \"source\" | Did you mean \"config\"?",
        "8:12 \"source.lenient\" must be true or false, not \"maybe\"",
        "9:20 \"validation.mode\" must be one of strict, warn, quarantine, not \"quarantin\" | "
          + "Did you mean \"quarantine\"?",
        "10:9 \"target\" must be a mapping, not \"parquet\" | "
          + "Write `target: {target: parquet, config: {…}}`.",
        "11:19 \"retry.attempts\" must be a whole number of at least 1, not \"0\"",
      ]
    )
  }

  @Test func aConfinementIsOneOfThoseThatThereAre() throws {
    let found = try problems(job(config: "{}") + "\nsandbox: perhaps")
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("9:10 \"sandbox\" must be one of auto, bwrap, landlock"))
    #expect(try problems(job(config: "{}") + "\nsandbox:\nparallelism: 1") == [])
  }

  @Test func lengthsOfTimeHaveUnits() throws {
    let text = job(config: "{}") + "\ntimeout: 1.5h\nidle_timeout: 90"
    let file = try read(text)
    #expect(file.job?.timeoutSeconds == 5400 && file.job?.stallSeconds == 90)
    let found = try problems(job(config: "{}") + "\ntimeout: soon")
    #expect(
      found == [
        "9:10 \"timeout\" must be a length of time, not \"soon\" | Write 90s, 15m, 2h or 1d."
      ]
    )
  }

  @Test(arguments: [
    ("{a: \"${X}\"}", #"{"a":"12"}"#),
    ("\n    a: ${X}", #"{"a":12}"#),
    ("\n    a: ${ZIP}", #"{"a":"00123"}"#),
    ("\n    a: ${T}", #"{"a":true}"#),
    ("\n    a: ${E}", #"{"a":""}"#),
    ("{a: \"p${X}q${T}r\"}", #"{"a":"p12qtruer"}"#),
    ("{a: [\"$${X}\", \"$$${X}\", \"$X\", \"}\"]}", #"{"a":["${X}","$${X}","$X","}"]}"#),
    ("{a: {b: [\"${X}\"]}}", #"{"a":{"b":["12"]}}"#),
    ("{a: \"${Y}\"}", #"{"a":"${X}"}"#),
  ])
  func variablesAreReplaced(_ config: String, _ expected: String) throws {
    let environment = ["X": "12", "ZIP": "00123", "T": "true", "E": "", "Y": "${X}"]
    let file = try read(job(config: config), environment)
    #expect(file.findings == [])
    #expect(file.job.map { JSONValue.object($0.source.config).encoded() } == expected)
  }

  @Test func aVariableThatIsNotSetIsAnErrorAtItsPlace() throws {
    #expect(
      try problems(job(config: "{password: \"${NOPE}\"}")) == [
        "8:22 the environment variable NOPE is not set | "
          + "Run `export NOPE=…` first, or write `$${NOPE}` for the text itself."
      ]
    )
    #expect(
      try problems(job(config: "{a: \"${A:-b}\"}"))[0].hasPrefix(
        "8:15 \"${A:-b}\" does not name an environment variable"
      )
    )
    #expect(try problems(job(config: "{a: \"${A\"}"))[0].hasPrefix("8:15 \"${\" without \"}\""))
  }

  @Test func anEndNamesOneProgram() throws {
    let both = job(config: "{}").replacing("tap: csv", with: "tap: csv\n  command: [x]")
    #expect(try problems(both)[0].contains("\"source\" has both \"tap\" and \"command\""))
    let none = job(config: "{}").replacing("tap: csv\n", with: "lenient: true\n")
    #expect(try problems(none)[0].contains("\"source\" says neither \"tap\" nor \"command\""))
    let words = job(config: "{}").replacing("tap: csv", with: "command: tap --x")
    #expect(
      try problems(words)[0].hasSuffix(
        "\"source.command\" must be a list | Write `command: [tap, --x]`."
      )
    )
  }

  @Test func aConfigurationMayLieInAFileOfItsOwn() throws {
    let folder = Folder()
    try folder.write("tap.json", #"{"url": "${HOST}/\u00e9", "big": 12345678901234567890}"#)
    try folder.write("target.yaml", "destination: out\nlevel: ${LEVEL}\n")
    let path = try folder.write(
      "job.yaml",
      job(config: "tap.json").replacing("target: parquet", with: "target: x, config: target.yaml")
    )
    let file = JobFile.read(path, environment: ["HOST": "h", "LEVEL": "3"])
    #expect(file.findings == [])
    let job = try #require(file.job)
    #expect(
      JSONValue.object(job.source.config).encoded()
        == #"{"url":"h/é","big":12345678901234567890}"#
    )
    #expect(JSONValue.object(job.target.config).encoded() == #"{"destination":"out","level":3}"#)
    try folder.write("tap.json", "{\n  \"url\": x}")
    let wrong = JobFile.read(path, environment: ["LEVEL": "3"])
    #expect(wrong.findings.map(\.place) == ["\(folder.path)/tap.json:2:10"])
  }

  @Test func aFileThatIsNoYAMLSaysWhere() throws {
    let folder = Folder()
    let tab = JobFile.read(try folder.write("tab.yaml", "a: b\n\tc: d\n"))
    #expect(tab.job == nil)
    #expect(tab.findings.map(\.line) == [2])
    #expect(tab.findings[0].hint == "Indent with spaces: YAML does not allow tabs there.")
    let missing = JobFile.read("\(folder.path)/none.yaml")
    #expect(
      missing.findings.map(\.message) == ["the file cannot be read: No such file or directory"]
    )
    #expect(throws: Findings.self) { try Job.load("\(folder.path)/none.yaml") }
  }

  @Test func contractsAreFoundByNameAndByPattern() throws {
    let folder = Folder()
    try folder.write("contracts/b.odcs.yaml", "")
    try folder.write("contracts/a.odcs.yaml", "")
    let path = try folder.write(
      "job.yaml",
      job(config: "{}") + "\ncontracts: [contracts/b.odcs.yaml, contracts/*.yaml, x.yaml, y/*]"
    )
    let found = try Job.load(path).job.contractFiles()
    let names = ["b", "a"].map { "\(folder.path)/contracts/\($0).odcs.yaml" }
    #expect(found.paths == names)
    #expect(found.missing == ["x.yaml", "y/*"])
  }
}
