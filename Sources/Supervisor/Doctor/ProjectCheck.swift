internal import Posix
internal import Wire

/// The project: its folder of state and runs, what is locked, what is installed.
struct ProjectCheck {
  private let project: String
  private let folders: PluginFolders

  init(project: String) {
    self.project = project
    folders = PluginFolders(project: project, environment: JobFile.processEnvironment)
  }

  func all() -> [DoctorCheck] {
    [FolderCheck.check("home", folders.home), permissions(), history()] + plugins()
  }

  /// What runs leave while they are under way holds secrets: it must be the owner's alone.
  private func permissions() -> DoctorCheck {
    let folder = "\(folders.home)/run"
    guard let mode = Paths.mode(folder) else {
      return DoctorCheck(.ok, "permissions", "no run has left private files")
    }
    guard mode & 0o077 == 0 else {
      return DoctorCheck(
        .fail,
        "permissions",
        "others can look into \(folder), where configurations lie while a run is under way",
        hint: "chmod 700 \(folder)"
      )
    }
    return DoctorCheck(.ok, "permissions", "\(folder) is its owner's alone")
  }

  private func history() -> DoctorCheck {
    do throws(Failure) {
      let rows = try RunIndex(home: folders.home).rows()
      let killed = rows.count { $0.status == "killed" }
      let shown = "\(rows.count) \(rows.count == 1 ? "run" : "runs")"
      guard killed > 0 else { return DoctorCheck(.ok, "history", shown) }
      return DoctorCheck(
        .warn,
        "history",
        "\(shown), \(killed) of them killed",
        hint: "Nothing is lost, the next run goes on; `dativo runs list --status killed`."
      )
    } catch {
      return DoctorCheck(.fail, "history", error.message, hint: error.hint)
    }
  }

  private func plugins() -> [DoctorCheck] {
    do throws(Failure) {
      let entries = try PluginLock.read(folders.lock).entries
      guard !entries.isEmpty else {
        return [DoctorCheck(.ok, "plugins", "dativo.lock names none")]
      }
      return entries.map { entry in
        let name = "\(entry.role.rawValue) \(entry.name)"
        let environment = PluginEnvironment(folders.environment(entry.name, entry.role))
        guard environment.holds(entry) else {
          return DoctorCheck(
            .warn,
            name,
            "what is locked (\(entry.package) \(entry.version)) is not installed",
            hint: "Run `dativo plugins install`."
          )
        }
        return DoctorCheck(.ok, name, "\(entry.package) \(entry.version)")
      }
    } catch {
      return [DoctorCheck(.fail, "plugins", error.message, hint: error.hint)]
    }
  }
}
