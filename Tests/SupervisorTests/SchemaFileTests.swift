import JSON
import Supervisor
import Telemetry
import Testing

/// The schemas say the same as the readers.
struct SchemaFileTests {
  private func schema(_ file: SchemaFile) throws -> JSONValue { try JSONValue.parse(file.text) }

  private func keys(_ schema: JSONValue?) -> Set<String> {
    Set(schema?["properties"]?.object?.keys ?? [])
  }

  @Test func theJobSchemaHasTheKeysOfTheReader() throws {
    let job = try schema(.job)
    #expect(keys(job) == Set(JobKeys.root))
    let parts = [
      "source": JobKeys.source, "validation": JobKeys.validation, "target": JobKeys.target,
      "state": JobKeys.state, "retry": JobKeys.retry,
    ]
    for (name, known) in parts {
      let part = job["properties"]?[name]
      #expect(keys(part) == Set(known), "\(name)")
      #expect(part?["additionalProperties"]?.bool == false, "\(name)")
    }
    let modes = job["properties"]?["validation"]?["properties"]?["mode"]?["enum"]?.array
    #expect(modes?.compactMap(\.string) == Job.Mode.allCases.map(\.rawValue))
  }

  @Test func thePluginSchemaHasTheKeysOfTheReader() throws {
    let plugin = try schema(.plugin)
    #expect(keys(plugin) == Set(PluginFile.keys))
    let roles = plugin["properties"]?["role"]?["enum"]?.array
    #expect(roles?.compactMap(\.string) == Plugin.Role.allCases.map(\.rawValue))
  }

  @Test func theEventSchemaHasTheKeysOfEveryEvent() throws {
    let events: [Event] = [
      .stream(
        name: "a",
        recordsIn: 1,
        recordsOut: 1,
        recordsSkipped: 1,
        recordsCommitted: 1,
        bytesIn: 1
      ),
      .commit(sequence: 1, rows: 1, bytes: 1, files: 1),
      .violations(stream: "a", rule: "r", pointer: "/p", severity: "error", count: 1),
      .cut(stream: "a"),
      .stall(read: 1, write: 1),
      .lastCommit(["sequence": 1]),
    ]
    let branches = try schema(.event)["allOf"]?.array ?? []
    for event in events {
      let value = event.json(stage: "s")
      let branch = branches.first {
        $0["if"]?["properties"]?["event"]?["const"] == value["event"]
      }
      let written = Set(value.object?.keys ?? []).subtracting(["stage", "event"])
      #expect(keys(branch?["then"]) == written)
      // Absent where nothing was skipped or committed.
      let required = written.subtracting(["records_skipped", "records_committed"])
      #expect(Set(branch?["then"]?["required"]?.array?.compactMap(\.string) ?? []) == required)
    }
    // What the supervisor itself tells: log, progress, run.
    #expect(branches.count == events.count + 3)
  }

  @Test(arguments: SchemaFile.allCases)
  func everyPropertyIsDescribed(_ file: SchemaFile) throws {
    let schema = try schema(file)
    #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
    for (name, property) in schema["properties"]?.object?.members ?? [] {
      let text = property["description"] ?? property["$ref"]
      #expect(text?.string?.isEmpty == false, "\(file).\(name)")
    }
  }
}
