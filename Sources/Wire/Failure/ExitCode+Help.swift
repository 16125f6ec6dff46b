extension ExitCode {
  /// The section that ends every `--help`.
  public static let help = """
    EXIT STATUS
      0    done: all input was read, all output written and synced
      64   the command line is wrong
      65   the data break the protocol or the contract
      69   a remote service is unavailable
      70   a bug
      74   local input or output failed (disk full, no permission)
      75   someone else holds what is needed: try later
      77   credentials were refused
      78   the configuration is wrong
      130  interrupted by SIGINT after a clean drain
      141  the reader of the output went away
      143  ended by SIGTERM after a clean drain
    """
}
