"""What comes from outside is bounded while it is read: by size, by ratio, by memory, and by being a file at all."""

from __future__ import annotations

import gzip
import os
import random
import socket
import threading
import zlib
from collections import deque
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.domain import input_files, memory
from newsbt.domain.input_files import kind_of, read_bytes, read_piped
from newsbt.domain.parquet_files import open_parquet, read_parquet
from newsbt.domain.size_limits import (
    LIMITS_MB,
    MB,
    TABLE,
    DamagedPackError,
    SizeLimit,
    TooLargeError,
    limit_of,
    unpacked,
)
from newsbt.domain.table_files import read_table
from newsbt.errors import ConfigError, DataError


def zeros_packed(form: str, size: int) -> bytes:
    """So many zero bytes as gzip or Zstandard, made a megabyte at a time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31) if form == "gz" else zstandard.ZstdCompressor(3).compressobj()
    return b"".join([*(packer.compress(bytes(MB)) for _ in range(size // MB)), packer.flush()])


def in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.binary(max_size=400), min_size=1, max_size=4),
    form=st.sampled_from(["plain", "gz", "zst"]),
    size=st.integers(1, 300),
)
def test_what_was_packed_comes_out_whole_in_whatever_pieces(parts: list[bytes], form: str, size: int) -> None:
    pack = {"plain": bytes, "gz": gzip.compress, "zst": zstandard.ZstdCompressor().compress}[form]
    content = b"x" + b"".join(parts)  # of plain bytes the first must be no mark of a packed file
    packed = pack(b"x") + b"".join(pack(part) for part in parts)  # several members or frames, one after the other
    assert b"".join(unpacked(in_pieces(packed, size), TABLE)) == content


@pytest.mark.parametrize("form", ["gz", "zst"])
def test_a_packed_file_cut_anywhere_is_damaged(form: str) -> None:
    content = random.Random(1).randbytes(3000)
    packed = gzip.compress(content) if form == "gz" else zstandard.ZstdCompressor().compress(content)
    for end in (*range(5, 60), len(packed) - 9, len(packed) - 1):
        with pytest.raises(DamagedPackError):
            list(unpacked([packed[:end]], TABLE))


@pytest.mark.parametrize("form", ["gz", "zst"])
def test_a_bomb_of_three_gigabytes_is_refused_by_its_ratio_at_once(tmp_path: Path, form: str) -> None:
    bomb = tmp_path / f"prices.csv.{form}"
    bomb.write_bytes(zeros_packed(form, 3 * 1024 * MB if form == "zst" else 300 * MB))
    with pytest.raises(DataError, match=rf"prices\.csv\.{form}: .*over 200 to 1"):
        read_bytes(bomb)
    pieces = iter(in_pieces(bomb.read_bytes(), 2048))
    with pytest.raises(TooLargeError, match="over 200 to 1"):
        deque(unpacked(pieces, TABLE), maxlen=0)
    assert len(list(pieces)) * 2048 > bomb.stat().st_size / 2, "pieces that were never looked at"


def test_a_bomb_behind_a_hundred_honest_megabytes_is_refused() -> None:
    noise = random.Random(2).randbytes(MB)
    honest = zstandard.ZstdCompressor(1).compress(noise)
    with pytest.raises(TooLargeError, match="over 200 to 1"):
        for _ in unpacked([*[honest] * 101, zeros_packed("zst", 200 * MB)], TABLE):
            pass


def test_small_files_may_be_packed_to_however_little(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(zeros_packed("gz", 4 * MB))
    assert len(read_bytes(file)) == 4 * MB


def test_a_limit_of_the_users_own_is_the_only_one(tmp_path: Path) -> None:
    file = tmp_path / "feed.json.gz"
    file.write_bytes(zeros_packed("gz", 20 * MB))
    with pytest.raises(DataError, match="over 200 to 1"):
        read_bytes(file, limit_of("feed"))
    assert len(read_bytes(file, limit_of("feed", 20))) == 20 * MB


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_limit_holds_for_what_is_unpacked(tmp_path: Path, pack: object) -> None:
    file = tmp_path / "map.yaml"
    file.write_bytes(pack(b"y" * 1001))  # type: ignore[operator]
    assert len(read_bytes(file, SizeLimit("map", 1001))) == 1001
    with pytest.raises(DataError, match=r"map\.yaml: it has more than the .* MB that are read of one map; max_"):
        read_bytes(file, SizeLimit("map", 1000))


def test_a_key_sets_a_limit_and_the_environment_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limit_of("map").most == LIMITS_MB["map"] * MB
    assert limit_of("map", 0.5).most == MB // 2
    monkeypatch.setenv("NEWSBT_MAX_MB", "100")
    assert limit_of("map").most == limit_of("map", 0.5).most == 100 * MB
    assert limit_of("feed").most == 512 * MB
    monkeypatch.setenv("NEWSBT_MAX_MB", "much")
    with pytest.raises(ConfigError, match="NEWSBT_MAX_MB is a number of megabytes above 0, not 'much'"):
        limit_of("map")


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), True])
def test_a_limit_is_a_number_above_zero(wrong: float) -> None:
    with pytest.raises(ValueError, match="max_mb is a number of megabytes above 0"):
        limit_of("feed", wrong)


def test_a_table_that_does_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n" + "b\n" * 200_000)
    monkeypatch.setattr(memory, "free_memory", lambda: memory.RESERVE_BYTES)
    with pytest.raises(DataError, match="does not fit into the memory that is left"):
        read_table(file)  # 32 MB as Python's lists, though 400 kB on disk


def a_device(folder: Path) -> Path:
    return Path("/dev/zero")


def a_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def a_socket(folder: Path) -> Path:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "s"))
    server.close()
    return folder / "s"


def a_link_to_a_device(folder: Path) -> Path:
    (folder / "link").symlink_to("/dev/null")
    return folder / "link"


@pytest.mark.parametrize(
    ("make", "kind"), [(a_device, "device"), (a_fifo, "FIFO"), (a_socket, "socket"), (a_link_to_a_device, "device")]
)
def test_what_is_no_file_is_not_opened(tmp_path: Path, make: object, kind: str) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    assert kind_of(path) == kind
    with pytest.raises(DataError, match=f"expected a file, this is a {kind}"):
        read_bytes(path)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a\0b"])
def test_a_name_no_file_can_have_is_an_error_of_our_own(name: str) -> None:
    with pytest.raises(DataError, match="there can be no such file") as caught:
        read_bytes(Path(name))
    assert len(str(caught.value)) < 600


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = a_fifo(tmp_path)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"news",))
    writer.start()
    assert read_piped(pipe, "pipe", limit_of("item")) == b"news"
    writer.join()


def test_a_pipe_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_files, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(DataError, match=r"no byte came for 0\.2 seconds"):
        read_piped(a_fifo(tmp_path), "pipe", limit_of("item"))


def test_a_pipe_without_end_is_given_up() -> None:
    with Path("/dev/zero").open("rb") as endless, pytest.raises(DataError, match="more than the 16 MB"):
        read_piped(endless.fileno(), "<stdin>", limit_of("item"))


def test_a_parquet_file_of_repeats_is_refused_by_its_ratio(tmp_path: Path) -> None:
    """120 kB of text in each of 20,000 rows are 2.4 GB, which a dictionary holds in 120 kB."""
    file = tmp_path / "a.parquet"
    words = pa.chunked_array([pa.array(["x" * 120_000] * 1000)] * 20)
    pq.write_table(pa.table({"body": words}), file, compression="zstd")
    assert file.stat().st_size < 2 * MB
    with pytest.raises(DataError, match=r"a\.parquet: .*over (200|1000) to 1"):
        read_parquet(file, open_parquet(file))


def test_a_column_of_numbers_is_refused_by_its_ratio_before_it_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"close": pa.repeat(1.5, 14_000_000)}), file, compression="zstd")
    with pytest.raises(DataError, match=r"a\.parquet: .*over (200|1000) to 1"):
        read_parquet(file, open_parquet(file), ["close"])


def test_texts_are_coded_as_they_come_whatever_a_file_lists(tmp_path: Path) -> None:
    """In the order of rows over all groups, without those that no row has, blanks left."""
    file = tmp_path / "a.parquet"
    groups = [["b", "a", None, "b"], ["a", "c", "a", "b"]]
    words = [
        pa.DictionaryArray.from_arrays(pa.array([3, 1, None, 3], pa.int32()), ["x", "a", "y", "b"]),
        pa.array(groups[1]).dictionary_encode(),
    ]
    table = pa.table({"ticker": pa.chunked_array(words)})
    with pq.ParquetWriter(file, pa.schema([("ticker", pa.string())])) as writer:
        for group in groups:
            writer.write_table(pa.table({"ticker": group}, schema=writer.schema))
    for kept in (file, tmp_path / "b.parquet"):
        if kept != file:
            pq.write_table(table, kept)
        (column,) = read_parquet(kept, open_parquet(kept), ["ticker"]).column("ticker").chunks
        assert column.dictionary.to_pylist() == ["b", "a", "c"] and column.to_pylist() == [*groups[0], *groups[1]]


@pytest.mark.parametrize(
    ("magic", "what"),
    [(b"\xfd7zXZ\0abc", "packed by xz"), (b"PK\x03\x04abc", "a zip archive"), (b"BZh91AY", "packed by bzip2"),
     (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "packed twice")],
)  # fmt: skip
def test_other_packings_are_named(tmp_path: Path, magic: bytes, what: str) -> None:
    file = tmp_path / "prices.csv.gz"
    file.write_bytes(magic)
    with pytest.raises(DataError, match=rf"prices\.csv\.gz: expected a text file, this is {what}"):
        read_table(file)
