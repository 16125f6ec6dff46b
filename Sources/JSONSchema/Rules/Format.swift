/// The formats of text that are checked; any other name is an annotation.
package enum Format: String, Hashable, Sendable, CaseIterable {
  case date
  case time
  case dateTime = "date-time"
  case email
  case hostname
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case uuid
  case regex
  case byte
  case jsonPointer = "json-pointer"
  /// A time or date-time that has no offset, or need not have one: Airbyte says so beside the format.
  case localTime = "time_without_timezone"
  case localDateTime = "timestamp_without_timezone"

  /// The format of a name; nil for one that is not checked.
  package init?(name: String) {
    switch name {
    case "base64": self = .byte
    case "ip-address": self = .ipv4
    case "host-name": self = .hostname
    default: self.init(rawValue: name)
    }
  }

  /// The format of a schema; `airbyteType` is what Airbyte says beside it, if anything.
  package init?(name: String, airbyteType: String?) {
    switch (name, airbyteType) {
    case ("time", Self.localTime.rawValue?): self = .localTime
    case ("date-time", Self.localDateTime.rawValue?): self = .localDateTime
    default: self.init(name: name)
    }
  }

  /// What a text of the format looks like.
  package var expectation: String {
    switch self {
    case .date: "a date such as 2024-01-31"
    case .time: "a time such as 14:22:35Z"
    case .dateTime: "a date-time such as 2024-01-31T14:22:35Z"
    case .email: "an e-mail address"
    case .hostname: "a host name"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri: "a URI with its scheme"
    case .uriReference: "a URI or a relative reference"
    case .uuid: "a UUID"
    case .regex: "a regular expression"
    case .byte: "base64 text"
    case .jsonPointer: "a JSON pointer"
    case .localTime: "a time such as 14:22:35"
    case .localDateTime: "a date-time such as 2024-01-31T14:22:35"
    }
  }

  /// Whether `text`, valid UTF-8, has the format.
  package func accepts(_ text: Span<UInt8>) -> Bool {
    switch self {
    case .date: text.count == 10 && Calendar.day(text, 0) != nil
    case .time: Calendar.isTime(text, 0)
    case .dateTime: Calendar.isDateTime(text)
    case .localTime: Calendar.time(text) != nil
    case .localDateTime: text.count > 10 && Calendar.instant(text) != nil
    case .email: Self.isEmail(text)
    case .hostname: Self.isHostname(text, 0, text.count)
    case .ipv4: Self.isIPv4(text, 0, text.count)
    case .ipv6: Self.isIPv6(text)
    case .uri: Self.isURI(text, relative: false)
    case .uriReference: Self.isURI(text, relative: true)
    case .uuid: Self.isUUID(text)
    case .regex: (try? Pattern(Self.string(text))) != nil
    case .byte: Self.isBase64(text)
    case .jsonPointer: Self.isJSONPointer(text)
    }
  }

  private static func string(_ text: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    for index in text.indices { bytes.append(text[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
