package import JSON
internal import Posix
package import Wire

/// Figures in the text format that Prometheus and its collectors read, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct Exposition: Sendable {
  /// One figure, of everything that has it.
  ///
  /// All are gauges: they are of a last run, not totals.
  struct Family: Sendable {
    let name: String
    let help: String
    fileprivate(set) var samples: [Sample] = []
  }

  struct Sample: Sendable {
    let labels: KeyValuePairs<String, String>
    let value: JSONNumber
  }

  private(set) var families: [Family]

  /// Families that have no sample yet, in the order in which they are written.
  init(_ families: KeyValuePairs<String, String>) {
    self.families = families.map { Family(name: $0.key, help: $0.value) }
  }

  /// Adds a sample to a family that there is; nothing where the value is not known.
  mutating func add(
    _ name: String,
    _ labels: KeyValuePairs<String, String>,
    _ value: JSONNumber?
  ) {
    guard let value else { return }
    guard let index = families.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("no family \(name)")
    }
    families[index].samples.append(Sample(labels: labels, value: value))
  }

  /// What a collector reads; a family without samples is left out.
  package var text: String {
    var text = ""
    for family in families where !family.samples.isEmpty {
      text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
      text += "# TYPE \(family.name) gauge\n"
      for sample in family.samples {
        let labels = sample.labels.map { "\($0.key)=\"\(Self.escaped($0.value, quotes: true))\"" }
        text += "\(family.name){\(labels.joined(separator: ","))} \(sample.value.text)\n"
      }
    }
    return text
  }

  /// Samples in all.
  package var count: Int { families.reduce(0) { $0 + $1.samples.count } }

  /// Puts the text in the place of a file; a collector, which runs as somebody else, may read it.
  package func write(to path: String) throws(Failure) {
    do throws(PosixError) {
      try Files.replace(path, Array(text.utf8), mode: 0o644)
    } catch {
      throw Failure(.io, "\(path) cannot be written: \(error.reason)")
    }
  }

  package var json: JSONValue {
    .array(
      families.filter { !$0.samples.isEmpty }.map { family in
        [
          "name": .string(family.name), "help": .string(family.help), "type": "gauge",
          "samples": .array(
            family.samples.map { sample in
              let labels = sample.labels.map { (key: $0.key, value: JSONValue.string($0.value)) }
              return ["labels": .object(JSONObject(labels)), "value": .number(sample.value)]
            }
          ),
        ]
      }
    )
  }

  /// Backslashes and line feeds are escaped everywhere, quotes in the value of a label only.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
