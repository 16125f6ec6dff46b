import Net
import Testing

/// The examples that AWS publishes with the description of the signature.
@Suite struct SigV4Tests {
  private func signature(
    _ request: HTTP.Request,
    service: String = "s3",
    secret: String = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    key: String = "AKIAIOSFODNN7EXAMPLE",
    time: String = "2013-05-24T00:00:00.000Z"
  ) -> String {
    var request = request
    let credentials = Credentials(accessKey: key, secret: secret)
    SigV4(service: service, region: "us-east-1", credentials).sign(&request, time: time)
    let header = request.headers.last?.value ?? ""
    return String(header.suffix(64))
  }

  private func example(_ method: String, _ path: String) -> HTTP.Request {
    HTTP.Request(method, scheme: "https", host: "examplebucket.s3.amazonaws.com", path: path)
  }

  @Test func getObject() {
    var request = example("GET", "/test.txt")
    request.headers = [(name: "Range", value: "bytes=0-9")]
    #expect(
      signature(request) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
  }

  @Test func putObject() {
    var request = example("PUT", "/" + PercentEncoding.encode("test$file.text"))
    request.headers = [
      (name: "Date", value: "Fri, 24 May 2013 00:00:00 GMT"),
      (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
    ]
    request.body = Array("Welcome to Amazon S3.".utf8)
    #expect(
      signature(request) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )
  }

  @Test func queries() {
    var lifecycle = example("GET", "/")
    lifecycle.query = [(name: "lifecycle", value: "")]
    #expect(
      signature(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    )
    var list = example("GET", "/")
    list.query = [(name: "prefix", value: "J"), (name: "max-keys", value: "2")]
    #expect(signature(list) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  @Test func anotherService() {
    let request = HTTP.Request("GET", scheme: "https", host: "example.amazonaws.com", path: "/")
    let found = signature(
      request,
      service: "service",
      secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      key: "AKIDEXAMPLE",
      time: "2015-08-30T12:36:00.000Z"
    )
    #expect(found == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
  }

  @Test func credentialsAreNeverPrinted() {
    let credentials = Credentials(accessKey: "AKIDEXAMPLE", secret: "s3cret", token: "t0ken")
    var dumped = "\(credentials) \(String(reflecting: credentials))"
    dump(credentials, to: &dumped)
    for hidden in ["AKIDEXAMPLE", "s3cret", "t0ken"] { #expect(!dumped.contains(hidden)) }
  }
}
