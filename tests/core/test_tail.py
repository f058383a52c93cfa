"""A file that is appended to, torn, cut and replaced is read as it stands, each line once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from qmlops.core.event import FILE, Note, StepDone, encode
from qmlops.core.tail import Lines, Tail

Act = tuple[str, int]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["append", "half", "rest", "mend", "cut", "rewrite", "replace", "copy", "delete", "look"]),
        st.integers(0, 900),
    ),
    max_size=40,
)


class Writer:
    """What happens to a file. No two lines are equal, as events hold the moment of their writing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.pending = b""

    def line(self, size: int) -> bytes:
        self.count += 1
        return (f"{self.count:06}" * 150)[: 6 + size].encode() + b"\n"

    def content(self) -> bytes:
        return self.path.read_bytes() if self.path.exists() else b""

    def append(self, size: int) -> None:
        with self.path.open("ab") as file:
            file.write(self.pending + self.line(size))
        self.pending = b""

    def half(self, size: int) -> None:
        self.rest(size)
        line = self.line(size)
        with self.path.open("ab") as file:
            file.write(line[: len(line) // 2])
        self.pending = line[len(line) // 2 :]

    def rest(self, size: int) -> None:
        with self.path.open("ab") as file:
            file.write(self.pending)
        self.pending = b""

    def mend(self, size: int) -> None:
        """As a resumed run: what is torn is dropped."""
        content = self.content()
        self.rewrite_as(content[: content.rfind(b"\n") + 1])

    def cut(self, size: int) -> None:
        content = self.content()
        self.rewrite_as(content[: len(content) * size // 900])

    def rewrite(self, size: int) -> None:
        """In place, with other lines, as long as before or not."""
        self.rewrite_as(b"".join(self.line(size) for _ in range(size % 5)))

    def replace(self, size: int) -> None:
        beside = self.path.with_suffix(".new")
        beside.write_bytes(b"".join(self.line(size) for _ in range(size % 5)))
        os.replace(beside, self.path)
        self.pending = b""

    def copy(self, size: int) -> None:
        """Another file with the same bytes, as a synchronised folder has."""
        beside = self.path.with_suffix(".new")
        beside.write_bytes(self.content())
        os.replace(beside, self.path)

    def delete(self, size: int) -> None:
        self.path.unlink(missing_ok=True)
        self.pending = b""

    def rewrite_as(self, content: bytes) -> None:
        self.path.write_bytes(content)
        self.pending = b""


@settings(max_examples=300, deadline=None)
@given(ACTS, st.integers(1, 700))
def test_what_was_read_since_the_last_restart_is_the_whole_lines_of_the_file(acts: list[Act], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder, "lines"))
        lines, restarts, found = Lines(writer.path), 0, list[bytes]()

        def look() -> None:
            nonlocal restarts, found
            fresh = lines.read(limit)
            if lines.restarts != restarts:
                restarts, found = lines.restarts, []
            found += fresh

        def caught_up() -> None:
            look()
            while lines.behind:
                look()

        for name, size in acts:
            act: Callable[[int], None] = (lambda size: look()) if name == "look" else getattr(writer, name)
            act(size)
        caught_up()
        if writer.path.exists():
            assert found == writer.content().split(b"\n")[:-1]
        writer.append(1)
        caught_up()
        assert found == writer.content().split(b"\n")[:-1]


def test_a_file_that_is_only_appended_to_is_never_read_from_the_start_again(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "lines")
    found = list[bytes]()
    content = b"".join(b"%d %s\n" % (number, b"x" * (number % 200)) for number in range(300))
    with lines.path.open("ab", buffering=0) as file:
        for start in range(0, len(content), 77):
            file.write(content[start : start + 77])
            found += lines.read()
    assert found == content.split(b"\n")[:-1] and lines.restarts == 0


def test_a_line_that_is_too_long_hides_no_other(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "lines", longest=100)
    lines.path.write_bytes(b"first\n" + b"x" * 1000 + b"\nlast\n")
    found = lines.read(50)
    while lines.behind:
        found += lines.read(50)
    assert found[0] == b"first" and found[-1] == b"last" and lines.restarts == 0


def test_one_look_at_a_large_file_reads_no_more_than_its_limit(tmp_path: Path) -> None:
    lines = Lines(tmp_path / "lines")
    lines.path.write_bytes(b"0123456789abcde\n" * (1 << 19))
    assert len(b"\n".join(lines.read(1 << 18))) < 1 << 18
    assert lines.behind and lines.position == 1 << 18


def test_events_of_later_versions_and_noise_are_passed_over(tmp_path: Path) -> None:
    known = [encode(StepDone(1, {"loss": 0.5}), 1.0), encode(Note("text"), 0.5)]
    odd = [
        *(b"\n", b"null\n", b"[]\n", b"7\n", b'"text"\n', b"\x00\x00\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"),
        b'{"event":"Teleported","time":1.0}\n',
        b'{"event":"Note","time":1.0,"text":"a","later":1}\n',
        b'{"event":"Note","time":' + b"9" * 400 + b',"text":"a"}\n',
        b'{"event":"StepDone","time":1.0,"step":1,"metrics":[1]}\n',
        b'{"event":["Note"],"time":1.0,"text":"a"}\n',
    ]
    (tmp_path / FILE).write_bytes(known[0] + b"".join(odd) + known[1])
    assert [stamped.event for stamped in Tail(tmp_path).read()] == [StepDone(1, {"loss": 0.5}), Note("text")]


def test_a_folder_that_is_not_there_has_no_events(tmp_path: Path) -> None:
    assert Tail(tmp_path / "gone").read() == []
