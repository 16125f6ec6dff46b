internal import Crypto
internal import JSON

extension HTTP.Request {
  /// Lets the service refuse a body that came short: without it SeaweedFS keeps an empty object
  /// where the connection ended after the headers.
  package mutating func addContentMD5() {
    let digest = Base64.encode(Array(Insecure.MD5.hash(data: body)))
    headers.append((name: "content-md5", value: digest))
  }
}
