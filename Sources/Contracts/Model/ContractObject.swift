/// A table, topic or file of a contract: what one stream carries.
package struct ContractObject: Sendable {
  package var name: String
  package var physicalName: String?
}
