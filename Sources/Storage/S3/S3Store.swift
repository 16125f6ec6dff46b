internal import JSON
internal import Net

/// A store in a bucket of S3, or of a service that speaks as S3 does: under a prefix, objects that
/// are created once, and data files as multipart uploads that a commit completes.
///
/// What a request did survives power cuts, so there is nothing to settle.
package final class S3Store: ObjectStore {
  private let client: S3Client
  private let prefix: String
  private let senders: S3Senders

  init(_ client: S3Client, prefix: String) {
    self.client = client
    self.prefix = prefix
    senders = S3Senders(limit: client.settings.partsAtOnce)
  }

  package func create(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    Failpoint.drafted.reached()
    // Names this attempt: after a lost answer it tells whose the object is.
    let mark = String(UInt64.random(in: 0 ... .max), radix: 16)
    let headers =
      [(name: "if-none-match", value: "*"), (name: "x-amz-meta-dativo-writer", value: mark)]
      + client.settings.encryptionHeaders
    let policy = RetryPolicy()
    var number = 0
    var isInDoubt = false
    while true {
      number += 1
      let answer = try client.send("PUT", key(name), headers: headers, body: bytes)
      isInDoubt = isInDoubt || answer.wasRepeated
      switch answer.response.status {
      case 200..<300:
        Failpoint.linked.reached()
        return
      case 412:
        let head = isInDoubt ? try client.send("HEAD", key(name)) : nil
        guard head?.response.header("x-amz-meta-dativo-writer") == mark else {
          throw .exists(name)
        }
        Failpoint.linked.reached()
        return
      default:
        // Another is creating the same name at this moment: who asks again hears who did.
        guard answer.response.status == 409, policy.waits(after: number) else {
          throw .rejected("\(name) cannot be created (\(answer.code ?? "?"))")
        }
      }
    }
  }

  package func read(_ name: String) throws(StoreError) -> [UInt8]? {
    let answer = try client.send("GET", key(name))
    return answer.code == nil ? answer.response.body : nil
  }

  package func read(
    _ name: String,
    at offset: Int,
    count: Int
  ) throws(StoreError) -> [UInt8]? {
    guard count > 0 else { return try size(name).map { _ in [] } }
    let range = "bytes=\(offset)-\(offset + count - 1)"
    let answer = try client.send("GET", key(name), headers: [(name: "range", value: range)])
    // 416: the object ends before the offset.
    if answer.response.status == 416 { return [] }
    guard answer.code == nil else { return nil }
    guard answer.response.status == 206 else {
      // A whole object, which may be larger than memory, is no answer to this.
      throw .rejected("\(name) cannot be read in ranges (\(answer.response.status))")
    }
    return answer.response.body
  }

  package func size(_ name: String) throws(StoreError) -> Int? {
    let answer = try client.send("HEAD", key(name))
    guard answer.code == nil else { return nil }
    guard let size = answer.response.header("content-length").flatMap({ Int($0) }) else {
      throw .rejected("\(name) has no size")
    }
    return size
  }

  package func list(_ folder: String) throws(StoreError) -> [String] {
    let start = folder.isEmpty ? key("") : "\(key(folder))/"
    return try names(start, delimiter: "/").map { name in
      String(name.dropFirst(start.count).prefix { $0 != "/" })
    }.filter { !$0.isEmpty }.sorted()  // Some services have an object for the folder itself.
  }

  package func reveal(_ staged: StagedName, bytes: Int) throws(StoreError) {
    guard let ticket = staged.ticket.flatMap(S3Ticket.init) else { throw .absent(staged.name) }
    let answer = try client.send(
      "POST",
      key(staged.final),
      query: [(name: "uploadId", value: ticket.upload)],
      headers: [(name: "content-type", value: "application/xml")],
      body: ticket.completion
    )
    // NoSuchUpload is also what an upload that was completed before may answer.
    let isThere = try size(staged.final) == bytes
    guard isThere else {
      if answer.code == nil || answer.code == "NoSuchUpload" || answer.code == "NotFound" {
        throw .absent(staged.name)
      }
      throw .rejected("\(staged.final) cannot be completed (\(answer.code ?? "?"))")
    }
    Failpoint.renamed.reached()
    _ = try? client.send("DELETE", key(S3Upload.marker(staged.name)))
  }

  package func isStaged(_ staged: StagedName, bytes: Int) throws(StoreError) -> Bool {
    guard let ticket = staged.ticket.flatMap(S3Ticket.init) else { return false }
    let query = [(name: "max-parts", value: "1"), (name: "uploadId", value: ticket.upload)]
    return try client.send("GET", key(staged.final), query: query).code == nil
  }

  package var stagedSuffix: String { S3Upload.suffix }

  package func settle(_ folders: [String]) throws(StoreError) {}

  package func remove(_ name: String) throws(StoreError) {
    for key in try names("\(key(name))/", delimiter: nil) + [key(name)] {
      if key.hasSuffix(S3Upload.suffix) { try S3Upload.abort(client, marker: key) }
      _ = try client.send("DELETE", key)
    }
  }

  package func stage(_ name: String, for final: String) throws(StoreError) -> any StagedObject {
    try S3Upload(client, senders, key(name), for: key(final))
  }

  package func lock(_ name: String) throws(StoreError) -> Bool { true }

  /// Few enough to be begun and completed within a commit; what they hold is bounded on its own.
  package var stagedLimit: Int { 200 }

  // MARK: Pieces

  private func key(_ name: String) -> String {
    if prefix.isEmpty { return name }
    return name.isEmpty ? "\(prefix)/" : "\(prefix)/\(name)"
  }

  /// The keys that begin with `start`, and what they have in common up to the delimiter.
  private func names(_ start: String, delimiter: String?) throws(StoreError) -> [String] {
    var names: [String] = []
    var token: String?
    repeat {
      var query = [(name: "list-type", value: "2"), (name: "prefix", value: start)]
      if let delimiter { query.append((name: "delimiter", value: delimiter)) }
      if let token { query.append((name: "continuation-token", value: token)) }
      let answer = try client.send("GET", "", query: query)
      guard answer.code == nil, let root = XML.parse(answer.response.body) else {
        if answer.code == "NotFound" { throw .misplaced("the bucket \(client.bucket) is missing") }
        throw .rejected("s3://\(client.bucket) cannot be listed (\(answer.code ?? "no XML"))")
      }
      for child in root.children {
        switch child.name {
        case "Contents": if let key = child["Key"]?.text { names.append(key) }
        case "CommonPrefixes": if let key = child["Prefix"]?.text { names.append(key) }
        default: break
        }
      }
      token = root["IsTruncated"]?.text == "true" ? root["NextContinuationToken"]?.text : nil
    } while token != nil
    return names
  }
}
