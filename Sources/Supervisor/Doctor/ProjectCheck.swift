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
    // run/TENANT/JOB/RUN
    let open = (0..<3).reduce(["\(folders.home)/run"]) { folders, _ in
      folders.flatMap { folder in Paths.names(in: folder).map { "\(folder)/\($0)" } }
    }.filter { Paths.isFolder($0) && (Paths.mode($0) ?? 0) & 0o077 != 0 }
    guard let folder = open.first else {
      return DoctorCheck(.ok, "permissions", "nobody else can look into what runs are given")
    }
    return DoctorCheck(
      .fail,
      "permissions",
      "others can look into \(folder), where configurations with secrets lie",
      hint: "chmod 700 \(folder)"
    )
  }

  private func history() -> DoctorCheck {
    do throws(Failure) {
      let rows = try RunIndex(home: folders.home).rows()
      let killed = rows.count { $0.status == "killed" }
      let shown = Figures.things(rows.count, "run")
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
