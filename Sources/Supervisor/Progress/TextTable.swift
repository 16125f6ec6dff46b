/// Lines of cells under one another, for terminals.
package enum TextTable {
  /// Pads every column to its widest cell; the last is left as it is.
  package static func lines(_ rows: [[String]]) -> [String] {
    var widths: [Int] = []
    for row in rows {
      for (index, cell) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], cell.count)
      }
    }
    return rows.map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        line += cell
        if row[(index + 1)...].contains(where: { !$0.isEmpty }) {
          line += String(repeating: " ", count: widths[index] - cell.count + 2)
        }
      }
      return line
    }
  }
}
