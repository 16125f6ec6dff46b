/// The texts of a new project.
enum Template {
  static func job(tenant: String, name: String, data: String, keys: [String]) -> String {
    let list = keys.map(YAMLText.quoted).joined(separator: ", ")
    return """
      # yaml-language-server: $schema=.dativo/schemas/job.schema.json
      apiVersion: dativo/v1
      kind: Job
      tenant: \(YAMLText.quoted(tenant))
      name: \(YAMLText.quoted(name))

      source:
        tap: csv
        config:
          files:
            - path: \(YAMLText.quoted(data))
              stream: \(YAMLText.quoted(name))
              # A later run reads files that are new or have changed.
              replication: modified
      \(keys.isEmpty ? "" : "        keys: [\(list)]\n")
      contracts:
        - contracts/\(name).odcs.yaml

      validation:
        # strict: the first violation ends the run. warn: violations are counted, the records pass.
        # quarantine: bad records go to a file of their own, the rest flows.
        mode: strict

      target:
        target: parquet
        config:
          destination: out

      """
  }

  static func readme(_ name: String) -> String {
    """
    # \(name)

    | what | where |
    |---|---|
    | what is moved, and where to | `job.yaml` |
    | what the records must be like | `contracts/\(name).odcs.yaml` |
    | the table, as Parquet files | `out/\(name)/` |
    | state, run records, quarantine | `.dativo/` |

        dativo lint             # check the files
        dativo check job.yaml   # try what a run needs
        dativo plan job.yaml    # show what a run would do
        dativo run job.yaml     # run; again later: what is new or has changed

    """
  }

  static let ignored = """
    .dativo/*
    !.dativo/schemas/
    out/

    """

  static let sample = """
    order_id,customer,email,amount,currency,status,ordered_on,shipped_at
    1001,Ada Lovelace,ada@example.org,129.90,EUR,shipped,2026-11-02,2026-11-03T09:15:00Z
    1002,Grace Hopper,grace@example.org,15.00,USD,shipped,2026-11-02,2026-11-04T16:40:00Z
    1003,"Turing, Alan",alan@example.org,249.50,GBP,paid,2026-11-05,
    1004,Katherine Johnson,,8.25,USD,new,2026-11-09,
    1005,Hedy Lamarr,hedy@example.org,1020.00,EUR,shipped,2026-11-10,2026-11-12T07:05:30Z
    1006,Søren Kierkegaard,soren@example.org,64.00,DKK,cancelled,2026-11-12,
    1007,Mary Jackson,mary@example.org,39.99,USD,paid,2026-11-14,
    1008,Emmy Noether,emmy@example.org,310.00,EUR,new,2026-11-15,

    """
}
