import ArgumentParser
import JSON
import Supervisor
import Wire

extension StateCommand {
  struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lock",
      abstract: "Keep runs of the job away until it is unlocked.",
      discussion: """
        Runs and replays exit with 75 and say who locked the job, when and why; `dativo run --wait` \
        waits. A run that is under way is not touched, and the verbs that change the state still \
        do.
        """
    )

    @OptionGroup var options: Options

    @Option(name: .long, help: "Why; runs that are kept away say it.")
    var reason = "locked by hand"

    func run() throws {
      try Answer.give("state lock", json: options.json) {
        let (job, found) = try Job.load(options.job)
        var warnings = found
        let lock = try Home.store(job).lock
        let running = lock.holder
        let person = LockOwner(reason)
        try lock.keepAway(person)
        if case .busy(let owner)? = running {
          let who = owner.map { ": \($0.text)" } ?? ""
          warnings.append(Finding(.warning, "a run is under way and goes on\(who)"))
        }
        let text = "\(job.pipeline) is locked: \(reason)"
        return Answer(["locked": person.json], text: text, warnings: warnings)
      }
    }
  }

  struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "unlock",
      abstract: "Let runs of the job come again.",
      discussion: """
        It takes off what `state lock` put on. The lock of a run is free when its process ends, \
        however it ends.
        """
    )

    @OptionGroup var options: Options

    func run() throws {
      try Answer.give("state unlock", json: options.json) {
        let (job, found) = try Job.load(options.job)
        var warnings = found
        let lock = try Home.store(job).lock
        let person = lock.letCome()
        if case .busy(let owner?)? = lock.holder {
          warnings.append(
            Finding(
              .warning,
              "a process has the job's lock: \(owner.text)",
              hint: "It gives it back when it ends."
            )
          )
        }
        let was = person.map { " (was locked by \($0.user)@\($0.host): \($0.purpose))" }
        return Answer(
          ["unlocked": .bool(person != nil), "was": person?.json ?? .null],
          text: person == nil
            ? "\(job.pipeline) was not locked" : "\(job.pipeline) is unlocked\(was ?? "")",
          warnings: warnings
        )
      }
    }
  }
}
