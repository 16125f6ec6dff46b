internal import CLinux
internal import Glibc

/// Touches an open file every few seconds, as a sign of life, on a thread of its own.
@safe
package final class Heartbeat {
  /// What the thread needs.
  private final class Beat: Sendable {
    let raw: Int32
    let stop: Descriptor
    let milliseconds: Int32

    init(_ raw: Int32, _ stop: consuming Descriptor, milliseconds: Int32) {
      self.raw = raw
      self.stop = stop
      self.milliseconds = milliseconds
    }

    func run() {
      // Without times it is now.
      repeat { _ = futimens(raw, nil) } while !isOver
    }

    /// Whether the end came within one interval.
    private var isOver: Bool {
      guard let ready = try? Poll.readable([stop.raw], milliseconds: milliseconds) else {
        return true
      }
      return !ready.isEmpty
    }
  }

  private var thread = pthread_t()
  /// Its closing ends the thread.
  private var end: Int32?

  /// Begins; `raw` must stay open until `stop`, or to the end of the process.
  package init(_ raw: Int32, seconds: Int32) throws(PosixError) {
    let pipe = try Pipe()
    let copy = clinux_fcntl(pipe.writing.raw, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw PosixError("dup") }
    let beat = Beat(raw, pipe.keepReading(), milliseconds: seconds * 1000)
    // SAFETY: the thread holds its context until it ends. It is born with every signal blocked, so
    // that signals go to the threads that expect them.
    let context = unsafe Unmanaged.passRetained(beat)
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    let code = unsafe pthread_create(
      &thread,
      nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Beat>.fromOpaque(context).takeRetainedValue().run()
        return nil
      },
      context.toOpaque()
    )
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      unsafe context.release()
      close(copy)
      throw PosixError("pthread_create", code: code)
    }
    end = copy
  }

  /// Ends the thread and waits for that.
  package func stop() {
    guard let raw = end else { return }
    end = nil
    close(raw)
    pthread_join(thread, nil)
  }
}
