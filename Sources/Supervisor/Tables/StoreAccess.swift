internal import JSON
internal import Posix
internal import Storage
internal import Wire

/// How a bucket is reached: by the `s3` settings of a target's configuration, and the environment.
package struct StoreAccess: Sendable {
  let s3: S3Settings

  private init() { s3 = S3Settings() }

  /// Reads a target's configuration, or the target's part of a job file (`.yaml`, `.yml`); without
  /// a file the environment alone decides.
  ///
  /// Throws `Findings` for a job file that is wrong, else `Failure`.
  package init(config path: String?) throws {
    guard let path else {
      self.init()
      return
    }
    let isJob = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
    let config = isJob ? try Job.load(path).job.target.config : try Self.object(path)
    try self.init(target: config, from: path)
  }

  /// Reads a target's configuration, which `file` has.
  init(target config: JSONObject, from file: String = "the target") throws(Failure) {
    do throws(S3Settings.Refusal) {
      s3 = try S3Settings(config["s3"]?.object ?? JSONObject())
    } catch {
      throw Failure(.configuration, "\(file): \(error.message)", hint: error.hint)
    }
  }

  private static func object(_ path: String) throws(Failure) -> JSONObject {
    let hint = "--config takes a target's configuration, a JSON file, or a job file."
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(path)
    } catch {
      throw Failure(.configuration, "\(path) cannot be read: \(error.reason)", hint: hint)
    }
    do throws(JSONError) {
      if let object = try JSONValue.parse(bytes).object { return object }
    } catch {
      let place = "\(path):\(error.line):\(error.column)"
      throw Failure(.configuration, "\(place): \(error.reason.rawValue)", hint: hint)
    }
    throw Failure(.configuration, "\(path): the configuration is not a JSON object", hint: hint)
  }

  /// The store at `root`, a folder or `s3://bucket/prefix`.
  func store(_ root: String, drafts: String = "_dativo/drafts") throws(Failure) -> any ObjectStore {
    do throws(StoreError) {
      return try Storage.Destination.open(root, s3, drafts: drafts)
    } catch {
      throw Failure(error)
    }
  }
}
