"""A labeller that is trained: what it keeps, that it needs nothing that trained it, and what it makes of texts."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from killed import killed_at
from newsbt.cli import main
from newsbt.domain.text_label import TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.errors import ConfigError, DataError
from newsbt.events.labelling import training
from newsbt.events.labelling.hashed_ngrams import BITS, LONGEST, bucket_shares
from newsbt.events.labelling.learned import Learned
from newsbt.events.labelling.learned_model import FORMAT, LearnedModel, ModelCard
from newsbt.events.labelling.training import LabelledHeadline, read_training_labels, train
from newsbt.testing import check_labeller

NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
COMPANIES = ("Alibaba", "Tencent", "OpenAI", "Baidu", "智谱", "Samsung")
ENDINGS = {
    "model_release": ("releases a new language model", "open-sources its latest model", "unveils a small model"),
    "earnings_guidance": ("posts record quarterly profit", "reports revenue up 12%", "cuts its profit outlook"),
    "none": ("shares rise in morning trade", "is a stock to watch", "explained in five charts"),
}


def headlines() -> list[LabelledHeadline]:
    return [
        LabelledHeadline(f"{name} {ending}", event_type, date(2025, 1, 1 + k))
        for event_type, endings in ENDINGS.items()
        for k, (name, ending) in enumerate(product(COMPANIES, endings))
    ]


def by_hand(*, threshold: float = 0.5) -> LearnedModel:
    """A model that takes the word profit for earnings."""
    weights, bias = np.zeros((1 << BITS, 2)), np.array([-1.0, 0.0])
    buckets, _ = bucket_shares(["profit"])
    plain, _ = bucket_shares(["Harbor grows"])
    weights[np.setdiff1d(buckets, plain), 0] = 5.0
    card: ModelCard = {
        "format": FORMAT, "made_by": "by hand", "cutoff": "2024-12-31", "classes": ["earnings", "none"],
        "longest": LONGEST, "bits": BITS, "threshold": threshold, "inverse_penalty": 1.0, "rows": {},
        "cross_validation": {}, "labels": "", "arrays": "",
    }  # fmt: skip
    return LearnedModel(card=card, weights=weights, bias=bias)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    by_hand().write(path)
    return path


def label(path: Path, headline: str, **params: float) -> TextLabel:
    (found,) = Learned(model=path, **params).labelling(None).label([NewsText.of(headline, published_at=NOW)])
    assert isinstance(found, TextLabel)
    return found


def test_texts_fall_into_the_same_buckets_alone_and_together_whatever_their_case() -> None:
    texts = ["Alibaba releases QwQ-32B", "阿里巴巴发布QwQ-32B", "", "x"]
    buckets, starts = bucket_shares(texts)
    for k, text in enumerate(texts):
        alone, ends = bucket_shares([text.upper().replace(" ", "  ")])
        assert ends.tolist() == [0, len(alone)]
        assert alone.tolist() == buckets[starts[k] : starts[k + 1]].tolist()
        assert len(set(alone.tolist())) == len(alone)
    assert buckets.min() >= 0 and buckets.max() < 1 << BITS
    # The hash may never change: models that were kept would mean something else.
    assert bucket_shares(["ab"])[0].tolist() == [974, 2519, 3776, 5105, 5691, 6264, 12246, 13143, 18184, 31585]


def test_a_model_is_fit_and_says_who_and_how_sure(model: Path) -> None:
    check_labeller(Learned(model=model))
    found = label(model, "Alibaba: profit up")
    assert (found.kind, found.event_type, found.issuer) == ("announcement", "earnings", "Alibaba")
    assert 0.5 < found.score <= 1.0
    assert found.evidence["issuer"][0].text == "Alibaba"
    assert label(model, "Alibaba grows").kind == "none"
    assert label(model, "Alibaba: profit up", threshold=0.999_999).kind == "none"
    assert label(model, "Nobody's profit is up").abstains  # whoever acts is not known
    assert label(model, "アリババ profit アリババの利益").abstains
    learned = Learned(model=model)
    assert (learned.cutoff, learned.made_by.startswith("by hand ")) == (date(2024, 12, 31), True)
    assert Learned(model=model, threshold=0.7).fingerprint != learned.fingerprint
    with pytest.raises(ValueError, match="between 0 and 1"):
        Learned(model=model, threshold=1.0)


def test_what_is_kept_is_numbers_and_a_card(model: Path) -> None:
    with zipfile.ZipFile(model) as archive:
        assert sorted(archive.namelist()) == ["bias.npy", "weights.npy"]
    with np.load(model, allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype for name in arrays} == {"weights": np.float32, "bias": np.float32}
    assert json.loads(model.with_suffix(".json").read_text())["classes"] == ["earnings", "none"]


def _card(model: Path, **changes: object) -> None:
    beside = model.with_suffix(".json")
    beside.write_text(json.dumps(json.loads(beside.read_text()) | changes), encoding="utf-8")


def _without(model: Path, name: str) -> None:
    beside = model.with_suffix(".json")
    card = json.loads(beside.read_text())
    del card[name]
    beside.write_text(json.dumps(card), encoding="utf-8")


class _Touches:
    """Whoever unpickles it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def _pickled(model: Path) -> None:
    touches = np.empty(1, dtype=object)
    touches[0] = _Touches(model.with_name("executed"))
    np.savez(model, weights=touches, bias=np.zeros(2), allow_pickle=True)


DAMAGE = {
    "no card": (lambda path: path.with_suffix(".json").unlink(), "model.json"),
    "no archive": (lambda path: path.unlink(), "model.npz"),
    "another archive": (lambda path: path.write_bytes(path.read_bytes() + b"x"), "not the one that model.json"),
    "another version": (lambda path: _card(path, format=2), "another version"),
    "fewer buckets": (lambda path: _card(path, bits=10), "another version"),
    "another class": (lambda path: _card(path, classes=["a", "b", "none"]), "of the shape"),
    "no class for nothing": (lambda path: _card(path, classes=["a", "b"]), "another version"),
    "a card of another kind": (lambda path: path.with_suffix(".json").write_text("[]"), "no card of a model"),
    "no day": (lambda path: _card(path, cutoff="soon"), "no card of a model"),
    "no word on who made it": (lambda path: _without(path, "made_by"), "no card of a model.*made_by"),
    "classes of numbers": (lambda path: _card(path, classes=["none", 5]), "no card of a model.*classes"),
    "a threshold beyond numbers": (lambda path: _card(path, threshold=10**400), "no card of a model.*threshold"),
    "a threshold of words": (lambda path: _card(path, threshold="high"), "no card of a model"),
}


def test_a_model_needs_the_name_of_a_file(model: Path) -> None:
    with pytest.raises(DataError, match="Is a directory"):
        LearnedModel.read(model).write(Path())


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_no_model_is_refused(name: str, model: Path) -> None:
    damage, message = DAMAGE[name]
    damage(model)
    with pytest.raises(DataError, match=message):
        Learned(model=model).labelling(None)


def test_a_model_is_exchanged_for_another_whenever_its_writer_is_killed(model: Path, tmp_path: Path) -> None:
    """Before its step on each file; afterwards it is one of the two, and the next training is that of the whole."""
    before = LearnedModel.read(model)
    other = replace(before, bias=before.bias + 1)
    for step in range(1, 100):
        copy = tmp_path / "copies" / f"{step}"
        shutil.copytree(model.parent, copy, ignore=shutil.ignore_patterns("copies"))
        path = copy / model.name
        was_killed = killed_at(step, copy, lambda path=path: other.write(path))
        found = LearnedModel.read(path)
        assert found.bias.tolist() in (before.bias.tolist(), other.bias.tolist())
        if not was_killed:
            break
        other.write(path)
        assert LearnedModel.read(path).bias.tolist() == other.bias.tolist()
        assert sorted(one.name for one in copy.iterdir()) == ["model.json", "model.npz"]
    assert step > 8


def test_nothing_of_an_archive_is_executed(model: Path) -> None:
    import hashlib

    for content in (pickle.dumps(print), b"PK\x03\x04 no archive", b""):
        model.write_bytes(content)
        _card(model, arrays=hashlib.sha256(content).hexdigest())
        with pytest.raises(DataError, match="no archive of a model"):
            LearnedModel.read(model)
    _pickled(model)
    _card(model, arrays=hashlib.sha256(model.read_bytes()).hexdigest())
    with pytest.raises(DataError, match="no archive of a model"):
        LearnedModel.read(model)
    assert not model.with_name("executed").exists()


def test_a_model_is_used_without_what_trained_it(model: Path) -> None:
    script = (
        "import sys; sys.modules['sklearn'] = None; sys.modules['scipy'] = None\n"
        "from newsbt.events.labelling.learned import Learned\n"
        "from newsbt.domain.text_spans import NewsText\n"
        "import datetime\n"
        "text = NewsText.of('Alibaba: profit up', published_at=datetime.datetime.now(datetime.UTC))\n"
        "print(Learned(model=sys.argv[1]).labelling(None).label([text])[0].event_type)\n"
    )
    asked = [sys.executable, "-W", "error", "-c", script, str(model)]
    assert subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip() == "earnings"


def write_labels(path: Path, extra: str = "") -> Path:
    rows = [f'"{one.text}",{one.event_type},{one.day}T00:00:00Z,2' for one in headlines()]
    text = "headline,event_type,published_at,weight\n" + "\n".join(rows) + "\n" + extra
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_are_read_as_their_readers_meant_them(tmp_path: Path) -> None:
    more = "A,model_release|none,,1\nB,rumour,,1\nC,policy|export_control,2026-02-01T00:00:00Z,\nD,none|other_event,,\n"
    read = read_training_labels(write_labels(tmp_path / "l.csv", more))
    assert (len(read.rows), read.undecided) == (len(headlines()) + 3, 1)
    assert [(one.text, one.event_type, one.weight) for one in read.rows[-3:]] == [
        ("B", "none", 1.0), ("C", "policy", 1.0), ("D", "none", 1.0),
    ]  # fmt: skip
    for bad, message in (("E,x,,-1\n", "weight above 0"), (",x,,1\n", "no headline"), ("E,x,soon,1\n", "isoformat")):
        with pytest.raises(DataError, match=message) as error:
            read_training_labels(write_labels(tmp_path / "l.csv", bad))
        assert error.value.problems[0].line == len(headlines()) + 2


def test_too_few_labels_train_nothing() -> None:
    with pytest.raises(DataError, match="50 labelled headlines or more"):
        train(headlines()[:20])
    with pytest.raises(DataError, match="some none"):
        train([one for one in headlines() if one.event_type != "none"] * 2)


def test_training_finds_what_the_labels_say_and_tells_how_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(training, "train", partial(train, penalties=(30.0,), thresholds=(0.5,)))
    labels, out = write_labels(tmp_path / "labels.csv"), tmp_path / "model.npz"
    assert main(["events", "train", str(labels), "--out", str(out), "--name", "mine", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["rows"], document["undecided"]) == (len(headlines()), 0)
    assert document["cross_validation"]["precision_of_type"] > 0.8
    card = json.loads((tmp_path / "model.json").read_text())
    assert (card["cutoff"], card["rows"]["none"], card["made_by"]) == ("2025-01-18", 18, "mine")
    assert not any(word in out.read_bytes() for word in (b"Alibaba", "智谱".encode(), b"profit"))
    assert not any(word in (tmp_path / "model.json").read_text() for word in ("Alibaba", "profit"))
    found = label(out, "Tencent posts record quarterly profit again")
    assert (found.event_type, found.issuer) == ("earnings_guidance", "Tencent")
    assert label(out, "Tencent shares rise in evening trade").kind == "none"
    assert main(["events", "train", str(labels), "--out", str(tmp_path / "model.json")]) != 0
    assert "its card ends in .json" in capsys.readouterr().err


def test_training_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    from newsbt.errors import UnsupportedError

    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'newsbt\[learn\]'"):
        train(headlines(), penalties=(1.0,), thresholds=(0.5,))


def test_a_config_needs_the_model(tmp_path: Path) -> None:
    from newsbt.assembly import assemble
    from newsbt.config.loading import load

    config = tmp_path / "c.yaml"
    config.write_text(
        "name: own\nuniverse: {instruments: i.csv}\nprices: {use: csv, path: p.csv}\nannouncements: []\n"
        "strategies: [{name: S, use: named_tickers}]\nlabeller: {use: learned}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="needs the parameter 'model'"):
        assemble(load(config), skip=("prices", "universe"))
