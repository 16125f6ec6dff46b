import JSON
import Sandbox
import Wire

/// What can be enforced here, found by trying.
struct Probe {
  private let machine = Machine.probe()
  private let choice: Choice

  init(_ choice: Choice) { self.choice = choice }

  func show(asJSON: Bool) throws(Failure) {
    let backend: Backend
    do throws(SandboxError) {
      backend = try machine.backend(choice, always: true)
    } catch {
      throw Failure(
        .configuration,
        "\(error)",
        hint: "Install bubblewrap, or use Linux 5.13 or newer."
      )
    }
    let enforcement = Enforcement(backend, machine, Policy())
    guard asJSON else {
      Output.line(enforcement.text)
      return
    }
    let object: JSONObject = [
      "backend": .string(backend.rawValue),
      "enforced": .array(enforcement.enforced.map { .string($0) }),
      "not_enforced": .array(enforcement.missing.map { .string($0) }),
    ]
    Output.line(JSONValue.object(object).encoded())
  }
}
