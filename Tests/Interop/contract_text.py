"""The head of a contract, once."""


def head(version="v3.1.0", top=""):
    """All that a contract must say before its objects; `top` is what else it says, in whole lines."""
    required = f"apiVersion: {version}\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n"
    return f"{required}{top}schema:\n"
