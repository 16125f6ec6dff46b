internal import Children
internal import Posix

extension Pipeline {
  private static let pipeSize = 1 << 20

  /// Starts every stage, or none: those that run when one fails are killed.
  package static func start(
    _ plan: Plan,
    environment: [String: String]
  ) throws(StartFailure) -> Pipeline {
    let warden = Warden()
    var input = try nothing()
    let proof = try pipe()
    var stages: [Stage] = []
    var targetInput: Descriptor?
    for stage in plan.stages {
      let output = try pipe(size: pipeSize)
      let started = try Stage.start(
        stage,
        folder: plan.folder,
        environment: environment,
        input: input.raw,
        output: output.writing.raw,
        verdict: stage.awaitsVerdict ? proof.reading.raw : nil
      )
      warden?.watch(started.pid)
      stages.append(started)
      // Our own ends close here: a stage must see the end of its input, and a broken pipe. That of
      // a foreign target closes when the target has ended.
      var next = output.keepReading()
      swap(&input, &next)
      if stage.role == .target, !stage.awaitsVerdict { targetInput = consume next }
    }
    let hasVerdict = plan.stages.last?.awaitsVerdict == true
    let verdict = hasVerdict ? proof.keepWriting().release() : nil
    return Pipeline(plan, stages, Source(input), targetInput, verdict: verdict, warden)
  }

  private static func nothing() throws(StartFailure) -> Descriptor {
    do throws(PosixError) {
      return try Descriptor(opening: "/dev/null")
    } catch {
      throw .system(error)
    }
  }

  static func pipe(size: Int? = nil) throws(StartFailure) -> Pipe {
    do throws(PosixError) {
      return try Pipe(size: size)
    } catch {
      throw .system(error)
    }
  }
}
