import Supervisor
import Testing

/// What `dativo lint` finds, and what it leaves alone.
struct LinterTests {
  private let folder = Folder()

  private func lint(_ paths: String..., strips: Bool = true) -> (linter: Linter, found: [String]) {
    var linter = Linter(environment: ["PATH": "/usr/bin:/bin"])
    for path in paths { linter.lint(path) }
    let prefix = folder.path + "/"
    return (linter, linter.findings.map { $0.text.replacing(prefix, with: "") })
  }

  private func job(_ source: String, _ rest: String = "") -> String {
    """
    apiVersion: dativo/v1
    kind: Job
    tenant: shop
    name: orders
    source: \(source)
    target: {command: [cat]}
    \(rest)
    """
  }

  @Test func filesOfOthersArePassedOver() throws {
    try folder.write("compose.yaml", "services: {}\n")
    try folder.write("k8s/deploy.yml", "apiVersion: apps/v1\nkind: Deployment\n")
    try folder.write(".hidden/job.yaml", "kind: Job\n")
    try folder.write("notes.txt", "kind: Job\n")
    try folder.write("job.yaml", job("{command: [cat]}"))
    let (linter, found) = lint(folder.path)
    #expect(found == [])
    #expect(linter.files.map(\.kind) == [.job])
    #expect(linter.skipped.count == 2)
  }

  @Test func aFileThatIsNamedMustBeOneOfOurs() throws {
    let compose = try folder.write("compose.yaml", "services: {}\n")
    let deploy = try folder.write("deploy.yml", "kind: Deployment\n")
    let slip = try folder.write("slip.yaml", "kind: job\n")
    let (_, found) = lint(compose, deploy, slip, "\(folder.path)/none.yaml")
    #expect(
      found == [
        "compose.yaml:1:1: error: \"kind\" is missing\n"
          + "  -> Write `kind: Job`, `kind: DataContract`, `kind: Plugin` or `kind: Secrets`.",
        "deploy.yml:1:7: error: unknown kind \"Deployment\"\n"
          + "  -> Dativo knows Job, DataContract, Plugin, Secrets.",
        "none.yaml: error: no such file or folder",
        "slip.yaml:1:7: error: unknown kind \"job\"\n  -> Did you mean \"Job\"?",
      ]
    )
  }

  @Test func aJobIsHeldAgainstWhatLiesAroundIt() throws {
    try folder.write(
      "taps/api/plugin.yaml",
      """
      apiVersion: dativo/v1
      kind: Plugin
      name: api
      role: tap
      executable: sh
      settings:
        additionalProperties: false
        required: [url]
        properties:
          url: {type: string, description: Where it is.}
          page_size: {type: integer}
          password: {type: string, secret: true}
          format: {enum: [json, csv]}
      """
    )
    try folder.write("contracts/orders.odcs.yaml", "")
    let path = try folder.write(
      "job.yaml",
      job(
        """

          tap: api
          config:
            page_sise: 5
            page_size: five
            password: 12345
            format: jsn
          select: ["!"]
        """,
        "contracts: [contracts/order.odcs.yaml]"
      )
    )
    let (_, found) = lint(path)
    #expect(
      found == [
        "job.yaml:8:5: error: the tap api has no setting \"page_sise\"\n"
          + "  -> Did you mean \"page_size\"?",
        "job.yaml:8:5: error: the tap api needs the setting \"url\"\n  -> url: Where it is.",
        "job.yaml:9:16: error: \"page_size\" must be of type integer, not \"five\"",
        "job.yaml:10:15: error: \"password\" must be of type string\n"
          + "  -> Put it into quotes, to make it text.",
        "job.yaml:10:15: warning: \"password\" is a secret, and stands here for everybody who reads "
          + "the file\n  -> Write `password: ${secret:path/password}`, or ${NAME} for a variable.",
        "job.yaml:11:13: error: \"format\" must be one of json, csv, not \"jsn\"\n"
          + "  -> Did you mean \"json\"?",
        "job.yaml:12:12: error: \"!\" is no pattern\n  -> Write `stream.property` or `!*.ssn`.",
        "job.yaml:14:13: error: contracts/order.odcs.yaml is no contract file\n"
          + "  -> Did you mean \"contracts/orders.odcs.yaml\"?",
      ]
    )
  }

  @Test func twoJobsOfOneNameAreTold() throws {
    try folder.write("a.yaml", job("{command: [cat]}"))
    try folder.write("b.yaml", job("{command: [cat]}"))
    let (_, found) = lint(folder.path)
    #expect(
      found.map { $0.split(separator: "\n")[0] } == [
        "b.yaml:4:7: error: the job shop.orders stands in a.yaml too"
      ]
    )
  }

  @Test func secretsAreNotNeededToLint() throws {
    let path = try folder.write(
      "job.yaml",
      job("{command: [cat], config: {password: \"${NOPE}\"}}")
    )
    let (linter, _) = lint(path)
    #expect(linter.findings.map(\.severity) == [.warning])
    #expect(linter.findings[0].message == "the environment variable NOPE is not set")
  }

  @Test func theContractsOfAJobAreCheckedWithIt() throws {
    try folder.write("contracts/a.odcs.yaml", "kind: DataContract\napiVersion: v9\n")
    let path = try folder.write(
      "job.yaml",
      job("{command: [cat]}", "contracts: [contracts/*.yaml]")
    )
    let (linter, found) = lint(path, folder.path)
    #expect(linter.files.map(\.kind) == [.job, .contract])
    #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("contracts/a.odcs.yaml:") })
  }
}
