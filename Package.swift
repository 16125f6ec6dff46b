// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// The Swift runtime inside of an executable: a pipe starts three processes, and half of the time
/// that one takes to start went to finding its symbols in shared libraries.
///
/// The libraries are those that the shared ones bring along.
let standalone: [LinkerSetting] =
  [.unsafeFlags(["-static-stdlib"])]
  + [
    "Foundation", "CoreFoundation", "FoundationInternationalization", "_FoundationCollections",
    "_FoundationCShims", "_FoundationICU", "dispatch", "BlocksRuntime", "stdc++",
  ].map { .linkedLibrary($0) }

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

func library(_ name: String, _ debian: String) -> Target {
  .systemLibrary(name: name, providers: [.apt([debian])])
}

func module(
  _ name: String,
  _ dependencies: [Target.Dependency] = [],
  resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func test(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: settings)
}

func executable(
  _ name: String,
  path: String,
  sources: [String]? = nil,
  exclude: [String] = [],
  _ dependencies: [Target.Dependency]
) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies,
    path: path,
    exclude: exclude,
    sources: sources,
    swiftSettings: settings,
    linkerSettings: standalone
  )
}

/// A connector in `taps/<name>`: everything about it lies in its folder.
func tap(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  executable(
    "dativo-tap-\(name)",
    path: "taps/\(name)",
    sources: ["Sources"],
    exclude: ["README.md", "plugin.yaml", "fixtures"],
    ["ConnectorKit", "Wire", "Columns", "JSON", "Posix", "Codecs"] + dependencies
  )
}

/// A connector in `targets/<name>`.
func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  executable(
    "dativo-target-\(name)",
    path: "targets/\(name)",
    sources: ["Sources"],
    exclude: ["README.md", "plugin.yaml"],
    ["ConnectorKit", "Wire", "Columns", "JSON", "Posix", "Codecs", "Parquet", "Storage", "Commits"]
      + dependencies
  )
}

let package = Package(
  name: "dativo",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // Layer 1: bytes.
    .target(name: "CLinux"),
    .target(name: "CVector"),
    library("CZlib", "zlib1g-dev"),
    library("CZstd", "libzstd-dev"),
    library("CSnappy", "libsnappy-dev"),
    library("CLZ4", "liblz4-dev"),
    library("CBrotli", "libbrotli-dev"),
    library("CXXHash", "libxxhash-dev"),
    library("CPCRE2", "libpcre2-dev"),
    module("Posix", ["CLinux"]),
    module("Codecs", ["CZlib", "CZstd", "CSnappy", "CLZ4", "CBrotli", "CXXHash"]),
    module("JSON", ["CVector"]),
    module("Columns"),
    // Layer 2: vocabularies.
    module("Wire", ["JSON", "Columns"]),
    module("JSONSchema", ["JSON", "CPCRE2"]),
    module("Contracts", ["JSONSchema", "JSON", "Columns", yams, crypto]),
    module("Parquet", ["Columns", "Codecs"]),
    module("Net", ["JSON", "Posix", httpClient, nioCore, nioHTTP, crypto]),
    module("Secrets", ["Net", "JSON", "Posix", crypto, cryptoExtras]),
    module("Storage", ["Net", "JSON", "Posix"]),
    module("Commits", ["Storage", "JSON", "Posix", crypto]),
    module("Telemetry", ["JSON", "Posix"]),
    module("Children", ["Posix", "CLinux"]),
    module("Sandbox", ["Children", "JSON", "Posix", "CLinux"]),
    // Layer 3: kits.
    module("ConnectorKit", ["Wire", "Telemetry", "JSONSchema", "JSON", "Posix", argumentParser]),
    module(
      "Supervisor",
      [
        "Wire", "Telemetry", "Contracts", "Storage", "Commits", "JSONSchema", "Net", "Sandbox",
        "Secrets",
        "Children", "Posix", "JSON", yams, grdb,
      ],
      resources: [
        "job", "plugin", "contract", "event", "commit", "run", "state", "envelope",
      ].map { .embedInCode("Schemas/\($0).schema.json") }
    ),
    module("AirbyteKit", ["ConnectorKit", "Children", "Wire", "JSON", "Posix", argumentParser]),
    // Layer 4: executables.
    executable(
      "dativo",
      path: "Sources/dativo",
      ["Supervisor", "Sandbox", "Commits", "Parquet", "Contracts", "Wire", "JSON", argumentParser]
    ),
    executable(
      "dativo-validate",
      path: "Sources/dativo-validate",
      [
        "ConnectorKit", "Telemetry", "Contracts", "JSONSchema", "Wire", "Columns", "JSON", "Posix",
      ]
    ),
    executable(
      "dativo-sandbox",
      path: "Sources/dativo-sandbox",
      ["Sandbox", "Children", "Contracts", "Wire", "JSON", "Posix", argumentParser]
    ),
    tap("csv", ["CVector"]),
    tap("airbyte", ["AirbyteKit", "Children"]),
    target("parquet"),
    target("airbyte", ["AirbyteKit", "Children"]),
    .executableTarget(
      name: "bench-decode",
      dependencies: ["Columns", "Wire"],
      path: "Tests/Bench/decode",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "json-echo",
      dependencies: ["JSON", "Posix"],
      path: "Tests/Tools/json-echo",
      swiftSettings: settings
    ),
    .executableTarget(
      name: "schema-check",
      dependencies: ["JSON", "JSONSchema", "Posix"],
      path: "Tests/Tools/schema-check",
      swiftSettings: settings
    ),
    // Tests, in layer order.
    test("JSON", ["JSON"]),
    test("Columns", ["Columns"]),
    test("Codecs", ["Codecs"]),
    test("Posix", ["Posix"]),
    test("Wire", ["Wire", "Columns", "JSON"]),
    test("JSONSchema", ["JSONSchema", "JSON"]),
    test("Contracts", ["Contracts", "JSONSchema", "Columns", "JSON"]),
    test("Parquet", ["Parquet", "Columns", "Codecs"]),
    test("Net", ["Net"]),
    test("Secrets", ["Secrets", "JSON", "Posix"]),
    test("Commits", ["Commits", "Storage", "JSON", "Posix"]),
    test("Telemetry", ["Telemetry", "JSON"]),
    test("Children", ["Children", "Posix"]),
    test("Sandbox", ["Sandbox", "JSON", "Posix"]),
    test("AirbyteKit", ["AirbyteKit", "JSON"]),
    test(
      "Supervisor",
      ["Supervisor", "Children", "Contracts", "Telemetry", "Wire", "JSON", "Posix"]
    ),
    test("Transcript", []),
  ],
  cxxLanguageStandard: .cxx17
)
