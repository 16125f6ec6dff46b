"""Completion scripts complete, manual pages render, and both say what --help says."""
import subprocess

import pytest

from conftest import BIN, run


def complete(folder, *words):
    """What bash offers for the last of these words."""
    (folder / "script").write_text(run("dativo", "completions", "bash").out)
    typed = " ".join(f"'{word}'" for word in words)
    text = f"""
        source ./script
        COMP_WORDS=({typed}) COMP_CWORD={len(words) - 1}
        COMP_LINE="${{COMP_WORDS[*]}}" COMP_POINT=${{#COMP_LINE}}
        _dativo dativo '{words[-1]}' '{words[-2]}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", text], cwd=folder, capture_output=True, text=True, timeout=60,
        env={"PATH": f"{BIN}:/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def test_bash_completes(tmp_path):
    assert {"run", "runs"} <= set(complete(tmp_path, "dativo", "ru"))
    assert "rollback" in complete(tmp_path, "dativo", "state", "ro")
    assert "--full-refresh" in complete(tmp_path, "dativo", "run", "--full")
    assert set(complete(tmp_path, "dativo", "completions", "")) >= {"bash", "zsh", "fish"}


@pytest.mark.parametrize("shell, sign", [("zsh", "#compdef dativo"), ("fish", "complete -c 'dativo'")])
def test_other_shells_have_their_script(shell, sign):
    done = run("dativo", "completions", shell)
    assert done.code == 0 and sign in done.out
    assert run("dativo", "completions", "csh").code == 64


def commands(*words):
    """The commands below one, as its help lists them."""
    text = run("dativo", *words, "--help").out
    if "SUBCOMMANDS:" not in text:
        return []
    names = []
    for line in text.split("SUBCOMMANDS:")[1].splitlines():
        if line.startswith("  ") and line[2:3].strip():
            names.append(line.split()[0].rstrip(","))
    return [name for name in names if name not in ("help", "See")]


def test_there_is_a_page_for_every_command(tmp_path):
    done = run("dativo", "man", "--output", tmp_path / "man")
    assert done.code == 0, done
    expected = {"dativo.1"}
    for first in commands():
        expected.add(f"dativo-{first}.1")
        expected |= {f"dativo-{first}-{second}.1" for second in commands(first)}
    assert {path.name for path in (tmp_path / "man").iterdir()} == expected
    page = (tmp_path / "man/dativo-run.1").read_text()
    assert page == run("dativo", "man", "run").out
    for words in (".Sh NAME", ".Sh SYNOPSIS", ".Sh EXIT STATUS", ".It Fl \\-full-refresh"):
        assert words in page, words


def test_pages_render_without_a_warning(tmp_path):
    run("dativo", "man", "--output", tmp_path)
    for path in sorted(tmp_path.glob("*.1")):
        done = subprocess.run(
            ["groff", "-mdoc", "-Tutf8", "-ww", "-P-c", path], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0 and done.stderr == "", (path.name, done.stderr)
    text = subprocess.run(
        ["groff", "-mdoc", "-Tascii", "-P-cbou", tmp_path / "dativo-run.1"], capture_output=True, text=True
    ).stdout
    flat = " ".join(text.split())
    assert "dativo run" in flat and "--full-refresh" in flat and "EXIT STATUS" in flat


def test_a_page_that_is_not_there_is_told():
    done = run("dativo", "man", "runn")
    assert done.code == 64 and "dativo-run" in done.err
