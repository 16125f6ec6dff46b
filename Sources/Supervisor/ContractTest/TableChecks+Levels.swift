internal import Contracts
internal import JSON

extension TableChecks {
  /// The service levels: how old the newest row may be, and the oldest; others are not about data.
  var levels: [TableQuery] { contract.serviceLevels.flatMap(level) }

  private func level(_ level: ServiceLevel) -> [TableQuery] {
    let name = level.name.lowercased()
    let isNewest = level.isFreshness
    var query = TableQuery(
      check: TestCheck(object: "", rule: level.name, pointer: ""),
      objects: []
    )
    query.isOurs = true
    guard isNewest || ["retention", "re"].contains(name) else {
      query.obstacle = "it is about the service, and the data do not show it"
      return [query]
    }
    guard let limit = level.value.number ?? level.value.string.flatMap({ JSONNumber($0) }),
      let unit = ServiceLevel.seconds(of: level.unit ?? "d", mIsMonths: !isNewest)
    else {
      query.obstacle = "\(level.value.encoded()) \(level.unit ?? "") is no span of time"
      return [query]
    }
    let columns = level.elements.filter { !$0.isEmpty }
    guard !columns.isEmpty else {
      query.obstacle = "no element says which column tells the time"
      return [query]
    }
    query.comparisons = [.lessOrEqual(limit)]
    query.words = "at most \(limit.text) \(level.unit ?? "d")"
    return columns.map { element in
      var query = query
      guard let (object, field) = place(element) else {
        query.obstacle = "\(element) is no column of the contract's objects"
        return query
      }
      query.check.object = object
      query.check.pointer = "/\(field)"
      query.objects = [object]
      query.text = """
        SELECT round((epoch(now()) - epoch(\(isNewest ? "max" : "min")(\(DuckDB.name(field))))) \
        / \(unit), 3) FROM \(DuckDB.name(object))
        """
      return query
    }
  }

  /// `object.property`, or `property` of the only object.
  private func place(_ element: String) -> (object: String, field: String)? {
    if let found = column(element) { return found }
    guard contract.objects.count == 1, let object = contract.objects.first else { return nil }
    let property = object.properties.first { [$0.name, $0.physicalName].contains(element) }
    return property.map { (object.name, $0.field) }
  }
}
