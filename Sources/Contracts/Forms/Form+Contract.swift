extension Form {
  /// The forms by name; the standard's sections and their parts.
  static let all: [String: Form] = {
    var forms: [String: Form] = [:]
    for (name, form) in fundamentals.merging(schema, uniquingKeysWith: { left, _ in left }) {
      forms[name] = form
    }
    return forms
  }()

  private static let fundamentals: [String: Form] = [
    "contract": Form(
      "the contract",
      closed: .v300,
      """
      version text !
      kind =DataContract !
      apiVersion text !
      id text !
      name text
      tenant text
      tags [text]
      status text !<3.2
      servers [server]
      dataProduct text
      description description
      domain text
      schema [object]
      support [support]
      price price
      team team
      roles [role]
      slaDefaultElement text
      slaProperties [sla]
      authoritativeDefinitions [definition] 3.0.1
      customProperties [custom]
      contractCreatedTs text
      context context 3.2
      """
    ),
    "description": Form(
      "the description",
      closed: nil,
      """
      usage text
      purpose text
      limitations text
      authoritativeDefinitions [definition] 3.0.1
      customProperties [custom] 3.0.1
      """
    ),
    "definition": Form(
      "an authoritative definition",
      closed: .v310,
      """
      id id 3.1
      url text !
      type text !
      description text 3.1
      """
    ),
    "custom": Form(
      "a custom property",
      closed: .v310,
      """
      id id 3.1
      property text !3.1
      value any !3.1
      description text 3.1
      vendor text 3.2
      """
    ),
    "support": Form(
      "a support channel",
      closed: .v310,
      """
      id id 3.1
      channel text !
      url text !<3.1
      description text
      tool text
      scope text
      invitationUrl text
      customProperties [custom] 3.1
      """
    ),
    "price": Form(
      "the price",
      closed: .v310,
      """
      id id 3.1
      priceAmount number
      priceCurrency text
      priceUnit text
      """
    ),
    "team": Form(
      "the team",
      closed: .v310,
      """
      id id
      name text
      description text
      members [member]
      tags [text]
      customProperties [custom]
      authoritativeDefinitions [definition]
      """
    ),
    "member": Form(
      "a member of the team",
      closed: .v310,
      """
      id id 3.1
      username text !3.1
      name text 3.0.2
      description text 3.0.2
      role text
      dateIn text
      dateOut text
      replacedByUsername text
      tags [text] 3.1
      customProperties [custom] 3.1
      authoritativeDefinitions [definition] 3.1
      """
    ),
    "role": Form(
      "a role",
      closed: .v310,
      """
      id id 3.1
      role text !
      description text
      access text
      firstLevelApprovers text
      secondLevelApprovers text
      customProperties [custom] 3.0.1
      """
    ),
    "sla": Form(
      "a service level",
      closed: .v310,
      """
      id id 3.1
      property text !
      value scalar !
      valueExt scalar
      unit text
      element text
      driver text
      description text 3.1
      scheduler text 3.1
      schedule text 3.1
      customProperties [custom] 3.2
      authoritativeDefinitions [definition] 3.2
      """
    ),
    "context": Form(
      "the context",
      closed: .v310,
      """
      instructions text
      verifiedStatements [statement]
      constraints [constraint]
      """
    ),
    "statement": Form(
      "a verified statement",
      closed: .v310,
      """
      id text
      question text !
      answer text
      authoritativeDefinitions [definition]
      tags [text]
      customProperties [custom]
      """
    ),
    "constraint": Form(
      "a constraint",
      closed: .v310,
      """
      id text
      constraint text !
      authoritativeDefinitions [definition]
      tags [text]
      customProperties [custom]
      """
    ),
  ]
}
