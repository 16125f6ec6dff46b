internal import Contracts
internal import JSON
internal import JSONSchema

extension TableChecks {
  /// For each relationship, how many rows point to nothing.
  var relationships: [TableQuery] {
    let objects = contract.document["schema"]?.array ?? []
    return zip(contract.objects, objects).flatMap { object, node in
      (node["relationships"]?.array ?? []).map { relationship($0, object, nil) }
        + (node["properties"]?.array ?? []).flatMap { property in
          let field = property["physicalName"]?.string ?? property["name"]?.string ?? ""
          return (property["relationships"]?.array ?? []).map { relationship($0, object, field) }
        }
    }
  }

  private func relationship(
    _ node: JSONValue,
    _ object: ContractObject,
    _ field: String?
  ) -> TableQuery {
    let pointer = field.map { Pointer.append("", $0) } ?? ""
    let type = node["type"]?.string ?? "foreignKey"
    var query = TableQuery(
      check: TestCheck(object: object.name, rule: type, pointer: pointer),
      objects: [object.name]
    )
    query.isOurs = true
    query.comparisons = [.equal(JSONNumber(0))]
    guard type == "foreignKey" else {
      query.obstacle = "relationships of type \(type) are not evaluated"
      return query
    }
    let targets = Self.texts(node["to"])
    let ends = targets.map(column)
    let own = field.map { [$0] } ?? Self.texts(node["from"]).compactMap { column($0)?.field }
    let found = ends.compactMap(\.self)
    guard !found.isEmpty, found.count == ends.count, own.count == found.count,
      let target = found.first?.object, found.allSatisfy({ $0.object == target })
    else {
      query.obstacle = "it leads to \(targets.joined(separator: ", ")), which is no column here"
      return query
    }
    query.objects.append(target)
    let present = own.map { "a.\(DuckDB.name($0)) IS NOT NULL" }
    let equal = zip(own, found).map { "b.\(DuckDB.name($1.field)) = a.\(DuckDB.name($0))" }
    query.text = """
      SELECT count(*) FROM \(DuckDB.name(object.name)) a WHERE \(present.joined(separator: " AND ")) \
      AND NOT EXISTS (SELECT 1 FROM \(DuckDB.name(target)) b WHERE \(equal.joined(separator: " AND ")))
      """
    query.words = "no row that points to none of \(targets.joined(separator: ", "))"
    return query
  }

  private static func texts(_ value: JSONValue?) -> [String] {
    value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
  }

  /// The column that `object.property` or `schema/<id>/properties/<id>` names; nil for one that is
  /// elsewhere or not at the top of its object.
  func column(_ reference: String) -> (object: String, field: String)? {
    guard !reference.contains("#") else { return nil }
    let isPath = reference.contains("/")
    let steps = reference.split(separator: isPath ? "/" : ".").map(String.init)
    let objects = contract.document["schema"]?.array ?? []
    func find(_ nodes: [JSONValue], _ name: String) -> JSONValue? {
      if isPath { return nodes.first { $0["id"]?.string == name } }
      return nodes.first { $0["name"]?.string == name }
        ?? nodes.first { $0["physicalName"]?.string == name }
    }
    let names = isPath ? (steps.count == 4 ? [steps[1], steps[3]] : []) : steps
    guard names.count == 2, let object = find(objects, names[0]),
      let property = find(object["properties"]?.array ?? [], names[1]),
      let name = object["name"]?.string
    else { return nil }
    return (name, property["physicalName"]?.string ?? property["name"]?.string ?? "")
  }
}
