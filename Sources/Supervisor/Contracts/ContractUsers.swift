internal import Contracts
package import JSON
internal import Posix

/// Who uses a contract, within a project.
package enum ContractUsers {
  /// A job that uses a contract.
  package struct Job: Sendable {
    /// Its file.
    package let path: String
    /// Its masking policy; nil where it has none.
    package let masking: JSONValue?
  }

  /// The jobs at or below a folder that name a contract of that id.
  package static func jobs(of id: String, below folder: String) -> [Job] {
    var linter = Linter()
    linter.lint(folder)
    return linter.files.filter { $0.kind == .job }.map(\.path).compactMap { path in
      guard let root = YAMLFile.read(path).root,
        let job = JobFile(path, root, environment: [:], allowsMissing: true).job
      else { return nil }
      let isUser = job.contractFiles().paths.contains { file in
        guard let bytes = try? Files.read(file) else { return false }
        return ContractFile.load(bytes).contract?.id == id
      }
      return isUser ? Job(path: path, masking: job.validation.masking) : nil
    }
  }
}
