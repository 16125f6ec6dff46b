/// The formats of text that are checked; any other name is an annotation.
package enum Format: String, Hashable, Sendable, CaseIterable {
  case date
  case time
  case duration
  case dateTime = "date-time"
  case email
  case internationalEmail = "idn-email"
  case hostname
  case internationalHostname = "idn-hostname"
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case uuid
  case regex
  case byte
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
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
  ///
  /// Sources that declare a time zone leave it out all the same, and mean UTC.
  package init?(name: String, airbyteType: String?) {
    switch (name, airbyteType) {
    case ("time", Self.localTime.rawValue?), ("time", "time_with_timezone"?): self = .localTime
    case ("date-time", Self.localDateTime.rawValue?), ("date-time", "timestamp_with_timezone"?):
      self = .localDateTime
    default: self.init(name: name)
    }
  }

  /// What a text of the format looks like.
  package var expectation: String {
    switch self {
    case .date: "a date such as 2024-01-31"
    case .time: "a time such as 14:22:35Z"
    case .dateTime: "a date-time such as 2024-01-31T14:22:35Z"
    case .duration: "a duration such as P1DT12H"
    case .email: "an e-mail address"
    case .internationalEmail: "an e-mail address, its domain in any script"
    case .hostname: "a host name"
    case .internationalHostname: "a host name in any script"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri: "a URI with its scheme"
    case .uriReference: "a URI or a relative reference"
    case .iri: "an IRI with its scheme"
    case .iriReference: "an IRI or a relative reference"
    case .uriTemplate: "a URI template such as /orders/{id}"
    case .uuid: "a UUID"
    case .regex: "a regular expression"
    case .byte: "base64 text"
    case .jsonPointer: "a JSON pointer"
    case .relativeJSONPointer: "a relative JSON pointer such as 1/name"
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
    case .duration: Self.isDuration(text)
    case .email: Self.isEmail(text)
    case .internationalEmail: Self.isEmail(text, isInternational: true)
    case .hostname: Self.isHostname(text, 0, text.count)
    case .internationalHostname: Self.isInternationalHostname(text, 0, text.count)
    case .ipv4: Self.isIPv4(text, 0, text.count)
    case .ipv6: Self.isIPv6(text)
    case .uri: Self.isURI(text, isRelative: false)
    case .uriReference: Self.isURI(text, isRelative: true)
    case .iri: Self.isURI(text, isRelative: false, isInternational: true)
    case .iriReference: Self.isURI(text, isRelative: true, isInternational: true)
    case .uriTemplate: Self.isURITemplate(text)
    case .uuid: Self.isUUID(text)
    case .regex: (try? Pattern(Self.string(text), isStrict: true)) != nil
    case .byte: Self.isBase64(text)
    case .jsonPointer: Self.isJSONPointer(text)
    case .relativeJSONPointer: Self.isRelativeJSONPointer(text)
    }
  }

  static func string(_ text: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    for index in text.indices { bytes.append(text[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
