"""Files and mappings in, checked configs out; whatever is wrong comes with file and line, all in one go."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from newsbt.config.loading import LoadedConfig, from_mapping, load
from newsbt.domain.yaml_text import dump, read
from newsbt.errors import ConfigError, Problem

SMALL = """\
name: small
universe: {instruments: instruments.csv}
announcements:
  - {use: csv, path: news.csv}
prices: {use: csv, path: prices}
strategies:
  - name: Buy it
    use: rival_release
    params: {themes: [ai]}
    position: {hold: 3}
"""


def test_a_loaded_config_knows_where_it_is_from(small, write):
    path = write(small)
    loaded = load(path)
    assert (loaded.path, loaded.folder) == (path, path.parent)
    assert loaded.resolve("../data/x.csv") == path.parent / "../data/x.csv"
    assert loaded.resolve("/abs/x.csv") == Path("/abs/x.csv")
    assert loaded.line_of("name") == 1
    assert loaded.line_of("strategies[0].params.themes") == 9
    assert loaded.line_of(("strategies", 0, "params", "themes", 0)) == 9
    assert loaded.line_of(("prices", 0, "path")) == loaded.line_of("prices.path") == 5
    assert loaded.line_of("announcements[0]") == 4
    assert loaded.line_of("universe.relations") == 2  # not there: the block around it
    assert loaded.line_of("execution.costs") is None


def test_problems_of_components_carry_file_line_and_key(small, write):
    path = write(small)
    loaded = load(path, ["execution.costs.commission=x"])
    problem = loaded.problem("unknown_key", ("prices", 0, "path"), "no such parameter")
    assert (problem.file, problem.line, problem.key) == (str(path), 5, "prices.path")
    assert str(problem) == f"{path}:5: prices.path: no such parameter"
    of_override = loaded.problem("bad_value", "execution.costs.commission", "no such commission")
    assert (of_override.file, of_override.line) == (None, None)
    assert of_override.message == "no such commission (override 'execution.costs.commission=x')"


def test_all_errors_come_in_one_go_in_the_order_of_the_file(faults):
    found = faults("""\
nmae: x
universe: {instruments: 5, relatons: a}
announcements: [{use: csv}]
prices: {path: p}
cash: 5
execution:
  engine: compild
  latency: 5min
  latency: 3min
strategies:
  - name: A
    use: fade
    params: {token: "${NOT_SET}"}
    position: {weight: 1.5, hold: 0}
  - {name: A, use: fade}
period: {start: 2025-01-02, end: 2025-01-01}
""")
    assert [(p.line, p.key, p.code) for p in found] == [
        (1, "name", "missing_key"),
        (1, "nmae", "unknown_key"),
        (2, "universe.instruments", "wrong_type"),
        (2, "universe.relatons", "unknown_key"),
        (4, "prices.use", "missing_key"),
        (5, "cash", "unknown_key"),
        (7, "execution.engine", "bad_value"),
        (9, "execution.latency", "duplicate"),
        (13, "strategies[0].params.token", "unset_variable"),
        (14, "strategies[0].position.hold", "bad_value"),
        (14, "strategies[0].position.weight", "bad_value"),
        (15, "strategies[1].name", "duplicate"),
        (16, "period.start", "bad_value"),
    ]
    messages = {p.key: p.message for p in found}
    assert messages["nmae"] == "unknown key 'nmae'; did you mean 'name'?"
    assert messages["universe.relatons"] == "unknown key 'relatons'; did you mean 'relations'?"
    assert messages["cash"] == "unknown key 'cash'; did you mean 'account.cash'?"
    assert messages["execution.latency"] == "the key 'latency' is already on line 8; keep one of them"


def test_an_unknown_key_far_from_all_lists_what_there_is(small, faults):
    (problem,) = faults(f"{small}period: {{zzz: 1}}\n")
    assert problem.message == "unknown key 'zzz'; this block takes start, end"


UNREADABLE = [
    (b"", "empty_file", None),
    (b"# nothing\n", "empty_file", None),
    (b"---\n...\n", "empty_file", None),
    (b"- a\n- b\n", "wrong_type", 1),
    (b"\n\njust words\n", "wrong_type", 3),
    (b"name: a\nprices: {use: csv\nx: 1\n", "syntax", 3),
    (b"name: a\n\tprices: b\n", "syntax", 2),
    (b"name: a\nb: \x00\x01\x02\n", "syntax", 2),
    (b"name: a\nb: caf\xe9\n", "not_utf8", 2),
    ("name: a".encode("utf-16"), "not_utf8", 1),
    (b"PAR1\x15\x04\x15\xff\xfe\x00", "not_utf8", 1),
    (b"name: a\n---\nname: b\n", "syntax", 2),
    (b"name: !!python/object/apply:os.system [ls]\n", "syntax", 1),
    (b"name: a\nx: *nowhere\n", "syntax", 2),
    (b"name: a\nx: &x [*x]\n", "syntax", 2),
    (b"name: a\n? [1, 2]\n: 3\n", "syntax", 2),
    (b"x: " + b"[" * 100_000, "too_large", 1),
    (b"x: " + b"a" * 5_000_000, "too_large", None),
]


@pytest.mark.parametrize(("content", "code", "line"), UNREADABLE, ids=[repr(case[0][:24]) for case in UNREADABLE])
def test_files_that_are_no_config(faults, content, code, line):
    (problem,) = faults(content)
    assert (problem.code, problem.line) == (code, line)
    assert problem.file is not None and problem.file.endswith("config.yaml")


def test_tabs_get_a_hint(faults):
    assert "indent with spaces, not tabs" in faults("name: a\n\tprices: b\n")[0].message


def test_an_alias_bomb_is_stopped_before_it_unfolds(faults):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    (problem,) = faults("\n".join(lines))
    assert (problem.code, problem.line) == ("too_large", 5)


def test_missing_files_folders_and_unreadable_ones(tmp_path):
    (tmp_path / "rival.yaml").write_text("name: a\n")
    cases = [
        (tmp_path / "rivall.yaml", "missing_file", "there is no such file; did you mean 'rival.yaml'?"),
        (tmp_path / "no" / "such.yaml", "missing_file", "there is no such file"),
        (tmp_path, "not_a_file", "expected a config file, but this is a folder"),
        (Path("a\0b"), None, None),
    ]
    for path, code, message in cases:
        with pytest.raises(ConfigError) as caught:
            load(path)
        (problem,) = caught.value.problems
        assert problem.file == str(path)
        assert code is None or (problem.code, problem.message) == (code, message)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(small, write):
    path = write(small)
    path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(path)


def test_bom_and_crlf_are_fine(small, write):
    content = b"\xef\xbb\xbf" + small.replace("\n", "\r\n").encode()
    loaded = load(write(content))
    assert loaded.config.name == "small" and loaded.line_of("prices") == 5


def test_anchors_and_merges(small, write):
    text = small.replace("position: {hold: 3}", "position: &p {hold: 3, weight: 0.1}")
    text += "  - {name: B, use: fade, position: {<<: *p, hold: 4}}\n"
    loaded = load(write(text))
    assert [(s.position.hold, s.position.weight) for s in loaded.config.strategies] == [(3, 0.1), (4, 0.1)]
    assert loaded.line_of("strategies[1].position.hold") == 11
    assert loaded.line_of("strategies[1].position.weight") == 10
    assert "&" not in dump(loaded.document)


def test_secrets_are_filled_in_but_never_written(small, write):
    text = small.replace("path: prices", "path: prices, token: '${TOKEN}', url: 'https://${HOST}/x'")
    loaded = load(write(text), environ={"TOKEN": "s3cret", "HOST": "example.org"})
    assert loaded.config.prices[0].params == {"path": "prices", "token": "s3cret", "url": "https://example.org/x"}
    assert loaded.document["prices"][0]["token"] == "${TOKEN}"
    assert "s3cret" not in dump(loaded.document) and "s3cret" not in repr(loaded.document)
    nested = text.replace("token: '${TOKEN}'", "params: {token: '${TOKEN}'}")
    loaded = load(write(nested), environ={"TOKEN": "s3cret", "HOST": "example.org"})
    assert loaded.config.prices[0].params["token"] == "s3cret" and "s3cret" not in dump(loaded.document)


def test_a_secret_is_not_quoted_in_an_error(small, write):
    text = small + "account: {cash: '${TOKEN}'}\nexecution: {engine: '${TOKEN}'}\n"
    with pytest.raises(ConfigError) as caught:
        load(write(text), environ={"TOKEN": "s3cret"})
    assert len(caught.value.problems) == 2
    assert "s3cret" not in str(caught.value) and "${TOKEN}" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key", "code"),
    [
        ("path: prices", "path: '${NOPE}'", "prices.path", "unset_variable"),
        ("path: prices", "path: '${}'", "prices.path", "bad_value"),
        ("path: prices", "path: '${A B}'", "prices.path", "bad_value"),
        ("path: prices", "path: '${OPEN'", "prices.path", "bad_value"),
        ("name: small", "name: '${HOME}'", "name", "bad_value"),
        ("name: Buy it", "name: '${HOME}'", "strategies[0].name", "bad_value"),
    ],
)
def test_variables_that_cannot_be_filled_in(small, faults, old, new, key, code):
    (problem,) = faults(small.replace(old, new))
    assert (problem.key, problem.code) == (key, code) and problem.line is not None


def test_the_document_is_whole_and_loads_to_the_same_config(small, write):
    text = small.replace(
        "[ai]", "['no', '1e6', '0700', '2024-01-01', 'true', '', '~', ' x', 'a: b', '#c', 'é\\n😀', '<<']"
    )
    text += "execution: {slippage: {use: zero}, latency: 90s}\nperiod: {start: 2024-02-29}\n"
    loaded = load(write(text))
    assert loaded.document["execution"]["slippage"] == {"use": "zero"}
    assert loaded.document["execution"]["participation"] == 0.1
    assert loaded.document["prices"] == [
        {"use": "csv", "columns": {}, "volume_unit": None, "stamp": None, "adjusted": None, "on_bad_row": "error",
         "path": "prices"}
    ]  # fmt: skip
    again = load(write(dump(loaded.document)))
    assert again.config == loaded.config and again.document == loaded.document
    assert dump(again.document) == dump(loaded.document)


def test_from_mapping_takes_python_values(tmp_path):
    marker = object()
    loaded = from_mapping(
        {
            "name": "small",
            "universe": {"instruments": tmp_path / "i.csv"},
            "announcements": ({"use": "frame", "frame": marker},),
            "prices": {"use": "csv"},
            "account": {"cash": np.float64(5.0)},
            "evaluation": {"placebo": np.int64(3)},
            "strategies": [{"name": "A", "use": "fade"}],
        },
        tmp_path,
        [("strategies.A.position.hold", 7)],
    )
    assert loaded.config.universe.instruments == str(tmp_path / "i.csv")
    assert loaded.config.announcements[0].params["frame"] is marker
    assert loaded.document["announcements"][0]["frame"] == "<object>"
    assert (loaded.config.account.cash, loaded.config.evaluation.placebo.draws) == (5.0, 3)
    assert loaded.config.strategies[0].position.hold == 7
    assert (loaded.path, loaded.folder, loaded.line_of("name")) == (None, tmp_path, None)


def test_from_mapping_names_what_is_wrong():
    for bad in (None, [1], "name: a"):
        with pytest.raises(ConfigError, match="expected a mapping"):
            from_mapping(bad)  # type: ignore[arg-type]
    looped: dict[str, object] = {}
    looped["x"] = looped
    with pytest.raises(ConfigError, match="nested deeper"):
        from_mapping(looped)
    with pytest.raises(ConfigError) as caught:
        from_mapping({"name": 5})
    assert {(p.file, p.line) for p in caught.value.problems} == {(None, None)}


def loads_or_says_why(attempt: Callable[[], LoadedConfig]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        loaded = attempt()
    except ConfigError as error:
        loaded, problems = None, error.problems
    assert (loaded is None) == bool(problems)
    assert all(problem.code and problem.message for problem in problems)
    if loaded is not None:
        assert from_mapping(loaded.document, environ={}).config.name == loaded.config.name


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_config_or_a_config_error(write, content):
    loads_or_says_why(lambda: load(write(content), environ={}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
    | st.sampled_from(["csv", "${X}", "benchmark", "5min", 10**400]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["use", "params", "name", "hold", "position", "grid", "x"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
KEYS = ("name", "universe", "announcements", "prices", "fx", "period", "account", "execution", "benchmark",
        "strategies", "baselines", "evaluation", "output", "sweep")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(mapping=st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), VALUES, max_size=6))
def test_any_mapping_is_a_config_or_a_config_error(mapping):
    base = read(SMALL)[0]
    assert base is not None
    loads_or_says_why(lambda: from_mapping(mapping, environ={}))
    loads_or_says_why(lambda: from_mapping(base.plain() | mapping, environ={}))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_config_is_a_config_or_a_config_error(write, data):
    raw = bytearray(SMALL.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(raw) - 1))
        raw[index : index + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b":", b"{", b"[", b"&a ", b"*a ", b"\n", b"-", b"'", b"\xff", b"null", b"<<: ", b"!!x "])
        )
    loads_or_says_why(lambda: load(write(bytes(raw)), environ={}))


@pytest.mark.parametrize(
    ("value", "written"), [("", None), (", splits: null", None), (", splits: in_prices", "in_prices")]
)
def test_a_key_younger_than_a_trial_is_written_only_where_it_is_set(small, write, value, written):
    """Otherwise every config would be another trial than the one it was."""
    plain = load(write(small)).document
    loaded = load(write(small.replace("path: prices", f"path: prices{value}")))
    (prices,) = loaded.document["prices"]
    assert (prices.get("splits"), "splits" in prices) == (written, written is not None)
    assert (loaded.document == plain) == (written is None) and loaded.config.prices[0].splits == written
