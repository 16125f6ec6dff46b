import Supervisor
import Testing

@Suite struct TraceTests {
  private let text = """
    7 execve("/usr/bin/bwrap", ["bwrap"], 0x1 /* 0 vars */) = 0
    7 openat(AT_FDCWD, "/before", O_RDONLY) = 3
    8 execve("/p/tap", ["tap", "--config", "/c"], 0x1 /* 3 vars */) = 0
    8 openat(AT_FDCWD</p>, "rows.csv", O_RDONLY|O_CLOEXEC) = 3</p/rows.csv>
    8 openat(3</data>, "inner", O_RDONLY) = 4
    8 openat(AT_FDCWD</p>, "/etc/secret", O_RDONLY) = -1 ENOENT (No such file or directory)
    9 openat(AT_FDCWD, "/out/x", O_WRONLY|O_CREAT, 0666 <unfinished ...>
    8 execve("/usr/bin/git", ["git"], 0x1 /* 3 vars */) = -1 ENOENT (No such file or directory)
    9 <... openat resumed>) = 5</out/x>
    8 rename("/out/x", "/out/a\\"b") = 0
    8 execve("/bin/sh", ["sh"], 0x1 /* 3 vars */) = 0
    """

  @Test func onlyWhatTheProgramDidCounts() {
    let trace = Trace(text, of: "/p/tap", in: "/p")
    #expect(trace.reads == ["/p/rows.csv": true, "/data/inner": true, "/etc/secret": false])
    #expect(trace.writes == ["/out/x": true, "/out/a\"b": true])
    #expect(trace.programs == ["/p/tap", "/bin/sh"])
  }
}
