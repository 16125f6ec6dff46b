internal import CLinux
internal import Glibc
internal import Posix

/// The way out of a plugin's own network: what connects to a granted place there is joined to the
/// real one here.
struct Forwarder: ~Copyable {
  private let grants: [HostGrant]
  private var answers: NameAnswers
  /// Where names are asked for; owned like the listeners.
  private var names: Int32?
  private var listeners: [Int32] = []
  private var children: Set<Int32> = []
  /// Granted places that were connected to.
  private(set) var reached: [String] = []
  /// Places that were connected to and are not granted, beside names that were asked for.
  private var refused: [String] = []
  private let tell: (String) -> Void

  init(_ grants: [HostGrant], tell: @escaping (String) -> Void) {
    self.grants = grants
    answers = NameAnswers(grants)
    self.tell = tell
  }

  deinit {
    for raw in polled { close(raw) }
    for child in children { kill(child, SIGKILL) }
  }

  /// The ports that are listened to inside.
  static func ports(_ grants: [HostGrant]) -> [UInt16] { Set(grants.map(\.port)).sorted() }

  /// Addresses that are granted as such, and must be loopback's inside.
  static func addresses(_ grants: [HostGrant]) -> [String] {
    Set(grants.filter { $0.isAddress6 || $0.isFurtherAddress }.map(\.host)).sorted()
  }

  /// Takes the listeners that the launcher hands over; `count` of them.
  mutating func take(_ control: borrowing Descriptor, count: Int) {
    for _ in 0..<count {
      var kind: Int32 = 0
      // SAFETY: one number is written.
      let raw = unsafe clinux_take_descriptor(control.raw, &kind)
      guard raw >= 0 else { return }
      if kind == 0 { names = raw } else { listeners.append(raw) }
    }
  }

  var polled: [Int32] {
    guard let names else { return listeners }
    return listeners + [names]
  }

  /// Everything that was wanted and is not granted.
  var missing: [String] { answers.refused.filter { $0.contains(".") } + refused }

  mutating func handle(_ ready: [Int32]) {
    for raw in ready {
      if listeners.contains(raw) {
        accept(raw)
      } else if raw == names {
        answer(raw)
      }
    }
  }

  private mutating func accept(_ listener: Int32) {
    let inside = clinux_accept(listener)
    guard inside >= 0 else { return }
    let connection = Descriptor(owning: inside)
    var text = [CChar](repeating: 0, count: 46)
    var port: UInt16 = 0
    // SAFETY: a text that ends with 0, for which there is room, and a number are written.
    guard unsafe clinux_local_address(connection.raw, &text, &port) == 0 else { return }
    let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    let host = HostGrant.address(address).map(answers.host) ?? address
    let place = HostGrant(host: host, port: port)
    guard grants.contains(where: { $0.covers(place) }) else {
      if !refused.contains(place.description), refused.count < 100 {
        refused.append(place.description)
        tell("the plugin tried to reach \(place), which its policy does not grant")
      }
      return
    }
    if !reached.contains(place.description) { reached.append(place.description) }
    let message = "dativo-sandbox: \(place) cannot be reached"
    let child = unsafe clinux_forward(connection.raw, host, "\(port)", message)
    if child > 0 { children.insert(child) }
  }

  private mutating func answer(_ raw: Int32) {
    for _ in 0..<64 {
      var question = [UInt8](repeating: 0, count: 512)
      var who = [UInt8](repeating: 0, count: 128)
      var size: UInt32 = 128
      // SAFETY: at most as many bytes as there are are written to either.
      let count = unsafe clinux_receive_from(raw, &question, question.count, &who, &size)
      guard count > 0 else { return }
      let known = answers.refused.count
      guard let reply = answers.answer(Array(question.prefix(Int(count)))) else { continue }
      if answers.refused.count > known, let name = answers.refused.last, name.contains(".") {
        tell("the plugin asked for \(name), which its policy does not grant")
      }
      // SAFETY: the address is the one that was received.
      _ = unsafe clinux_send_to(raw, reply, reply.count, who, size)
    }
  }

  /// Forgets a process that has ended.
  mutating func forget(_ child: Int32) { children.remove(child) }

  var isIdle: Bool { children.isEmpty }
}
