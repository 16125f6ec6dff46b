import ArgumentParser

/// `dativo import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make job files of another tool's project.",
    discussion: """
        dativo import meltano.yml
        dativo import dativo-v1 FOLDER

      EXIT STATUS
        0    the files are written
        64   the command line is wrong, or a file is there already
        78   it is no project of that tool
      """,
    subcommands: [ImportMeltano.self, ImportDativoV1.self],
    defaultSubcommand: ImportMeltano.self
  )
}
