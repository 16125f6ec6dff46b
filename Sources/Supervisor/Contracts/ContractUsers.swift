internal import Contracts
internal import Posix

/// Who uses a contract, within a project.
package enum ContractUsers {
  /// The job files at or below a folder that name a contract of that id, by their paths.
  package static func jobs(of id: String, below folder: String) -> [String] {
    var linter = Linter()
    linter.lint(folder)
    return linter.files.filter { $0.kind == .job }.map(\.path).filter { path in
      guard let root = YAMLFile.read(path).root,
        let job = JobFile(path, root, environment: [:], allowsMissing: true).job
      else { return false }
      return job.contractFiles().paths.contains { file in
        guard let bytes = try? Files.read(file) else { return false }
        return ContractFile.load(bytes).contract?.id == id
      }
    }
  }
}
