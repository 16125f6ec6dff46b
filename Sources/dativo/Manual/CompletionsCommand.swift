import ArgumentParser
import JSON

/// `dativo completions`.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print a shell's completion script.",
    discussion: """
        source <(dativo completions bash)                          # this shell
        dativo completions bash > /etc/bash_completion.d/dativo    # every bash
        dativo completions zsh > /usr/local/share/zsh/site-functions/_dativo
        dativo completions fish > ~/.config/fish/completions/dativo.fish
      """
  )

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    try Answer.give("completions", json: json) {
      let script = Dativo.completionScript(for: shell.kind)
      return Answer(["shell": .string(shell.rawValue), "script": .string(script)], text: script)
    }
  }

  /// A shell that completes words.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    var kind: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }
}
