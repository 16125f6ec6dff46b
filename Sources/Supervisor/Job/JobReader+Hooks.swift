internal import Contracts
internal import JSON

extension JobReader {
  /// The hooks by the moment that calls them.
  mutating func hooks(_ node: YAMLNode?) -> [Hook.Moment: [Hook]] {
    guard let node, !node.isNull, yaml.keys(node, JobKeys.hooks, in: "hooks") else { return [:] }
    var hooks: [Hook.Moment: [Hook]] = [:]
    for moment in Hook.Moment.allCases {
      guard let list = node[moment.rawValue], !list.isNull else { continue }
      let path = "hooks.\(moment.rawValue)"
      guard let elements = list.elements else {
        yaml.error(
          list,
          "\"\(path)\" must be a list",
          hint: "Write `\(moment.rawValue): [{command: [./notify, now]}]`."
        )
        continue
      }
      hooks[moment] = elements.enumerated().compactMap { hook($0.element, "\(path)[\($0.offset)]") }
    }
    return hooks
  }

  private mutating func hook(_ node: YAMLNode, _ path: String) -> Hook? {
    guard yaml.keys(node, JobKeys.hook, in: path) else { return nil }
    switch (node["command"], node["webhook"]) {
    case (let command?, nil):
      let words = yaml.texts(command, "\(path).command")
      if words.isEmpty { yaml.error(command, "\"\(path).command\" is empty") }
      for word in words { refuseSecret(in: word, command.mark, "a command line") }
      return words.isEmpty
        ? nil : .command(words.map { substitution.replace($0, command.mark, &yaml) })
    case (nil, let webhook?):
      guard let text = yaml.text(webhook, "\(path).webhook") else { return nil }
      let url = substitution.replace(text, webhook.mark, &yaml)
      let isURL = ["http://", "https://"].contains { url.lowercased().hasPrefix($0) }
      if !isURL, !url.hasPrefix("${") {
        yaml.error(webhook, "\"\(path).webhook\" must be an http or https URL")
        return nil
      }
      if Redaction.userInfo(url) != nil {
        yaml.error(
          webhook,
          "\"\(path).webhook\" holds a user and a password, which no webhook is called with",
          hint: "Keep the whole address as a secret: `webhook: \"${secret:hooks/chat}\"`."
        )
        return nil
      }
      return .webhook(url)
    default:
      yaml.error(
        node,
        "\"\(path)\" must have either command or webhook",
        hint: "Write {command: [./notify, now]} or {webhook: https://…}."
      )
      return nil
    }
  }
}
