import ArgumentParser
import Children
import JSON
import Posix
import Sandbox
import Wire

@main
struct DativoSandbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dativo-sandbox",
    abstract: "Run a program that can do no more than its policy grants.",
    discussion: """
      The program sees the system's own folders, its own files, a temporary folder, and what the \
      policy grants; it has no network beyond the granted hosts, no variables and no descriptors \
      of its caller. It works in any pipe: standard input, output and error are the program's, and \
      so is the exit code.

        dativo-sandbox --policy plugin.yaml -- tap-x --config c.json | dativo-validate | …
        dativo-sandbox --host db.example.com:5432 --read data -- ./tap.py

      Files that the program's own arguments name may be read.
      """ + "\n\n" + ExitCode.help
  )

  @Option(help: "A plugin.yaml, whose permissions are granted.") var policy: String?

  @Option(help: "A file or folder that may be read. Repeatable.") var read: [String] = []

  @Option(help: "A file or folder that may be written to. Repeatable.") var write: [String] = []

  @Option(help: "A file or folder that stays hidden in those. Repeatable.") var hide: [String] = []

  @Option(help: "A host:port that may be reached, *.name:port, or * for all. Repeatable.")
  var host: [String] = []

  @Option(help: "A limit, such as memory=512MiB, processes=64 or time=2h. Repeatable.")
  var limit: [String] = []

  @Option(help: "A variable that the program gets from the environment here. Repeatable.")
  var env: [String] = []

  @Option(help: "A descriptor from 3 up that the program keeps. Repeatable.")
  var descriptor: [Int32] = []

  @Option(help: "Seconds that it may go on once it has closed its output, a pipe, and all is read.")
  var linger: Double?

  @Option(help: "A file for the hosts that were reached, and refused; JSON.") var report: String?

  @Option(help: "auto, bwrap or landlock (default: auto).") var backend: Choice = .auto

  @Flag(help: "Tell what would be enforced here, and what not; run nothing.") var probe = false

  @Flag(help: "With --probe: as JSON.") var json = false

  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
  var command: [String] = []

  @Flag(name: .long, help: "Show the version.") var version = false

  func validate() throws {
    // An image is run by the engine, closed by what a tap or target of ours asks of it.
    guard [.container, .none].contains(backend) else { return }
    throw ValidationError("--backend \(backend.rawValue) confines no program here.")
  }

  func run() {
    StandardDescriptors.occupy()
    do throws(Failure) {
      if version {
        Output.line("dativo-sandbox 0.1.0")
      } else if probe {
        try Probe(backend).show(asJSON: json)
      } else {
        Self.exit(withError: ArgumentParser.ExitCode(try confined()))
      }
    } catch {
      Output.end(error)
    }
  }

  /// Runs the program to its end.
  private func confined() throws(Failure) -> Int32 {
    let folder = Files.working
    let program = try program(in: folder)
    let policy = try Grants(self, folder: folder).policy()
    let machine = Machine.probe()
    var confinement: Confinement
    do throws(SandboxError) {
      let chosen = try machine.backend(backend)
      confinement = try Confinement(program, policy, chosen, machine) { Output.note($0) }
    } catch {
      throw Failure(
        .configuration,
        "\(program.executable) was not started: \(error)",
        hint: "`dativo-sandbox --probe` tells what works here. A job that says `sandbox: none` "
          + "runs its plugins unconfined."
      )
    }
    let code = confinement.wait()
    if let report { try Output.report(report, confinement.reached, confinement.missing) }
    Ending(code, confinement.verdict, confinement.missing, policy).tell()
    return code
  }

  private func program(in folder: String) throws(Failure) -> Program {
    guard let name = command.first else {
      throw Failure(.usage, "no program to run", hint: "Write `dativo-sandbox … -- PROGRAM …`.")
    }
    guard let executable = Executable.find(name, from: folder) else {
      throw Failure(.configuration, "the program \(name) was not found")
    }
    var environment: [String: String] = [:]
    for name in env + ["LC_ALL", "TZ", "NO_COLOR"] {
      environment[name] = Environment.value(name)
    }
    var program = Program(
      Shim.target(of: Place.absolute(executable, from: folder), in: folder),
      Array(command.dropFirst()),
      environment: environment,
      folder: folder,
      descriptors: descriptor
    )
    program.linger = linger
    return program
  }
}

extension Choice: ExpressibleByArgument {}
