import Columns

/// Finds, among the rows of several files, those that a later row with an equal key supersedes.
///
/// Files are given in the order of their commits. Keys are told apart by 128-bit hashes of their
/// values: 32 to 64 bytes of memory for each key, one bit for each row.
package struct LatestRows {
  /// The commits that a file's rows come from, and the values of the key that its path tells.
  package struct Origin {
    let commits: ClosedRange<Int>
    let pathValues: [(column: String, value: String?)]
    /// Names the commit that wrote the file, and its folder: such files of equal columns are in order.
    let merge: String
    let folder: String
    /// The version of the rows: of one commit's in a folder, those of smaller ones came first.
    let version: Int64?

    /// Creates an origin; a value is nil for a null.
    package init(
      commits: ClosedRange<Int>,
      pathValues: [(column: String, value: String?)],
      sequence: Int,
      folder: String,
      version: Int64?
    ) {
      self.commits = commits
      merge = "\(sequence)/\(folder)"
      self.folder = folder
      self.version = version
      self.pathValues = pathValues
    }
  }

  private struct File {
    let first: Int
    let origin: Origin
    let schema: Schema
    /// Whether rows of equal keys stand in the order in which they were committed.
    let isOrdered: Bool
  }

  private struct Place {
    let file: UInt32
    let row: UInt64
  }

  /// The columns of the key.
  package let keys: [String]
  /// The rows that are superseded.
  package private(set) var superseded = 0
  /// The rows that stay beside another of their key, as their order is lost: by a merge, or within
  /// one commit by sorting or partitions.
  package var undecided: Int { rivals.values.reduce(0) { $0 + $1.count } }
  /// The columns of the key that some file has.
  package private(set) var known: Set<String> = []
  private var files: [File] = []
  private var rows = 0
  /// The last row of each key.
  private var latest: [UInt128: Place] = [:]
  /// Rows of keys that stay beside that one.
  private var rivals: [UInt128: [Place]] = [:]
  /// A bit for each row, set for a superseded one.
  private var bits: [UInt64] = []

  /// Begins without files.
  package init(keys: [String]) { self.keys = keys }

  /// Takes the rows of the next file in, reading its key columns alone.
  package mutating func add(_ reader: FileReader, _ origin: Origin) throws(ReadError) {
    let leaves = reader.schema.leaves
    let places = keys.map { RowOrder.leaf($0, in: reader.schema) }
    for (key, place) in zip(keys, places)
    where place != nil || origin.pathValues.contains(where: { $0.column == key }) {
      known.insert(key)
    }
    let file = UInt32(files.count)
    let sorting = reader.footer.groups.flatMap(\.sorting)
    // Sorting by other columns moves rows of equal keys; those that tie stay in their order.
    let isOrdered = sorting.allSatisfy { places.contains($0.leaf) }
    files.append(
      File(
        first: rows,
        origin: origin,
        schema: reader.schema,
        isOrdered: isOrdered
      )
    )
    bits += [UInt64](repeating: 0, count: (rows + reader.footer.rows + 63) / 64 - bits.count)
    for (index, group) in reader.footer.groups.enumerated() {
      var low = RowHashes(rows: group.rows, seed: 1)
      var high = RowHashes(rows: group.rows, seed: 2)
      var hasKey = [Bool](repeating: true, count: group.rows)
      for (key, place) in zip(keys, places) {
        if let place {
          let column = try reader.column(leaves[place], at: place, group: index)
          low.add(column)
          high.add(column)
          Self.clear(&hasKey, nullsOf: column)
        } else if let value = origin.pathValues.first(where: { $0.column == key })?.value {
          let numbers = [Int](repeating: 0, count: group.rows)
          low.add(["\(key)=\(value)"], numbers)
          high.add(["\(key)=\(value)"], numbers)
        } else {
          hasKey = [Bool](repeating: false, count: group.rows)
        }
      }
      for row in 0..<group.rows where hasKey[row] {
        let key = UInt128(high.hashes[row]) << 64 | UInt128(low.hashes[row])
        take(key, file, UInt64(rows + row))
      }
      rows += group.rows
    }
  }

  /// The rows of a file that stay, of the `range` in it; nil if all do.
  package func staying(_ file: Int, _ range: Range<Int>) -> [UInt32]? {
    let first = files[file].first
    let staying = range.filter { row in
      let row = first + row
      return bits[row / 64] & 1 << UInt64(row % 64) == 0
    }
    return staying.count == range.count
      ? nil : staying.map { UInt32($0 - range.lowerBound) }
  }

  /// Whether a file has superseded rows.
  package func losesRows(_ file: Int) -> Bool {
    guard superseded > 0 else { return false }
    let end = file + 1 < files.count ? files[file + 1].first : rows
    return (files[file].first..<end).contains { bits[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
  }

  private mutating func take(_ key: UInt128, _ file: UInt32, _ row: UInt64) {
    let now = Place(file: file, row: row)
    guard let former = latest.updateValue(now, forKey: key) else { return }
    if let others = rivals.removeValue(forKey: key) {
      let left = others.filter { !supersedes(now, $0) }
      if !left.isEmpty { rivals[key] = left }
    }
    if !supersedes(now, former) { rivals[key, default: []].append(former) }
  }

  /// Marks `former` if it is known to have come before; false if it is not.
  private mutating func supersedes(_ now: Place, _ former: Place) -> Bool {
    let (one, other) = (files[Int(former.file)], files[Int(now.file)])
    guard former.file == now.file ? other.isOrdered : Self.areInOrder(one, other) else {
      return false
    }
    superseded += 1
    bits[Int(former.row / 64)] |= 1 << (former.row % 64)
    return true
  }

  /// Whether the rows of `one` are known to have come before those of `other`, given after it.
  private static func areInOrder(_ one: File, _ other: File) -> Bool {
    let (first, second) = (one.origin, other.origin)
    if first.commits.upperBound < second.commits.lowerBound { return true }
    // Those of the same commits are in order within a folder only, and there unless they were sorted.
    guard first.commits == second.commits, first.folder == second.folder, one.isOrdered,
      other.isOrdered
    else { return false }
    return first.commits.count == 1
      ? first.merge == second.merge || first.version != second.version
      : first.merge == second.merge && one.schema == other.schema
  }

  /// Marks the rows without a value.
  private static func clear(_ hasKey: inout [Bool], nullsOf column: borrowing Column) {
    guard column.count < column.slots else { return }
    let definition = unsafe column.definition
    // SAFETY: a column of keys has one slot for each row.
    for row in 0..<column.slots where unsafe definition[row] < column.maxDefinition {
      hasKey[row] = false
    }
  }
}
