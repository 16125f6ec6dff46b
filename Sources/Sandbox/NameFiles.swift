/// The files by which names are looked up inside a network of its own: nobody is asked but us.
enum NameFiles {
  static let contents: [(place: String, text: String)] = [
    ("/etc/hosts", "127.0.0.1 localhost plugin\n"),
    ("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:5 attempts:1\n"),
    ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
  ]

  /// Who the plugin is, inside bubblewrap.
  static let users: [(place: String, text: String)] = [
    ("/etc/passwd", "plugin:x:65534:65534::/tmp:/bin/sh\n"),
    ("/etc/group", "plugin:x:65534:\n"),
  ]
}
