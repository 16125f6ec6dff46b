import Parquet
import Supervisor
import Wire

extension Failure {
  /// What kept a file from being read, as the edge tells it.
  init(_ error: ReadError, _ path: String) {
    switch error {
    case .notParquet(let why):
      self.init(
        .data,
        "\(path) is no Parquet file: \(why)",
        hint: "Name a file that ends in .parquet, as a target wrote it."
      )
    case .malformed(let why):
      self.init(
        .data,
        "\(path) is damaged: \(why)",
        hint: "`dativo verify` tells whether it is as it was committed; restore it from a backup."
      )
    case .unsupported(let what):
      self.init(
        .data,
        "\(path) has what Dativo's reader does not read: \(what)",
        hint: "Without --rows its footer is shown. Its rows are read by DuckDB or pyarrow."
      )
    case .tooLarge(let limit):
      self.init(.data, "\(path) has a row group of more than \(limit) bytes")
    case .input(let why): self.init(.io, why)
    }
  }
}

extension DataFile {
  /// Gives the file's bytes to a reader.
  var source: FooterReader.Source {
    { (offset, count) throws(ReadError) in
      do throws(Failure) {
        return try read(at: offset, count: count)
      } catch {
        throw ReadError.input(error.message)
      }
    }
  }
}
