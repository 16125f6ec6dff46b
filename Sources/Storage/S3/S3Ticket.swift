internal import JSON
internal import Net

/// What a commit keeps of an upload, and completing it takes: its id and the ETag of each part.
struct S3Ticket {
  let upload: String
  let parts: [String]

  init(upload: String, parts: [String]) {
    self.upload = upload
    self.parts = parts
  }

  init?(_ json: JSONValue) {
    guard let upload = json["upload"]?.string, let parts = json["parts"]?.array else { return nil }
    self.init(upload: upload, parts: parts.compactMap(\.string))
    guard self.parts.count == parts.count else { return nil }
  }

  var json: JSONValue {
    ["upload": .string(upload), "parts": .array(parts.map { .string($0) })]
  }

  /// The body of CompleteMultipartUpload.
  var completion: [UInt8] {
    let list = parts.enumerated().map { number, tag in
      "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(XML.escaped(tag))</ETag></Part>"
    }.joined()
    return Array("<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>".utf8)
  }
}
