internal import Glibc

/// The variables of the process's environment.
package enum Environment {
  /// The value of one variable; nil if it is not set.
  package static func value(_ name: String) -> String? {
    // SAFETY: the answer is copied before anything could change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// All of them.
  package static var all: [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    // SAFETY: `environ` is a list of strings that ends with null.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let line = unsafe String(cString: text)
      if let equals = line.firstIndex(of: "=") {
        result.append((String(line[..<equals]), String(line[line.index(after: equals)...])))
      }
      unsafe entry += 1
    }
    return result
  }
}
