import JSON
import Supervisor
import Testing
import Wire

/// What patterns take of a catalog.
struct SelectionTests {
  private static let catalog = Catalog(
    streams: [
      stream("orders", ["id", "customer", "total", "address"], keys: ["id"]),
      stream("order_items", ["order_id", "sku"], keys: []),
      stream("public.users", ["id", "ssn", "name"], keys: ["id"]),
    ]
  )

  private static func stream(_ name: String, _ columns: [String], keys: [String]) -> Catalog.Entry {
    var properties = JSONObject()
    for column in columns { properties[column] = ["type": "string"] }
    if columns.contains("address") {
      properties["address"] = [
        "type": "object", "properties": ["city": ["type": "string"], "zip": ["type": "string"]],
      ]
    }
    return Catalog.Entry([
      "tap_stream_id": .string(name), "stream": .string(name),
      "key_properties": .array(keys.map { .string($0) }),
      "schema": ["type": "object", "properties": .object(properties)],
    ])
  }

  /// What is selected, by stream: dotted names, those inside others too.
  private func selected(_ patterns: [String]) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for stream in Selection(patterns).apply(to: Self.catalog).streams where stream.isSelected {
      let names = stream.object["metadata"]?.array?.compactMap { entry -> String? in
        guard entry["metadata"]?["selected"]?.bool == true else { return nil }
        let path = entry["breadcrumb"]?.array?.compactMap(\.string) ?? []
        return path.isEmpty ? nil : path.filter { $0 != "properties" }.joined(separator: ".")
      }
      result[stream.stream] = names ?? []
    }
    return result
  }

  @Test(arguments: [
    (["orders.*"], ["orders": "id customer total address address.city address.zip"]),
    (["orders"], ["orders": "id customer total address address.city address.zip"]),
    (["orders.total"], ["orders": "id total"]),
    (["orders.address.city"], ["orders": "id address address.city"]),
    (
      ["orders.*", "!orders.address"],
      ["orders": "id customer total address address.city address.zip"]
    ),
    (["orders.*", "!orders.address*"], ["orders": "id customer total"]),
    (["!*.ssn", "public.users.*"], ["public.users": "id name"]),
    (["public.users.name"], ["public.users": "id name"]),
    (["*.*", "!order*", "!public.users.id"], ["public.users": "id ssn name"]),
    (
      ["!orders", "!*.s*"],
      ["order_items": "order_id", "public.users": "id name"]
    ),
    (["none"], [:]),
  ])
  func patternsSelect(_ patterns: [String], _ expected: [String: String]) {
    let found = selected(patterns).mapValues { $0.joined(separator: " ") }
    #expect(found == expected)
  }

  @Test func theSelectionIsWrittenWhereEveryTapLooks() {
    let streams = Selection(["orders.id"]).apply(to: Self.catalog).streams
    let isSelected = streams.map { entry in
      [entry.object["selected"], entry.schema["selected"], entry.metadata([])?["selected"]]
        .map { $0?.bool }
    }
    #expect(isSelected == [[true, true, true], [false, false, false], [false, false, false]])
    #expect(streams[0].metadata(["properties", "total"])?["selected"]?.bool == false)
  }

  @Test func patternsThatMatchNothingAreTold() {
    let found = Selection(["ordres.*", "orders.totl", "!*.email", "orders"])
      .unmatched(in: Self.catalog)
    #expect(found.map(\.index) == [0, 1, 2])
    #expect(
      found.map(\.message) == [
        "the pattern \"ordres.*\" matches no stream",
        "the pattern \"orders.totl\" matches no property of orders",
        "the pattern \"!*.email\" matches no property of orders, order_items, public.users",
      ]
    )
    #expect(found[0].hint == "Did you mean \"orders\"?")
    #expect(found[1].hint == "Did you mean \"total\"?")
  }
}
