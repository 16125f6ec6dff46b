internal import JSON
internal import JSONSchema

extension ValueCheck {
  /// The property as a shape that bytes are checked by.
  func shape() -> FastShape {
    var shape = FastShape(kinds, number: property.number)
    if case .carried? = property.encryption { return FastShape(.null) }
    if refusesNull { shape.kinds.remove(.null) } else { shape.kinds.insert(.null) }
    isOpaque = false
    guard !needsTree, addRules(&shape) else { return opaqueShape }
    shape.minLength = property.minLength ?? 0
    shape.maxLength = property.maxLength ?? .max
    guard size?.narrow(&shape) ?? true else { return opaqueShape }
    if let choices = property.choices {
      let texts = choices.compactMap(\.string)
      guard texts.count == choices.count, shape.choices == nil else { return opaqueShape }
      shape.choices = texts
      shape.kinds.formIntersection([.string, .null])
    }
    shape.text = property.temporal.map(Self.text) ?? text.shape
    shape.minItems = property.minItems ?? 0
    shape.maxItems = property.maxItems ?? .max
    shape.allowsUnknown = !isClosed
    shape.listsUnknown = declaresMembers
    if let item { shape.items = [item.innerShape()] }
    for child in children {
      let name = child.property.field
      let isRequired = child.refusesNull || property.requiredMembers.contains(name)
      let inner = child.innerShape()
      shape.properties.append((name, inner, isRequired || child.judgesAbsence))
    }
    return shape
  }

  /// The shape of a value within another: one that is counted, or compared with those of other
  /// records, is left to the exact check.
  private func innerShape() -> FastShape {
    let shape = shape()
    guard property.isDeprecated || property.isUnique else { return shape }
    return FastShape(shape.exact == nil ? shape.kinds.intersection(.null) : [])
  }

  /// The shape of what only a tree can be judged by.
  private var opaqueShape: FastShape {
    isOpaque = true
    return holdsKeys ? FastShape([]) : FastShape { self.accepts($0) }
  }

  /// Whether values within it are compared with those of other records.
  private var holdsKeys: Bool {
    let inner = children + [item].compactMap(\.self)
    return inner.contains { $0.property.isUnique || $0.holdsKeys }
  }

  /// Whether a rule has something to say of a value that is absent.
  var judgesAbsence: Bool {
    rules.contains { compiled in
      switch compiled.rule.metric {
      case .nullValues: true
      case .missingValues(let list): list.contains { $0.isNull }
      default: false
      }
    }
  }

  /// Whether only a tree can be judged.
  private var needsTree: Bool {
    let names = Set(children.map(\.property.field))
    return property.uniqueItems || property.type == .map || property.minProperties != nil
      || property.maxProperties != nil || !names.isSuperset(of: property.requiredMembers)
      || (property.type == nil && !children.isEmpty)
  }

  /// Adds the rules of the property; false if they need the value itself.
  private func addRules(_ shape: inout FastShape) -> Bool {
    for compiled in rules {
      switch compiled.rule.metric {
      case .nullValues: shape.kinds.remove(.null)
      case .invalidValues(let valid?, nil):
        let texts = valid.compactMap(\.string)
        guard kinds == .string, texts.count == valid.count, shape.choices == nil else {
          return false
        }
        shape.choices = texts
      default: return false
      }
    }
    return true
  }

  private static func text(_ rules: TemporalRules) -> FastShape.Text {
    if case .unread = rules.form { return .any }
    if case .pattern(let pattern) = rules.form, pattern.isISODay {
      let bounds = [rules.minimum, rules.maximum].compactMap(\.self)
      if bounds.allSatisfy({ $0.instant.nanoseconds == 0 }) {
        var low = rules.isColumn ? TemporalRules.columnDays.lowerBound : Int.min
        var high = rules.isColumn ? TemporalRules.columnDays.upperBound : Int.max
        if let bound = rules.minimum {
          low = max(low, bound.instant.days + (bound.isExclusive ? 1 : 0))
        }
        if let bound = rules.maximum {
          high = min(high, bound.instant.days - (bound.isExclusive ? 1 : 0))
        }
        if low <= high { return .day(low...high) }
      }
    }
    let accepts: (Span<UInt8>) -> Bool = { text in
      guard let instant = rules.instant(text),
        TemporalRules.columnDays.contains(instant.days) || !rules.isColumn
      else { return false }
      if let bound = rules.minimum, !bound.instant.precedes(instant),
        bound.isExclusive || instant.precedes(bound.instant)
      {
        return false
      }
      if let bound = rules.maximum, !instant.precedes(bound.instant),
        bound.isExclusive || bound.instant.precedes(instant)
      {
        return false
      }
      return true
    }
    guard case .isoTimestamp = rules.form, rules.bounds.isEmpty else { return .matching(accepts) }
    return .moment(accepts)
  }
}
