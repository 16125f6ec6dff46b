/// Finds what a misspelt name probably meant.
public enum Nearest {
  /// The one of `names` that is fewest edits away, if that is few enough to be a slip.
  public static func name(to name: String, among names: some Sequence<String>) -> String? {
    let typed = Array(name.lowercased())
    // What was typed is no help, even where it is among them.
    let best = names.lazy.filter { $0 != name }.map {
      (name: $0, edits: distance(typed, Array($0.lowercased())))
    }
    .min { ($0.edits, $0.name) < ($1.edits, $1.name) }
    guard let best, best.edits <= max(2, typed.count / 3) else { return nil }
    return best.name
  }

  /// The Levenshtein distance, in O(n·m).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in right.enumerated() {
        let above = row[place + 1]
        row[place + 1] = min(above + 1, row[place] + 1, diagonal + (character == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
