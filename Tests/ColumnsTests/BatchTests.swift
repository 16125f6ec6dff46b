import Columns
import Testing

@Suite struct BatchTests {
  static let schema = Schema([
    Field("id", .integer(.i64), nullable: false),
    Field("name", .string),
    Field("tags", .list(Field("item", .string))),
  ])

  @Test func leavesCarryTheirDremelLevels() {
    let nested = Schema([
      Field("a", .structure([Field("b", .date), Field("c", .uuid, nullable: false)])),
      Field("d", .list(Field("x", .list(Field("y", .double))), ), nullable: false),
    ])
    #expect(
      nested.leaves.map(\.path) == [
        ["a", "b"], ["a", "c"], ["d", "list", "element", "list", "element"],
      ]
    )
    #expect(nested.leaves.map(\.maxDefinition) == [2, 1, 4])
    #expect(nested.leaves.map(\.maxRepetition) == [0, 0, 2])
    #expect(nested.leaves.map(\.fieldIndex) == [0, 0, 1])
  }

  static func fill(_ batch: inout Batch, rows: Int) {
    for row in 0..<rows {
      batch.beginRow()
      unsafe batch.columns[0].append(Int64(row))
      if row % 3 == 0 {
        unsafe batch.columns[1].appendNull()
      } else {
        unsafe batch.columns[1].append("row \(row)")
      }
      for element in 0..<(row % 4) {
        unsafe batch.columns[2].beginSlot(repetition: element == 0 ? 0 : 1)
        unsafe batch.columns[2].append("tag \(element)")
      }
      if row % 4 == 0 {
        unsafe batch.columns[2].beginSlot(repetition: 0)
        unsafe batch.columns[2].appendNull(definition: 1)
      }
      batch.endRow()
    }
  }

  @Test func keepsValuesThroughGrowth() {
    var batch = Batch(Self.schema)
    Self.fill(&batch, rows: 5000)
    #expect(batch.rows == 5000)
    batch.withColumn(0) { column in
      #expect(unsafe Array(column.values(as: Int64.self)) == (0..<5000).map(Int64.init))
    }
    batch.withColumn(1) { column in
      #expect(column.slots == 5000)
      #expect(column.count == 3333)
      #expect(unsafe column.definition[3] == 0)
      #expect(unsafe column.definition[4] == 1)
      #expect(unsafe String(decoding: column.bytes(at: 2), as: UTF8.self) == "row 4")
    }
    batch.withColumn(2) { column in
      #expect(column.rows == 5000)
      #expect(unsafe Array(column.repetition.prefix(7)) == [0, 0, 0, 1, 0, 1, 1])
      #expect(unsafe Array(column.definition.prefix(4)) == [1, 3, 3, 3])
    }
  }

  @Test func truncationTakesBackAnUnfinishedRow() {
    var batch = Batch(Self.schema)
    Self.fill(&batch, rows: 100)
    let size = batch.byteCount
    batch.beginRow()
    unsafe batch.columns[0].append(100 as Int64)
    unsafe batch.columns[2].beginSlot(repetition: 0)
    unsafe batch.columns[2].append("a")
    unsafe batch.columns[2].beginSlot(repetition: 1)
    unsafe batch.columns[2].append("b")
    #expect(batch.byteCount > size)
    batch.truncate(toRows: 100)
    #expect(batch.byteCount == size)
    batch.truncate(toRows: 0)
    #expect(batch.byteCount == 0)
  }

  @Test func columnsAreTakenInOrderAndFreeTheirMemory() {
    var batch = Batch(Self.schema)
    Self.fill(&batch, rows: 10)
    var names: [String] = []
    while let column = batch.takeColumn() { names.append(column.leaf.path[0]) }
    #expect(names == ["id", "name", "tags"])
    #expect(batch.byteCount == 0)
    #expect(batch.rows == 10)
  }

  @Test func everyStorageKeepsItsBytes() {
    var uuid = Column(Leaf.of(.uuid))
    uuid.reserve(slots: 1)
    uuid.append(fixed16: 0x0102_0304_0506_0708_090A_0B0C_0D0E_0F10)
    #expect(unsafe Array(uuid.rawValues) == Array(1...16))
    var wide = Column(Leaf.of(.decimal(precision: 38, scale: 2)))
    wide.reserve(slots: 1)
    wide.append(-5 as Int128)
    #expect(unsafe wide.values(as: Int128.self)[0] == -5)
    #expect(wide.byteCount == 17)
  }
}

extension Leaf {
  static func of(_ type: ColumnType) -> Leaf { Schema([Field("x", type)]).leaves[0] }
}
