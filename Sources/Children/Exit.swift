/// How a process ended.
package enum Exit: Hashable, Sendable {
  case code(Int32)
  case signal(Int32)

  /// The code that a shell would show.
  package var shellCode: Int32 {
    switch self {
    case .code(let code): code
    case .signal(let number): 128 + number
    }
  }

  /// The same, of a program that a launcher ran which tells its end by the shell's code.
  package var launched: Exit {
    if case .code(let code) = self, (129...192).contains(code) { return .signal(code - 128) }
    return self
  }

  package var isSuccess: Bool { self == .code(0) }
}
