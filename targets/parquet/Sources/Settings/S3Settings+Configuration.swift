import Commits
import ConnectorKit
import JSON
import Storage
import Wire

extension S3Settings {
  static let setting = Setting(
    "s3",
    .object,
    "{\(keys.joined(separator: ", "))}: for s3://.",
    members: keys.map { key in
      switch key {
      case "path_style": Setting(key, .boolean, "Whether the bucket stands in the path.")
      case "sse": Setting(key, .string, "The encryption.", choices: ["AES256", "aws:kms"])
      default: Setting(key, .string, "")
      }
    }
  )

  /// Reads the setting `s3`; what it leaves out has its default.
  init(_ configuration: Configuration) throws(Failure) {
    do throws(Refusal) {
      try self.init(configuration["s3"]?.object ?? JSONObject())
    } catch {
      let place = configuration.place("s3", error.key)
      throw Failure(.configuration, "\(place): \(error.message)", hint: error.hint)
    }
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
