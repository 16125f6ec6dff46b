extension TextRules {
  /// How the bytes of a text are checked for pattern and format.
  package var shape: FastShape.Text {
    switch (pattern, format) {
    case (nil, nil): return .any
    case (nil, .date?): return .day(Int.min...Int.max)
    case (nil, .dateTime?): return .moment { Format.dateTime.accepts($0) }
    case (nil, let format?): return .format(format)
    case (let pattern?, let format):
      if format == nil, let bytes = BytePattern(pattern.source) { return .bytes(bytes) }
      return .matching { text in
        pattern.surelyMatches(text) && (format?.accepts(text) ?? true)
      }
    }
  }
}
