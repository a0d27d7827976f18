"""Which ffmpeg is used, and that one which lacks something is refused before any work."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sizzle import process
from sizzle.ffmpeg_abilities import QUESTIONS, FfmpegError, check, read_build
from tests.old_ffmpeg import write_old


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An old ffmpeg, first on PATH."""
    program = write_old(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(process.VARIABLE, raising=False)
    return program


def test_the_packaged_ffmpeg_is_used_whatever_is_on_path(old: Path) -> None:
    """The pinned one of imageio-ffmpeg; the one on PATH is not even asked."""
    path = process.ffmpeg()
    assert "imageio_ffmpeg" in path
    process.run([path, "-version"], timeout=60)
    assert not old.with_name("ffmpeg.used").exists()


@pytest.mark.parametrize("by_path", [False, True], ids=["name on PATH", "path"])
def test_an_old_ffmpeg_is_refused(
    by_path: bool, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says where it is, what it lacks and how to use another one."""
    monkeypatch.setenv(process.VARIABLE, str(old) if by_path else "ffmpeg")
    with pytest.raises(FfmpegError) as caught:
        process.ffmpeg()
    assert caught.value.where == str(old)
    for words in ("ffmpeg 4.4.2", "version 5.1 or newer", "option -fps_mode"):
        assert words in caught.value.what
    assert f"unset {process.VARIABLE}" in caught.value.fix


def test_a_command_refuses_an_old_ffmpeg_without_a_traceback(old: Path, tmp_path: Path) -> None:
    """Exit code 2, and one sentence on standard error."""
    ended = subprocess.run(
        [sys.executable, "-c", "from sizzle.cli import main; main()", "demo", "--out", "d"],
        cwd=tmp_path,
        env={**os.environ, process.VARIABLE: str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "4.4.2" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("program", "says"),
    [("no-such-ffmpeg", "no such program"), ("false", "abilities cannot be listed")],
)
def test_what_is_no_ffmpeg_is_refused(
    program: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not exist, or answers no question."""
    monkeypatch.setenv(process.VARIABLE, program)
    with pytest.raises(FfmpegError, match=says):
        process.ffmpeg()


def test_an_ffmpeg_is_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And again only where its file was replaced."""
    program = tmp_path / "ffmpeg"
    packaged = process.ffmpeg()
    program.write_text(f'#!/bin/sh\nexec {packaged} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv(process.VARIABLE, str(program))
    caplog.set_level(logging.INFO, "sizzle.process")
    for _ in range(3):
        assert process.ffmpeg() == str(program)
    assert len(caplog.records) == len(QUESTIONS)
    write_old(tmp_path)
    with pytest.raises(FfmpegError):
        process.ffmpeg()


@pytest.mark.parametrize(
    ("first_line", "is_new"),
    [
        ("ffmpeg version 7.0.2-static Copyright", True),
        ("ffmpeg version n9.0.2-17-g2a571b6068 Copyright", True),
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright", True),
        ("ffmpeg version 5.0.3 Copyright", False),
        ("ffmpeg version 4.2.2 Copyright", False),
        ("ffmpeg version N-118000-gabc\nlibavformat    61.  9.100 / 61.  9.100", True),
        ("ffmpeg version N-100000-gabc\nlibavformat    58. 60.100 / 58. 60.100", False),
        ("something else", False),
    ],
)
def test_versions(first_line: str, is_new: bool) -> None:
    """Releases by their number, builds between releases by that of libavformat."""
    build = read_build(dict.fromkeys(QUESTIONS, "") | {"version": first_line})
    assert ("version 5.1 or newer" not in build.missing) == is_new


def test_each_missing_ability_is_named() -> None:
    """An ffmpeg that lacks one encoder is refused for that encoder, and for nothing else."""
    path = process.ffmpeg()
    printed = {
        name: process.run([path, "-hide_banner", *question], timeout=60).decode()
        for name, question in QUESTIONS.items()
    }
    check(read_build(printed), path, "fix")
    printed["encoders"] = printed["encoders"].replace(" libx264 ", " libx999 ")
    with pytest.raises(FfmpegError, match=r"lacks: encoder libx264\."):
        check(read_build(printed), path, "fix")
