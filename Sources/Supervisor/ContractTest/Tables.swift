internal import Contracts

/// The data of a test as tables that can be queried: for each object its Parquet files.
struct Tables {
  private var parts: [String: [ContractData.Part]] = [:]
  /// Why an object's data cannot be queried.
  private var obstacles: [String: String] = [:]

  init(_ data: [(ContractData, ContractObject)]) {
    for (data, object) in data {
      guard case .parquet(let files) = data.form else {
        obstacles[object.name] = "only Parquet data can be queried; load \(data.path) into a table"
        continue
      }
      if files.contains(where: { $0.local == nil }) {
        obstacles[object.name] = "queries reach files of this machine, not those of a bucket"
      }
      parts[object.name, default: []] += files
    }
  }

  /// Why the object cannot be queried; nil where it can.
  func obstacle(_ object: ContractObject) -> String? {
    if let obstacle = obstacles[object.name] { return obstacle }
    guard let files = parts[object.name] else { return "no DATA was given for the object" }
    return files.isEmpty ? "the table has no files" : nil
  }

  /// The files of an object.
  func files(_ object: ContractObject) -> [String] {
    (parts[object.name] ?? []).compactMap(\.local)
  }

  /// Whether names of folders tell columns that the files lack.
  func hasPathValues(_ object: ContractObject) -> Bool {
    (parts[object.name] ?? []).contains { !$0.pathValues.isEmpty }
  }
}
