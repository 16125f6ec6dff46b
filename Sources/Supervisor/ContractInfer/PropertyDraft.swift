internal import JSON

/// A property of a contract as it is proposed, with its evidence.
///
/// Enforced is what the form of the data shows: types, presence, formats, fixed lengths, steps of
/// decimals, and, as a warning, choices that came again and again. Bounds, lengths and uniqueness
/// that merely happened are told in comments: tomorrow's data may pass them.
struct PropertyDraft {
  /// Enough values to believe in a step, a length or a list of choices.
  static let many = 100
  /// How often a choice comes at least, on average.
  private static let repeats = 20

  private(set) var type: String?
  private(set) var options: [(key: String, value: String)] = []
  private(set) var notes: [String] = []
  private(set) var choices: [String] = []
  private(set) var properties: [(name: String, draft: PropertyDraft)] = []
  private(set) var item: [PropertyDraft] = []
  var isRequired = false
  var keyPosition: Int?

  /// From what was seen and what a schema says, either of which may be nothing.
  ///
  /// `parents` is how many values could have been there. Below the top of a record rules are not
  /// evaluated, so none is proposed there.
  init(_ profile: FieldProfile?, _ schema: JSONValue?, parents: Int, isTop: Bool = false) {
    let declared = schema.map(DeclaredType.init)
    guard let profile, profile.values > 0 else {
      if parents > 0 { notes.append("no value in \(Self.count(parents, "record"))") }
      adopt(declared)
      return
    }
    isRequired = profile.values == parents
    notes.append(
      isRequired
        ? Self.count(profile.values, "value")
        : "\(profile.values) of \(Self.count(parents, "value"))"
    )
    switch profile.kinds {
    case [.boolean]: type = "boolean"
    case [.integer] where declared?.type != "number": integer(profile.numbers)
    case [.number] where declared?.type == "integer" && profile.numbers.scale <= 0,
      [.integer, .number] where declared?.type == "integer" && profile.numbers.scale <= 0:
      integer(profile.numbers)
    case [.integer], [.number], [.integer, .number]: number(profile)
    case [.string]: text(profile, isTop)
    case [.object]: object(profile, declared)
    case [.array]: array(profile, declared)
    default:
      let names = profile.kinds.map(\.rawValue).sorted().joined(separator: ", ")
      notes.append("of several types: \(names)")
    }
  }

  private static func count(_ number: Int, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }

  /// Takes the word of a schema where there is no value.
  private mutating func adopt(_ declared: DeclaredType?) {
    guard let declared, let name = declared.type else { return }
    switch (name, declared.format) {
    case ("integer", _):
      // The standard's own default is 32 bits.
      (type, options) = ("integer", [("format", "i64")])
    case ("string", "date"?):
      (type, options) = ("date", [("format", YAMLText.quoted("yyyy-MM-dd"))])
    case ("string", "date-time"?): type = "date"
    case ("string", "uuid"?), ("string", "email"?), ("string", "uri"?), ("string", "ipv4"?),
      ("string", "ipv6"?):
      (type, options) = ("string", [("format", declared.format ?? "")])
    case ("object", _):
      type = "object"
      properties = declared.properties.map { ($0.key, PropertyDraft(nil, $0.value, parents: 0)) }
    case ("array", _):
      type = "array"
      let inner = declared.items.map { PropertyDraft(nil, $0, parents: 0) }
      item = [inner].compactMap(\.self).filter { $0.type != nil }
    case ("string", _), ("number", _), ("boolean", _): type = name
    default: break
    }
  }

  // MARK: Numbers

  private mutating func integer(_ numbers: NumberProfile) {
    type = "integer"
    if numbers.fitsInt64 {
      options.append(("format", "i64"))
    } else {
      notes.append("beyond 64 bits")
    }
    bounds(numbers)
  }

  private mutating func number(_ profile: FieldProfile) {
    type = "number"
    let numbers = profile.numbers
    bounds(numbers)
    guard numbers.scale > 0 else { return }
    let step = "0.\(String(repeating: "0", count: numbers.scale - 1))1"
    if numbers.scale <= 4, profile.values >= Self.many, numbers.scaled * 20 >= profile.values {
      options.append(("multipleOf", step))
      notes.append("all with at most \(Self.count(numbers.scale, "decimal"))")
    } else if numbers.scale <= 9 {
      notes.append("at most \(Self.count(numbers.scale, "decimal"))")
    }
  }

  private mutating func bounds(_ numbers: NumberProfile) {
    guard let low = numbers.minimum, let high = numbers.maximum, low.text.count < 40,
      high.text.count < 40
    else { return }
    notes.append("from \(low.text) to \(high.text)")
  }

  // MARK: Texts

  private mutating func text(_ profile: FieldProfile, _ isTop: Bool) {
    let texts = profile.texts
    switch texts.form {
    case .instant?: type = "date"
    case let form? where form.isDate:
      (type, options) = ("date", [("format", YAMLText.quoted(form.rawValue))])
    case let form?: (type, options) = ("string", [("format", form.rawValue)])
    case nil: type = "string"
    }
    if texts.isAmbiguous { notes.append("dates of which day and month cannot be told apart") }
    guard texts.form == nil, let lengths = texts.lengths else { return }
    notes.append(
      lengths.count == 1
        ? Self.count(lengths.lowerBound, "character")
        : "\(lengths.lowerBound) to \(lengths.upperBound) characters"
    )
    if let found = texts.choices, !texts.isAmbiguous, profile.values >= Self.many,
      profile.values >= found.count * Self.repeats
    {
      notes.append("\(Self.count(found.count, "choice")), again and again")
      // One text alone is no choice.
      if isTop, found.count > 1 { choices = found.keys.map(\.text).sorted() }
    } else if lengths.count == 1, lengths.lowerBound > 0, profile.values >= Self.many {
      options.append(("minLength", "\(lengths.lowerBound)"))
      options.append(("maxLength", "\(lengths.lowerBound)"))
    }
  }

  // MARK: Objects and arrays

  private mutating func object(_ profile: FieldProfile, _ declared: DeclaredType?) {
    type = "object"
    guard !profile.isMap else {
      notes.append("a map: its names are data")
      return
    }
    properties = Self.members(profile, declared)
  }

  private mutating func array(_ profile: FieldProfile, _ declared: DeclaredType?) {
    type = "array"
    if let lengths = profile.lengths {
      let most = Self.count(lengths.upperBound, "element")
      notes.append(lengths.count == 1 ? most : "\(lengths.lowerBound) to \(most)")
    }
    var inner = profile.item.map { item in
      PropertyDraft(item, declared?.items, parents: item.values + item.nulls)
    }
    inner?.isRequired = false
    item = [inner].compactMap(\.self).filter { $0.type != nil }
  }

  /// The members that were seen, then others that a schema names.
  static func members(
    _ profile: FieldProfile,
    _ declared: DeclaredType?,
    isTop: Bool = false
  ) -> [(name: String, draft: PropertyDraft)] {
    var seen: [(name: String, profile: FieldProfile?)] = profile.members.map {
      ($0.name, $0.profile)
    }
    var schemas = JSONObject()
    for member in declared?.properties ?? [] { schemas[member.key] = member.value }
    let known = JSONObject(seen.map { (key: $0.name, value: .null) })
    seen += schemas.keys.filter { known[$0] == nil }.map { ($0, nil) }
    return seen.map { name, inner in
      (name, PropertyDraft(inner, schemas[name], parents: profile.values, isTop: isTop))
    }
  }

  mutating func note(_ text: String) { notes.append(text) }
}
