import Commits
import ConnectorKit
import JSON
import Storage
import Wire

extension S3Settings {
  static let setting = Setting(
    "s3",
    .object,
    "{endpoint, region, path_style, sse, sse_kms_key_id, storage_class, profile}: for s3://."
  )

  private static let settings = [
    Setting("endpoint", .string, "The address of the service, if it is not Amazon's."),
    Setting("region", .string, "The region; AWS_REGION without it."),
    Setting("path_style", .boolean, "The bucket in the path, not in the host's name."),
    Setting("sse", .string, "How objects are encrypted.", choices: ["AES256", "aws:kms"]),
    Setting("sse_kms_key_id", .string, "The key of aws:kms."),
    Setting("storage_class", .string, "The storage class of data files."),
    Setting("profile", .string, "A profile of the credentials file."),
  ]

  /// Reads the setting `s3`; what it leaves out has its default.
  init(_ configuration: Configuration) throws(Failure) {
    self.init()
    for (key, value) in configuration["s3"]?.object?.members ?? [] where !value.isNull {
      let place = configuration.place("s3", key)
      guard let setting = Self.settings.first(where: { $0.name == key }) else {
        let known = Self.settings.map(\.name)
        throw Failure(
          .configuration,
          "\(place): unknown key \"\(key)\" in \"s3\"",
          hint: Nearest.name(to: key, among: known).map { "Did you mean \"\($0)\"?" }
            ?? "It has \(known.joined(separator: ", ")). Credentials never go here."
        )
      }
      guard setting.accepts(value) else {
        throw Failure(
          .configuration,
          "\(place): \"s3.\(key)\" must be \(setting.expectation)"
        )
      }
    }
    let given = configuration["s3"]
    endpoint = given?["endpoint"]?.string
    region = given?["region"]?.string
    usesPathStyle = given?["path_style"]?.bool
    encryption = given?["sse"]?.string
    encryptionKey = given?["sse_kms_key_id"]?.string
    storageClass = given?["storage_class"]?.string
    profile = given?["profile"]?.string
  }
}

extension Settings {
  /// The store that the destination names.
  func store() throws(Failure) -> any ObjectStore {
    do throws(StoreError) {
      return try Destination.open(destination, s3, drafts: LogFolder(pipeline).drafts)
    } catch {
      throw Failure(error)
    }
  }
}
