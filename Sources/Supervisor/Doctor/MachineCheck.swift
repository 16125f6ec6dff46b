internal import Glibc
internal import Posix

/// The machine: kernel, memory, descriptors, a place for what is temporary.
enum MachineCheck {
  static func all() -> [DoctorCheck] { [system(), memory(), descriptors(), temporary()] }

  /// What the kernel calls itself, with the number of processors.
  static var description: String {
    let kernel = text("/proc/sys/kernel/osrelease")
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return "Linux \(kernel), \(count) \(count == 1 ? "processor" : "processors")"
  }

  private static func text(_ path: String) -> String {
    let bytes = (try? Files.read(path)) ?? []
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }

  private static func system() -> DoctorCheck {
    let parts = text("/proc/sys/kernel/osrelease").split(separator: ".").prefix(2).compactMap {
      Int($0)
    }
    // Processes are waited for by descriptors, which came with 5.3.
    guard parts.count == 2, (parts[0], parts[1]) >= (5, 3) else {
      return DoctorCheck(.fail, "system", description, hint: "Dativo needs Linux 5.3 or newer.")
    }
    return DoctorCheck(.ok, "system", description)
  }

  private static func memory() -> DoctorCheck {
    let lines = String(decoding: (try? Files.read("/proc/meminfo")) ?? [], as: UTF8.self)
      .split(separator: "\n")
    let words = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ") ?? []
    guard words.count > 1, let kibibytes = Double(words[1]) else {
      return DoctorCheck(.warn, "memory", "/proc/meminfo does not tell what is available")
    }
    let shown = "\(Figures.bytes(kibibytes * 1024)) available"
    guard kibibytes * 1024 < 256e6 else { return DoctorCheck(.ok, "memory", shown) }
    return DoctorCheck(
      .warn,
      "memory",
      shown,
      hint: "A stage that the kernel kills for want of memory ends a run: 137, or SIGKILL."
    )
  }

  private static func descriptors() -> DoctorCheck {
    let limit = sysconf(Int32(_SC_OPEN_MAX))
    let shown = limit < 0 ? "without a limit" : "\(limit) may be open"
    guard limit >= 0, limit < 256 else { return DoctorCheck(.ok, "descriptors", shown) }
    return DoctorCheck(.warn, "descriptors", shown, hint: "Run `ulimit -n 1024` first.")
  }

  private static func temporary() -> DoctorCheck {
    let folder = Environment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    return FolderCheck.check("temporary files", folder)
  }
}

/// Whether a folder can be written to, and how much room is left.
enum FolderCheck {
  private static let little = 1e9

  /// A folder that is not there yet stands for the nearest one above it.
  static func check(_ name: String, _ folder: String) -> DoctorCheck {
    var place = folder
    while !Paths.exists(place), place != "/" { place = Files.folder(of: place) }
    let probe = "\(place)/.dativo-probe.\(RunName.make())"
    do throws(PosixError) {
      try Files.write(probe, [])
    } catch {
      return DoctorCheck(
        .fail,
        name,
        "\(place) cannot be written to: \(error.reason)",
        hint: "Check who may write there."
      )
    }
    Files.remove(probe)
    var status = statvfs()
    // SAFETY: the status is written to a variable of this call.
    guard unsafe statvfs(place, &status) == 0 else {
      return DoctorCheck(.ok, name, "\(place) can be written to")
    }
    let free = Double(status.f_bavail) * Double(status.f_frsize)
    let shown =
      "\(folder) can be \(place == folder ? "written to" : "made"), "
      + "\(Figures.bytes(free)) free"
    guard free < little else { return DoctorCheck(.ok, name, shown) }
    return DoctorCheck(.warn, name, shown, hint: "Make room: a full disk ends runs.")
  }
}
