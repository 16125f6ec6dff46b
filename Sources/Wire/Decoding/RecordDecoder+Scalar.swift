import Columns
import JSON

// SAFETY, for the whole file: as in RecordDecoder.swift; reads are below `end`, checked before.

extension RecordDecoder {
  /// Decodes a scalar straight into its column; nil for a misfit.
  @inline(__always)
  mutating func scalar(
    _ index: Int,
    _ p: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    guard unsafe p < end else { throw JSONFault(.unexpectedEnd, remaining: 0) }
    let node = unsafe nodes + index
    let column = unsafe columns + node.pointee.leaf
    let byte = unsafe p.pointee
    switch unsafe node.pointee.kind {
    case .integer, .double:
      let isNegative = byte == 0x2D
      guard let number = unsafe PlainNumber(isNegative ? p + 1 : p, end) else {
        return unsafe try unusualNumber(index, p, end, columns)
      }
      if unsafe node.pointee.kind == .double {
        // Fifteen digits and ten to the 15th are exact doubles: one rounding, the right one.
        var value = Double(number.mantissa)
        if number.fraction > 0 { unsafe value /= powers[number.fraction] }
        unsafe column.pointee.append(isNegative ? -value : value)
        return unsafe number.end
      }
      let value = isNegative ? -number.mantissa : number.mantissa
      guard number.fraction == 0, unsafe value >= node.pointee.lowest,
        unsafe value <= node.pointee.highest
      else { return unsafe try unusualNumber(index, p, end, columns) }
      if unsafe node.pointee.storage == .int64 {
        unsafe column.pointee.append(value)
      } else {
        unsafe column.pointee.append(Int32(truncatingIfNeeded: value))
      }
      return unsafe number.end
    case .decimal where unsafe isNumber(p):
      var number = ScalarText.Number()
      let next = unsafe try ScalarText.number(p, end, &number)
      return unsafe appendDecimal(index, number, p, next, columns)
    case .string where byte == 0x22:
      let scan = unsafe try JSONScanner.scanString(p + 1, end, lenient: isLenient)
      if !scan.hasEscape {
        unsafe column.pointee.append(
          bytes: p + 1,
          count: scan.end - p - 1,
          readable: end - p - 1
        )
        return unsafe scan.end + 1
      }
      return unsafe unescaped(p + 1, scan.end, column)
    case .date where unsafe byte == 0x22 && end - p >= 12:
      if unsafe p[11] == 0x22, let days = unsafe ScalarText.date(p + 1) {
        unsafe column.pointee.append(days)
        return unsafe p + 12
      }
      return unsafe try text(index, p, end, columns)
    default:
      return unsafe try other(index, p, end, columns)
    }
  }

  @inline(never)
  private func unescaped(
    _ start: Position,
    _ stop: Position,
    _ column: UnsafeMutablePointer<Column>
  ) -> Position? {
    let appended = unsafe column.pointee.append(upTo: stop - start) {
      unsafe JSONScanner.unescape(start, stop, into: $0)
    }
    return unsafe appended ? stop + 1 : nil
  }

  /// Everything that is not the common form of a common type.
  @inline(never)
  mutating func other(
    _ index: Int,
    _ p: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let node = unsafe nodes[index]
    let leaf = node.leaf
    if unsafe p.pointee == 0x6E {
      let next = unsafe try JSONScanner.scanLiteral(p, end)
      guard node.isNullable else { return unsafe misfit(index, .missing, p, next, columns) }
      unsafe columns[leaf].appendNull(definition: node.nullDefinition)
      return unsafe next
    }
    switch node.kind {
    case .boolean where unsafe p.pointee == 0x74 || p.pointee == 0x66:
      let next = unsafe try JSONScanner.scanLiteral(p, end)
      unsafe columns[leaf].append(p.pointee == 0x74)
      return unsafe next
    case .float where unsafe isNumber(p):
      let next = unsafe try JSONScanner.scanNumber(p, end)
      let written = unsafe ScalarText.text(p, next)
      // Such a column is on request only, which is why it rounds; but not to infinity.
      let nearest = node.isHalf ? Float16(written).map(Float.init) : Float(written)
      guard let value = nearest, value.isFinite else {
        return unsafe misfit(index, .range, p, next, columns)
      }
      unsafe columns[leaf].append(value)
      return unsafe next
    case .json, .string:
      let next = unsafe try JSONScanner.skipValueOnLine(p, end)
      if node.kind == .string { coerced += 1 }
      unsafe columns[leaf].append(bytes: p, count: next - p)
      return unsafe next
    case .decimal, .date, .timestamp, .time, .uuid, .binary:
      if unsafe p.pointee == 0x22 { return unsafe try text(index, p, end, columns) }
    default:
      break
    }
    let next = unsafe try JSONScanner.skipValueOnLine(p, end)
    return unsafe misfit(index, .type, p, next, columns)
  }

  /// A value of a type that is written as text.
  @inline(never)
  private mutating func text(
    _ index: Int,
    _ p: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) throws(JSONFault) -> Position? {
    let scan = unsafe try JSONScanner.scanString(p + 1, end, lenient: isLenient)
    let next = unsafe scan.end + 1
    let fits: Bool
    if scan.hasEscape {
      let room = unsafe scan.end - p
      let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
      defer { unsafe buffer.deallocate() }
      let count = unsafe JSONScanner.unescape(p + 1, scan.end, into: buffer)
      fits = unsafe appendText(nodes[index], Position(buffer), Position(buffer) + count, columns)
    } else {
      fits = unsafe appendText(nodes[index], p + 1, scan.end, columns)
    }
    return unsafe fits ? next : misfit(index, .format, p, next, columns)
  }

  /// Appends what the text between `start` and `end` says; false if it says nothing of the kind.
  private mutating func appendText(
    _ node: PlanNode,
    _ start: Position,
    _ end: Position,
    _ columns: UnsafeMutablePointer<Column>
  ) -> Bool {
    let column = unsafe columns + node.leaf
    switch node.kind {
    case .date:
      guard unsafe end - start == 10, let days = unsafe ScalarText.date(start) else { return false }
      unsafe column.pointee.append(days)
    case .timestamp:
      guard let time = unsafe ScalarText.timestamp(start, end) else { return false }
      let (whole, overflow) = time.seconds.multipliedReportingOverflow(
        by: 1_000_000_000 / node.unit
      )
      guard !overflow else { return false }
      if time.nanos % node.unit != 0 { cut += 1 }
      unsafe column.pointee.append(whole + time.nanos / node.unit)
    case .time:
      var p = unsafe start
      guard let nanos = unsafe ScalarText.time(&p, end), unsafe ScalarText.offset(p, end) == 0,
        nanos < 86_400_000_000_000
      else { return false }
      if nanos % node.unit != 0 { cut += 1 }
      unsafe column.pointee.append(nanos / node.unit)
    case .uuid:
      guard unsafe end - start == 36, let value = unsafe ScalarText.uuid(start) else {
        return false
      }
      unsafe column.pointee.append(fixed16: value)
    case .binary:
      return unsafe column.pointee.append(upTo: end - start) {
        unsafe ScalarText.base64(start, end - start, into: $0)
      }
    case .decimal:
      let value = unsafe ScalarText.slowDecimal(
        start,
        end,
        precision: node.precision,
        scale: node.scale
      )
      guard let value else { return false }
      if node.storage == .int64 {
        unsafe column.pointee.append(Int64(truncatingIfNeeded: value))
      } else {
        unsafe column.pointee.append(value)
      }
    default:
      return false
    }
    return true
  }
}
