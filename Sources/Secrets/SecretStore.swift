package import JSON
internal import Posix
internal import Synchronization

/// One backend as jobs see it: the tenant's own secrets first, then those of all, kept for a while.
///
/// A backend that is down is bridged by what it said before in this process.
package final class SecretStore: Sendable {
  /// A secret that was found.
  package struct Found: Sendable {
    package let secret: Secret
    package let place: SecretPlace
    /// The key in the document there; nil where the secret is the whole.
    package let key: String?
    package let version: String?
    /// The version that the reference names; nil for the newest.
    package let pinned: String?
    /// Whether the backend is down and this is what it said before.
    package let isStale: Bool
  }

  private struct Entry {
    let document: SecretDocument?
    let until: UInt64
  }

  private struct Question: Hashable {
    let place: SecretPlace
    let version: String?
  }

  package let backend: any SecretBackend
  private let tenant: String
  private let nanoseconds: UInt64
  private let kept = Mutex<[Question: Entry]>([:])

  /// Answers are kept for `ttl` seconds; `tenant` is the one whose job it is.
  package init(_ backend: any SecretBackend, tenant: String, ttl: Double = 300) {
    self.backend = backend
    self.tenant = tenant
    nanoseconds = UInt64(max(ttl, 0) * 1e9)
  }

  /// The places that a reference may mean, in the order in which they are asked.
  package func places(
    _ reference: SecretReference
  ) -> [(place: SecretPlace, key: String?)] {
    var places: [(place: SecretPlace, key: String?)] = []
    let path = reference.path.components
    for scope in [SecretPlace.Scope.tenant(tenant), .global] {
      if path.count > 1 { places.append((SecretPlace(scope, path.dropLast()), path.last)) }
      places.append((SecretPlace(scope, path), nil))
    }
    return places
  }

  /// The secret; throws also where there is none.
  package func find(_ reference: SecretReference) throws(SecretError) -> Found {
    var refusal: SecretError?
    var lacking: String?
    var scope: SecretPlace.Scope?
    for (place, key) in places(reference) {
      // One that is refused to this tenant must not be replaced in silence by that of all.
      if place.scope != scope, let refusal { throw refusal }
      scope = place.scope
      let (answer, isStale): (SecretDocument?, Bool)
      do throws(SecretError) {
        (answer, isStale) = try ask(place, reference.version)
      } catch {
        guard case .refused = error else { throw error }
        refusal = refusal ?? error
        continue
      }
      guard let document = answer else { continue }
      guard let key else {
        return Found(
          secret: document.content,
          place: place,
          key: nil,
          version: document.version,
          pinned: reference.version,
          isStale: isStale
        )
      }
      guard let object = document.content.revealed().object else { continue }
      if let value = object[key], !value.isNull {
        return Found(
          secret: Secret(value),
          place: place,
          key: key,
          version: document.version,
          pinned: reference.version,
          isStale: isStale
        )
      }
      lacking = lacking ?? "\(backend.name): \(backend.shown(place)) has no key \"\(key)\""
    }
    if let refusal { throw refusal }
    if let lacking { throw .missing(lacking) }
    let sought = places(reference).map { backend.shown($0.place) }
    throw .missing(
      "\(backend.name) has no secret \(reference.path.text)"
        + (reference.version.map { " of version \($0)" } ?? "")
        + ": neither \(sought.joined(separator: " nor "))"
    )
  }

  /// Puts a value in the place of the one that was found; returns where.
  ///
  /// One of all tenants stays as it is: the new value becomes the tenant's own, which goes before it.
  package func write(
    _ value: JSONValue,
    over found: Found
  ) throws(SecretError) -> SecretPlace {
    guard found.pinned == nil else {
      throw .unusable("\(backend.name): the reference names a version, which stays as it is")
    }
    let place = SecretPlace(.tenant(tenant), found.place.path)
    defer { kept.withLock { $0 = $0.filter { $0.key.place != place } } }
    try backend.write(value, key: found.key, at: place)
    return place
  }

  private func ask(
    _ place: SecretPlace,
    _ version: String?
  ) throws(SecretError) -> (SecretDocument?, isStale: Bool) {
    let question = Question(place: place, version: version)
    let known = kept.withLock { $0[question] }
    if let known, Clock.monotonic < known.until { return (known.document, false) }
    do throws(SecretError) {
      let document = try backend.read(place, version: version)
      let entry = Entry(document: document, until: Clock.monotonic + nanoseconds)
      kept.withLock { $0[question] = entry }
      return (document, false)
    } catch {
      guard case .unavailable = error, let known else { throw error }
      return (known.document, true)
    }
  }
}
