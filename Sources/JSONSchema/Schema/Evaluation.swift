import JSON

/// One judgement of a value: what was found, and the way by which schemas led to one another.
package struct Evaluation {
  package private(set) var findings: [Finding] = []
  /// Whether only the verdict is wanted: the first finding ends it, and no place is put together.
  let isVerdict: Bool
  /// The resources that were entered, the outermost first.
  private(set) var scope: [SchemaResource] = []
  private var depth = 0
  private static let depthLimit = 2_000

  package init() { isVerdict = false }

  private init(of outer: Evaluation) {
    isVerdict = true
    scope = outer.scope
    depth = outer.depth
  }

  /// Whether nothing more needs to be looked at.
  var isDecided: Bool { isVerdict && !findings.isEmpty }

  /// Whether schemas led to one another without end: no further one is entered.
  private(set) var isEndless = false

  /// Begins with a node; false if that leads nowhere.
  ///
  /// Each true needs a `leave`.
  mutating func enter(_ node: SchemaNode, _ pointer: String) -> Bool {
    guard !isEndless, !isDecided else { return false }
    guard depth < Self.depthLimit else {
      isEndless = true
      add(Finding("$ref", at: pointer, expected: "a schema that does not refer to itself for ever"))
      return false
    }
    depth += 1
    if scope.last !== node.resource || scope.isEmpty { scope.append(node.resource) }
    return true
  }

  /// Ends with a node that was entered when so many resources were in scope.
  mutating func leave(_ count: Int) {
    depth -= 1
    if scope.count > count { scope.removeLast(scope.count - count) }
  }

  /// Whether a node accepts a value, which changes nothing here.
  mutating func accepts(_ node: SchemaNode, _ value: JSONValue) -> Bool {
    guard !isEndless else { return false }
    var inner = Evaluation(of: self)
    node.check(value, "", &inner)
    if inner.isEndless { isEndless = true }
    return inner.findings.isEmpty
  }

  /// The schema that a dynamic reference means here.
  func target(of reference: DynamicReference) -> SchemaNode {
    guard let anchor = reference.anchor else { return reference.initial }
    return scope.lazy.compactMap { $0.dynamicNodes?[anchor] }.first ?? reference.initial
  }

  mutating func add(_ finding: Finding) { findings.append(finding) }

  /// Lets rules without a view of schemas add what they find.
  mutating func check(_ body: (inout [Finding]) -> Void) { body(&findings) }

  mutating func report(
    _ rule: String,
    _ expected: @autoclosure () -> String,
    _ value: JSONValue,
    _ pointer: String
  ) {
    if isVerdict {
      findings.append(Finding(rule, at: "", expected: ""))
    } else {
      findings.append(Finding(rule, at: pointer, expected: expected(), value: value))
    }
  }

  /// A pointer with one more step; nothing where no place is wanted.
  func step(_ pointer: String, _ name: String) -> String {
    isVerdict ? "" : Pointer.append(pointer, name)
  }

  func step(_ pointer: String, _ index: Int) -> String {
    isVerdict ? "" : Pointer.append(pointer, index)
  }
}
