internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

extension HTTP {
  /// The one HTTP client: callers wait, connections are kept and used again.
  ///
  /// This file is the bridge between the synchronous hot path and the event loops behind it; it
  /// must not be called from an event loop or a task.
  package struct Client: Sendable {
    package init() {}

    /// Makes one attempt; an answer of any status is a result.
    ///
    /// Redirects are not followed: a signature is for one host.
    package func send(_ request: Request) throws(NetError) -> Response {
      do {
        var headers = HTTPHeaders()
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        let outgoing = try HTTPClient.Request(
          url: request.url,
          method: HTTPMethod(rawValue: request.method),
          headers: headers,
          body: request.body.isEmpty ? nil : Self.body(request.body)
        )
        let deadline = NIODeadline.now() + .seconds(Int64(request.timeout))
        let answer = try Self.shared.execute(request: outgoing, deadline: deadline).wait()
        return Response(
          status: Int(answer.status.code),
          headers: answer.headers.map { (name: $0.name, value: $0.value) },
          body: answer.body.map { Array($0.readableBytesView) } ?? []
        )
      } catch let error as HTTPClientError {
        throw Self.problem(error, request.host)
      } catch {
        throw .unreachable(host: request.host, "\(type(of: error))")
      }
    }

    /// Hands bytes over in pieces, each when the one before is on its way: a large body is never in
    /// memory twice.
    private static func body(_ bytes: [UInt8]) -> HTTPClient.Body {
      .stream(contentLength: Int64(bytes.count)) { writer in write(bytes[...], writer) }
    }

    private static func write(
      _ bytes: ArraySlice<UInt8>,
      _ writer: HTTPClient.Body.StreamWriter
    ) -> EventLoopFuture<Void> {
      let piece = bytes.prefix(1 << 18)
      let written = writer.write(.byteBuffer(ByteBuffer(bytes: piece)))
      guard piece.count < bytes.count else { return written }
      return written.flatMap { write(bytes.dropFirst(piece.count), writer) }
    }

    /// Lives as long as the process: its event loops are shared with everything else of NIO.
    private static let shared: HTTPClient = {
      var configuration = HTTPClient.Configuration(
        redirectConfiguration: .disallow,
        timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10), read: .seconds(60))
      )
      // Attempts are counted in one place, the retry policy.
      configuration.connectionPool.retryConnectionEstablishment = false
      return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private static func problem(_ error: HTTPClientError, _ host: String) -> NetError {
      switch error {
      case .readTimeout, .writeTimeout, .deadlineExceeded, .connectTimeout:
        .timedOut(host: host)
      case .remoteConnectionClosed: .broken(host: host)
      case .invalidURL, .emptyHost, .emptyScheme: .malformed(host: host)
      default: .unreachable(host: host, error.shortDescription)
      }
    }
  }
}
