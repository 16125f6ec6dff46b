import Codecs
import Parquet
import Testing

/// Files that are cut or changed end in an error or are read; nothing crashes.
@Suite struct DamagedFileTests {
  static let forms = FileReaderTests.forms.filter { $0.codec == .uncompressed || $0.codec == .zstd }

  /// Reads every row; whether that went well.
  static func isReadable(_ bytes: [UInt8], checksChecksums: Bool = true) -> Bool {
    do throws(ReadError) {
      let reader = try FileReaderTests.reader(
        bytes,
        memoryLimit: 1 << 22,
        checksChecksums: checksChecksums
      )
      for index in reader.footer.groups.indices {
        var assembler = RowAssembler(try reader.rowGroup(index))
        while try assembler.next() != nil {}
      }
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: [1, 2])
  func aCutFileIsAnError(version: Int) throws {
    let form = FileReaderTests.Form(encoding: .dictionary, codec: .zstd, version: version)
    let bytes = try FileReaderTests.file(form, [20])
    for length in stride(from: 0, to: bytes.count, by: 37) {
      #expect(!Self.isReadable(Array(bytes[..<length])), "\(length) bytes")
    }
  }

  /// Behind the checksums, which would find it first.
  @Test(arguments: forms)
  func changedBytesDoNotCrash(form: FileReaderTests.Form) throws {
    let bytes = try FileReaderTests.file(form, [40], pageSize: 256)
    var chance = SplitMix(state: 7)
    var errors = 0
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0...chance.below(3) {
        let place = chance.below(bytes.count)
        damaged[place] = chance.below(2) == 0 ? UInt8(chance.below(256)) : damaged[place] ^ 0x80
      }
      if !Self.isReadable(damaged, checksChecksums: false) { errors += 1 }
    }
    #expect(errors > 0)
  }

  @Test func aChangedPageDoesNotMatchItsChecksum() throws {
    let form = FileReaderTests.Form(encoding: .plain, codec: .uncompressed, version: 1)
    var bytes = try FileReaderTests.file(form, [40])
    // Behind the first page's header.
    bytes[28] ^= 1
    #expect(!Self.isReadable(bytes))
  }

  /// Random bytes where the footer should be.
  @Test func nonsenseInTheFooterDoesNotCrash() {
    var chance = SplitMix(state: 3)
    for _ in 0..<5000 {
      let length = chance.below(200)
      var bytes = Array("PAR1".utf8)
      for _ in 0..<length { bytes.append(UInt8(chance.below(256))) }
      bytes += [UInt8(length), 0, 0, 0] + Array("PAR1".utf8)
      _ = Self.isReadable(bytes)
    }
  }
}
