import ArgumentParser
import Supervisor

/// How verbs about tables reach a bucket.
struct BucketOption: ParsableArguments {
  @Option(
    name: .long,
    help:
      "For s3://: a target's configuration, or a job file, whose settings \"s3\" reach the bucket."
  )
  var config: String?

  func access() throws -> StoreAccess { try StoreAccess(config: config) }
}
