package import JSON

/// A JSON Schema, compiled: drafts 4 to 2020-12, told apart by what they write, not by `$schema`.
package struct JSONSchema {
  /// A keyword that is in the schema and is not evaluated.
  package struct Skipped: Hashable, Sendable {
    package let keyword: String
    /// Where it stands, as a JSON pointer into the schema.
    package let place: String
    package let reason: String
  }

  /// What a Singer stream expects of its schema.
  package struct Options: Sendable {
    /// Whether `required` is enforced; for a Singer SCHEMA it is a matter of the contract.
    package var enforcesRequired = true
    /// Whether `format` is checked, or an annotation only.
    package var checksFormats = true
    /// Whether the root may be an object although its `type` is missing or has other kinds.
    package var rootIsObject = false

    package init() {}

    /// The options for the SCHEMA of a stream.
    package static var singer: Options {
      var options = Options()
      options.enforcesRequired = false
      options.rootIsObject = true
      return options
    }
  }

  /// A schema that cannot be compiled.
  package struct Problem: Error, Hashable, Sendable {
    /// Where in the schema, as a JSON pointer.
    package let place: String
    package let reason: String
  }

  package let root: SchemaNode
  package let skipped: [Skipped]

  /// Compiles `schema`.
  package init(_ schema: JSONValue, _ options: Options = Options()) throws(Problem) {
    var compiler = SchemaCompiler(schema, options)
    root = try compiler.compile()
    skipped = compiler.skipped
  }

  /// What `value` breaks; empty for a valid one.
  package func findings(in value: JSONValue) -> [Finding] {
    var findings: [Finding] = []
    root.check(value, "", &findings)
    return findings
  }
}
