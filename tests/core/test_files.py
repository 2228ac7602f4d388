from __future__ import annotations

import os
import stat

import pytest

from netroute.core.errors import InputError
from netroute.core.files import require_writable, write_atomic


def test_writes_text_and_bytes(tmp_path):
    write_atomic(tmp_path / "a", "é\n")
    assert (tmp_path / "a").read_bytes() == "é\n".encode()
    write_atomic(str(tmp_path / "a"), b"\x00")
    assert (tmp_path / "a").read_bytes() == b"\x00"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_mode_follows_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path, monkeypatch):
    target = tmp_path / "a"
    target.write_text("old")

    def full(self, other):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(InputError, match="a: cannot be written: No space left on device"):
        write_atomic(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_links_are_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_atomic(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "x"


def test_devices_and_pipes_are_written_to_and_not_replaced(tmp_path):
    write_atomic("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - Path.stat is the same
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomic(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_what_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for path, message in (
        (tmp_path, "is a directory"),
        (tmp_path / "no" / "a", "folder .*no does not exist"),
        (tmp_path / "file" / "a", "folder .*file does not exist"),
        (tmp_path / ("x" * 400), "cannot be written: "),
    ):
        with pytest.raises(InputError, match=message):
            require_writable(path)
        with pytest.raises(InputError, match=message):
            write_atomic(path, "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_write_protected(tmp_path):
    (tmp_path / "a").write_text("")
    (tmp_path / "a").chmod(0o400)
    with pytest.raises(InputError, match="permission denied"):
        write_atomic(tmp_path / "a", "x")
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="permission denied"):
        write_atomic(tmp_path / "b", "x")
    tmp_path.chmod(0o700)
