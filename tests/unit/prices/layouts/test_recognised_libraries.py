"""Frames of price libraries in every form in which they are saved, read without a map; refused where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

import library_frames as frames
from library_frames import FORMS, frame_of
from newsbt.errors import DataError

ENDINGS = (".csv", ".parquet", ".xlsx")


def test_every_kept_frame_is_read_here() -> None:
    assert sorted(path.stem for path in frames.KEPT.glob("*.parquet")) == sorted(FORMS)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", FORMS)
def test_a_frame_as_it_is_saved_by_default(tmp_path: Path, name: str, ending: str) -> None:
    form = FORMS[name]
    path = tmp_path / f"{form.stem}{ending}"
    frames.saved(frame_of(name), path)
    table = frames.read(path, **form.options)
    frames.agrees(table, form)
    assert all(words in frames.said(table) for words in form.words)


@pytest.mark.parametrize("name", [name for name in FORMS if not FORMS[name].has_index])
def test_a_frame_saved_without_the_numbers_of_its_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{FORMS[name].stem}.csv"
    frames.saved(frame_of(name), path, index=False)
    frames.agrees(frames.read(path, **FORMS[name].options), FORMS[name])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("name", [name for name in FORMS if FORMS[name].has_index])
def test_a_frame_saved_without_its_days_is_refused(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / f"{FORMS[name].stem}{ending}"
    frames.saved(frame_of(name), path, index=False)
    with pytest.raises(DataError, match=r":1: expected a column of days.*Save it with the index"):
        frames.read(path, **FORMS[name].options)


@pytest.mark.parametrize("name", FORMS)
def test_the_frame_itself(name: str) -> None:
    frames.agrees(frames.read_frame(frame_of(name), FORMS[name]), FORMS[name])


def refused(name: str, one: str, other: str) -> DataError:
    """How a frame is refused whose two headings have changed places."""
    frame = frame_of(name)
    names = {one: other, other: one}
    swapped = frame.rename(columns=names) if frame.columns.nlevels == 1 else frame.rename(columns=names, level="Price")
    with pytest.raises(DataError) as caught:
        frames.read_frame(swapped, FORMS[name])
    return caught.value


WORDS = {
    "open": ("Open", "open", "开盘", "o"), "high": ("High", "high", "最高", "h"), "low": ("Low", "low", "最低", "l"),
    "volume": ("Volume", "volume", "vol", "成交量", "v"), "amount": ("amount", "成交额"),
}  # fmt: skip


def written(name: str, kind: str) -> str:
    """How a frame heads a column of a kind, empty where it has none."""
    columns = frame_of(name).columns
    have = columns.get_level_values("Price") if columns.nlevels == 2 else columns
    return next((word for word in WORDS[kind] if word in have), "")


OWN = [name for name, form in FORMS.items() if not form.words]  # heads as newsbt's own: rows are refused one by one


@pytest.mark.parametrize("pair", [("high", "low"), ("open", "volume")])
@pytest.mark.parametrize("name", FORMS)
def test_two_headings_swapped_are_named(name: str, pair: tuple[str, str]) -> None:
    one, other = sorted(written(name, kind) for kind in pair)
    error = refused(name, one, other)
    where = error.problems[0].file, error.problems[0].line
    assert where[0].startswith("prices (DataFrame)") and where[1] in range(-1, 61)
    if name in OWN:
        assert "is below low" in str(error) or "lies outside low" in str(error)
    else:
        assert f"{one} and {other} look swapped" in str(error) or f"{other} and {one} look swapped" in str(error)


@pytest.mark.parametrize("name", [name for name in FORMS if written(name, "amount")])
def test_a_unit_that_the_amount_contradicts_is_asked_for(name: str) -> None:
    frame = frame_of(name).copy()
    column = written(name, "volume")
    frame[column] = frame[column].apply(lambda cell: str(float(cell) * 100) if cell not in ("", None) else cell)
    if "index" in name:
        assert "volume of an index" in frames.said(frames.read_frame(frame, FORMS[name]))
        return
    with pytest.raises(DataError, match=r"amount / \(volume x price\).*`volume_unit: 1`"):
        frames.read_frame(frame, FORMS[name])


@pytest.mark.parametrize("name", FORMS)
def test_a_unit_that_nobody_knows_is_asked_for(name: str) -> None:
    column = written(name, "volume")
    strange = frame_of(name).rename(columns={column: f"{column} (bushels)"})
    with pytest.raises(DataError, match=r"states 'bushels'.*volume_unit"):
        frames.read_frame(strange, FORMS[name])
