package import JSON

/// A JSON Schema, compiled: drafts 4, 6, 7, 2019-09 and 2020-12, as its `$schema` says.
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
    /// The draft of a schema that names none; nil reads each keyword as the draft that has it.
    package var draft: Draft?
    /// Other documents that references may lead to, by address; none is ever fetched.
    package var documents: [String: JSONValue] = [:]

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
  private let patterns: [(place: String, pattern: Pattern)]

  /// Compiles `schema`.
  package init(_ schema: JSONValue, _ options: Options = Options()) throws(Problem) {
    var compiler = SchemaCompiler(options)
    root = try compiler.compile(schema)
    skipped = compiler.skipped
    patterns = compiler.patterns
  }

  /// The patterns whose searches ended at the limit of steps, with where they stand.
  package var undecidedPatterns: [(place: String, count: Int)] {
    patterns.filter { $0.pattern.undecided > 0 }.map { ($0.place, $0.pattern.undecided) }
  }

  /// What `value` breaks; empty for a valid one.
  package func findings(in value: JSONValue) -> [Finding] {
    var evaluation = Evaluation()
    root.check(value, "", &evaluation)
    return evaluation.findings
  }
}
