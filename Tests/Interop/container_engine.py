"""A container engine with a store of its own, with images made of a shell and the scripts beside this."""
import pathlib
import shutil
import subprocess

import pytest

from conftest import run

SOURCE = "localhost/dativo/source-nums:1"
DESTINATION = "localhost/dativo/destination-lines:1"
SCRIPTS = {SOURCE: "container_source.sh", DESTINATION: "container_destination.sh"}


@pytest.fixture(scope="module")
def podman(tmp_path_factory):
    """The variables that lead to it."""
    folder = tmp_path_factory.mktemp("podman")
    (folder / "containers.conf").write_text(
        '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n'
        '[engine]\ncgroup_manager = "cgroupfs"\nruntime = "runc"\nevents_logger = "file"\n'
    )
    store = f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/storage"\nrunroot = "{folder}/run"\n'
    (folder / "storage.conf").write_text(store)
    env = {"CONTAINERS_CONF": f"{folder}/containers.conf", "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf"}
    root = folder / "root"
    for name in ("bin", "dev", "proc", "sys", "tmp", "etc"):
        (root / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    for name in ("sh", "sed", "awk", "id", "tr", "cat", "sleep", "nc", "df"):
        (root / "bin" / name).symlink_to("busybox")
    for image, script in SCRIPTS.items():
        shutil.copy(pathlib.Path(__file__).with_name(script), root / "connector.sh")
        (root / "connector.sh").chmod(0o755)
        archive = subprocess.run(["tar", "-C", root, "-cf", "-", "."], check=True, capture_output=True).stdout
        change = ["-c", 'ENTRYPOINT ["/connector.sh"]', "-c", "ENV PATH=/bin"]
        made = run("podman", "import", "-q", *change, "-", image, stdin=archive, env=env)
        assert made.code == 0, made
    yield env
    run("podman", "rm", "-f", "-a", "-t", "0", env=env)
    run("podman", "system", "reset", "-f", env=env)


def containers(env):
    """The names of all containers, also of those that have ended."""
    return run("podman", "ps", "-a", "--format", "{{.Names}}", env=env).out.split()
