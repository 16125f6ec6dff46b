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

  package var isSuccess: Bool { self == .code(0) }
}
