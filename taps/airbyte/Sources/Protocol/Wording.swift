/// The protocol that is written.
enum Wording: String, CaseIterable, Sendable {
  case singer, airbyte
}
