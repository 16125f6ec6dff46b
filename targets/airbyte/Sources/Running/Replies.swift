import AirbyteKit
import ConnectorKit
import JSON
import Posix
import Wire

/// What a destination says while it writes: the states that it has kept, and the rest.
struct Replies {
  let destination: String
  var outstanding = Outstanding()
  /// The errors that it told.
  private(set) var errors: [ConnectorError] = []
  private var remarks: Remarks

  init(_ destination: Destination) {
    self.destination = destination.name
    remarks = destination.remarks
  }

  /// Takes a line; a STATE that it acknowledges is printed at once.
  mutating func take(_ line: [UInt8]) throws(Failure) {
    // SAFETY: the message is read while the line is lent.
    let result: Result<Void, Failure> = unsafe line.withUnsafeBufferPointer { line in
      guard let start = line.baseAddress else { return .success(()) }
      do throws(Failure) {
        unsafe try take(start, start + line.count)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private mutating func take(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) throws(Failure) {
    let message: Message
    do throws(Message.Problem) {
      message = unsafe try Message(start, end)
    } catch {
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: end - start),
        as: UTF8.self
      )
      if let fault = remarks.noise(error, text) {
        throw Failure(.data, "\(destination): \(fault)")
      }
      return
    }
    switch message.kind {
    case .airbyteState:
      let body = unsafe message.value("state", in: start) ?? [:]
      guard let lines = outstanding.acknowledge(body) else {
        throw Failure(
          .data,
          "\(destination) acknowledges a state that it was never sent",
          hint: "Its rows may be there; the next run sends those after the last good state again."
        )
      }
      if let count = body["destinationStats"]?["rejectedRecordCount"]?.number?.double, count > 0 {
        Log.warning("\(destination) rejected \(Int64(count)) records")
      }
      try tell(lines)
    case .airbyteLog:
      let log = unsafe message.value("log", in: start)
      remarks.log(log)
      // What destinations on Airbyte's kit for Python say of a record that they drop.
      if log?["message"]?.string?.hasPrefix("ignoring input which can't be deserialized") == true {
        throw Failure(.data, "\(destination) drops a message that it cannot read")
      }
    case .airbyteTrace:
      if let error = unsafe remarks.error(message.value("trace", in: start)) {
        errors.append(error)
      }
    case .airbyteOther: unsafe try remarks.control(message.value("control", in: start))
    case .airbyteRecord, .record, .schema, .state, .activateVersion, .batch, .unknown: break
    }
  }

  /// Prints lines of STATE.
  func tell(_ lines: [UInt8]) throws(Failure) {
    do throws(PosixError) {
      let result: Result<Void, PosixError> = unsafe lines.withUnsafeBytes { bytes in
        do throws(PosixError) {
          return .success(unsafe try Descriptor.write(1, bytes))
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    } catch {
      throw Failure(error)
    }
  }
}
