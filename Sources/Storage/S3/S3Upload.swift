internal import JSON
internal import Net

/// A staged object as a multipart upload to its final key: nobody sees it until it is completed.
///
/// A marker beside the other staged objects names key and upload, so that whoever clears them away
/// aborts it. The marker comes first, without the upload's id: no kill leaves an upload unknown.
final class S3Upload: StagedObject {
  static let suffix = ".upload"
  /// The smallest that the service takes for a part that is not the last.
  static let partSize = 5 << 20
  private static let partLimit = 10_000

  private let client: S3Client
  private let name: String
  private let final: String
  private let upload: String
  private let senders: S3Senders
  private let parts = S3Parts()
  /// The part that is being filled.
  private var waiting: [UInt8] = []
  private var isWritten = false

  init(
    _ client: S3Client,
    _ senders: S3Senders,
    _ name: String,
    for final: String
  ) throws(StoreError) {
    self.client = client
    self.senders = senders
    self.name = name
    self.final = final
    try Self.note(client, name, ["key": .string(final)])
    var headers = client.settings.encryptionHeaders
    if let storageClass = client.settings.storageClass {
      headers.append((name: "x-amz-storage-class", value: storageClass))
    }
    let answer = try client.send(
      "POST",
      final,
      query: [(name: "uploads", value: "")],
      headers: headers
    )
    guard answer.code == nil, let id = XML.parse(answer.response.body)?["UploadId"]?.text else {
      throw .rejected("an upload of \(final) cannot begin (\(answer.code ?? "no id"))")
    }
    upload = id
    // After a lost answer there is a second upload, which nothing but a marker without id finds.
    if answer.wasRepeated {
      for other in try Self.uploads(client, of: final) where other != id {
        _ = try client.send("DELETE", final, query: [(name: "uploadId", value: other)])
      }
    } else {
      try Self.note(client, name, ["key": .string(final), "upload": .string(id)])
    }
    Failpoint.begun.reached()
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    // Pages of it that are not written to take no memory.
    if waiting.isEmpty { waiting.reserveCapacity(Self.partSize) }
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      // SAFETY: the bytes are copied before the call ends.
      let piece = unsafe rest.prefix(Self.partSize - waiting.count)
      unsafe waiting.append(contentsOf: piece)
      unsafe rest = unsafe rest.dropFirst(piece.count)
      if waiting.count == Self.partSize {
        try send()
        waiting.reserveCapacity(Self.partSize)
      }
    }
    if !isWritten { Failpoint.written.reached() }
    isWritten = true
  }

  var heldBytes: Int { waiting.count }

  func close() throws(StoreError) -> JSONValue? {
    if !waiting.isEmpty || parts.count == 0 { try send() }
    let tags = try parts.finish()
    Failpoint.synced.reached()
    return S3Ticket(upload: upload, parts: tags).json
  }

  /// Begins to send what waits, as the next part.
  private func send() throws(StoreError) {
    guard parts.count < Self.partLimit else {
      throw .misplaced("\(final) has more than \(Self.partLimit) parts: lower target_file_size")
    }
    var bytes: [UInt8] = []
    swap(&bytes, &waiting)
    let body = bytes
    let (client, final, upload) = (client, final, upload)
    try parts.begin(senders) { (number) throws(StoreError) in
      let answer = try client.send(
        "PUT",
        final,
        query: [
          (name: "partNumber", value: String(number)), (name: "uploadId", value: upload),
        ],
        body: body
      )
      if answer.response.status == 404 { throw .superseded(final) }
      guard answer.code == nil, let tag = answer.response.header("etag") else {
        throw .rejected("a part of \(final) was not taken (\(answer.code ?? "no ETag"))")
      }
      return tag
    }
  }

  // MARK: Markers

  static func marker(_ name: String) -> String { name + suffix }

  private static func note(
    _ client: S3Client,
    _ name: String,
    _ json: JSONValue
  ) throws(StoreError) {
    let answer = try client.send(
      "PUT",
      marker(name),
      headers: client.settings.encryptionHeaders,
      body: Array(json.encoded().utf8)
    )
    guard answer.code == nil else {
      throw .rejected("\(marker(name)) cannot be written (\(answer.code ?? "?"))")
    }
  }

  /// Aborts what a marker names; an upload that has ended is none any more.
  static func abort(_ client: S3Client, marker: String) throws(StoreError) {
    let answer = try client.send("GET", marker)
    guard answer.code == nil, let json = try? JSONValue.parse(answer.response.body),
      let key = json["key"]?.string
    else { return }
    let known = json["upload"]?.string.map { [$0] }
    let ids = if let known { known } else { try uploads(client, of: key) }
    for id in ids {
      _ = try client.send("DELETE", key, query: [(name: "uploadId", value: id)])
    }
  }

  private static func uploads(_ client: S3Client, of key: String) throws(StoreError) -> [String] {
    let query = [(name: "uploads", value: ""), (name: "prefix", value: key)]
    let answer = try client.send("GET", "", query: query)
    return (XML.parse(answer.response.body)?.children ?? []).filter { upload in
      upload.name == "Upload" && upload["Key"]?.text == key
    }.compactMap { $0["UploadId"]?.text }
  }
}
