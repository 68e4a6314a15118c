"""Readers of what a user brings beside the tables of a run: overrides, labels, models, names, an item of news."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fuzz.samples import ARTICLE, CONFIG, PLAIN
from fuzz.target import DATA, KNOWN, Target, both, instruments, small_universe

if TYPE_CHECKING:
    from newsbt.events.extraction.extract import Extractor
    from newsbt.events.labelling.learned_model import ModelCard

__all__ = ["OWN_TARGETS"]

NOW = datetime(2025, 7, 5, 12, tzinfo=UTC)


SETS = (
    "account.cash=1e6", "strategies.0.position.hold=[1, 3]", "strategies[1].use=fade", "period.end=2025-03-01",
    "prices.0.on_bad_row=error", "baselines=[]", "announcements={use: jsonl, path: announcements.csv}",
    "execution.costs.use=flat", "execution.costs.bps=5", "benchmark=null", "strategies.Buy.params.themes=[a]",
    "fx.rates.USDHKD=7.7",
)  # fmt: skip


def _overrides(path: Path) -> object:
    """Lines as `--set` is given them, one by one and together."""
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.errors import NewsbtError

    for name in ("instruments.csv", "relations.csv", "announcements.csv", "prices.csv"):
        (path.parent / name).touch()
    config = path.parent / "c.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    lines = path.read_bytes().decode("utf-8", "surrogateescape").split("\n")[:12]
    for some in (lines[:1], lines):
        with suppress(NewsbtError):
            assemble(load(config, some, environ={}))
    return None


@cache
def _labelled() -> Sequence[bytes]:
    """Headlines of four kinds, enough to train on."""
    kinds = {"model_release": "Alibaba releases Qwen", "partnership": "Tencent and Baidu join forces over Hunyuan",
             "none": "Shares were mixed on Thursday, said", "earnings|none": "阿里巴巴第三季度净利润增长"}  # fmt: skip
    rows = [
        {
            "headline": f"{text} {k}", "event_type": kind, "published_at": f"2025-01-{1 + k % 28:02}T08:00:00+08:00",
            "weight": 1 + k % 3,
        }
        for k in range(18) for kind, text in kinds.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.to_csv(index=False).encode(), frame[["headline", "event_type"]].to_csv(index=False).encode()


def _training(path: Path) -> object:
    """The labels, and for every 64th file what is trained on them."""
    from newsbt.events.labelling.learned_model import LearnedModel
    from newsbt.events.labelling.training import read_training_labels, train

    found = read_training_labels(path)
    if hashlib.sha256(path.read_bytes()).digest()[0] % 64:
        return found
    model = train(found.rows, digest=found.digest, penalties=(3.0,), thresholds=(0.5,))
    model.write(path.with_suffix(".npz"))
    return LearnedModel.read(path.with_suffix(".npz")).probabilities(["Alibaba releases Qwen", ""])


@cache
def _trained() -> tuple[bytes, ModelCard]:
    from newsbt.events.labelling.learned_model import BITS, FORMAT, LONGEST

    out = io.BytesIO()
    weights = np.zeros((1 << BITS, 2), dtype=np.float32)
    np.savez_compressed(out, weights=weights, bias=np.zeros(2, dtype=np.float32))
    return out.getvalue(), {
        "format": FORMAT, "made_by": "hand", "cutoff": "2024-12-31", "classes": ["earnings", "none"],
        "longest": LONGEST, "bits": BITS, "threshold": 0.5, "inverse_penalty": 1.0,
        "rows": {"none": 3, **{f"earnings_{k}": k for k in range(12)}},
        "cross_validation": {"precision_of_type": 0.9, "recall_of_type": None,
                             **{f"precision_of_earnings_{k}": k / 12 for k in range(12)}}, "labels": "ab",
        "arrays": hashlib.sha256(out.getvalue()).hexdigest(),
    }  # fmt: skip


def _learned(model: Path) -> object:
    """A model and what it says of itself and of texts."""
    from newsbt.domain.text_spans import NewsText
    from newsbt.events.labelling.learned import Learned

    labeller = Learned(model=model)
    texts = [NewsText.of("Alibaba releases Qwen", "", published_at=NOW), NewsText.of("", "x", published_at=NOW)]
    return labeller.cutoff, labeller.made_by, labeller.fingerprint, labeller.labelling(instruments()).label(texts)


def _archive(path: Path) -> object:
    """With a card that names this very archive, so that it is opened."""
    from newsbt.events.labelling.learned_model import card_path

    card = {**_trained()[1], "arrays": hashlib.sha256(path.read_bytes()).hexdigest()}
    card_path(path).write_text(json.dumps(card), encoding="utf-8")
    return _learned(path)


def _card(path: Path) -> object:
    path.with_suffix(".npz").write_bytes(_trained()[0])
    return _learned(path.with_suffix(".npz"))


ITEM = json.dumps({"event_type": "model_release", "issuer": "Alibaba", "published_at": "2025-03-06T03:00:00+08:00",
                   "headline": "Qwen3", "tickers": ["9988.HK"], "sentiment": 0.5, "rivals": "OpenAI"})  # fmt: skip
WIRE = json.dumps({"title": "Alibaba releases Qwen3", "published": "2025-03-06T03:00:00+08:00",
                   "content": "An <b>open</b> model.",
                   "received_at": "2025-03-06T03:05:00+08:00", "url": "https://a.b/c", "source": "Wire"})  # fmt: skip


@cache
def _rules() -> Extractor:
    from newsbt.events.extraction.extract import Extractor

    return Extractor(instruments())


def _explained(path: Path) -> object:
    """What `newsbt explain` reads, from a file and from its input."""
    from newsbt.errors import NewsbtError
    from newsbt.events.extraction.published import instant
    from newsbt.explain.explained_item import read_item, text_item

    rules = _rules()
    published = instant("2025-03-06T03:00:00+08:00", "--published")
    found: list[object] = []
    for work in (
        lambda: read_item(path, instruments(), reading=rules),
        lambda: text_item(
            path.read_bytes().decode("utf-8", "replace"), instruments(), published=published, reading=rules
        ),
    ):
        with suppress(NewsbtError):
            found.append(work())
    return found


def _instruments() -> bytes:
    lines = (DATA / "universe" / "instruments.csv").read_bytes().splitlines(keepends=True)
    return b"".join([*lines[:12], *(line for line in lines[12:] if line.startswith((b"^HSTECH", b"3033.HK")))])


def _names(path: Path) -> object:
    """Names of an article from a table of instruments; then the table with names that news use."""
    from newsbt.domain.made_names import MadeName
    from newsbt.errors import NewsbtError
    from newsbt.events.from_articles import ArticleAnnouncements
    from newsbt.linking.named_table import with_names
    from newsbt.linking.universe_tables import read_universe

    article = path.parent / "a.txt"
    article.write_text(PLAIN, encoding="utf-8")
    with suppress(NewsbtError):
        ArticleAnnouncements(path=article, aliases=path).read(KNOWN)
    universe = read_universe(path, on_bad_row="skip")
    made = [MadeName(name="Ali", company=one.company_name, why="") for one in universe.instruments[:2]]
    return with_names(path, path.parent / "out.csv", universe, made)


def _status(path: Path, policy: str) -> object:
    from newsbt.linking.universe_tables import read_universe

    return read_universe(small_universe() / "instruments.csv", None, None, path, on_bad_row=policy)


STATUS = (
    b"ticker,status,from,to\n0700.HK,st,2024-01-02,2024-03-01\n9988.HK,ST,,2024-05-01\n0700.HK,suspended,2024-06-01,\n"
)
FORMER = 'source,ticker,id,name\nsec,BABA,1577552,Alibaba\nhkexnews,0700.HK,7,\ncninfo,600519.SH,"600519,gssh",茅台\n'
FACTORS = b"date,mkt,smb\n2025-01-02,0.01,-0.002\n2025-01-03,1e-3,0\n2025-01-06,-.02,0.5\n"
PROMPT = b"Say what is announced, one of {types}, in JSON."
NOTICE = "These prices are simulated.\nNothing follows.\n"


def _former(path: Path) -> object:
    from newsbt.disclosures.known_companies import FormerIds

    return FormerIds.read(path).of("sec")


def _factors(path: Path) -> object:
    from newsbt.cli.study import _read_factors

    return _read_factors(path)


def _prompt(path: Path) -> object:
    from newsbt.events.labelling.llm_question import ModelQuestion

    question = ModelQuestion.of("m", ("earnings",), path, "json_schema", 100)
    return question.digest, question.body("text", ("answer", "wrong"))


def _notice(path: Path) -> object:
    from newsbt.steps.prepare import _notices

    return _notices([path.parent / "prices.csv"])


_MODEL = ("events/labelling/learned_model.py", "events/labelling/learned.py")
OWN_TARGETS: Mapping[str, Target] = {
    "overrides": Target(
        "sets.txt", lambda: ["\n".join((*SETS[k:], *SETS[:k])).encode() for k in range(len(SETS))], _overrides,
        ("config/overrides.py", "config/loading.py", "assembly.py"),
    ),
    "training labels": Target("l.csv", _labelled, _training, ("events/labelling/training.py",)),
    "model archive": Target("m.npz", lambda: _trained()[0], _archive, _MODEL),
    "model card": Target("m.json", lambda: json.dumps(_trained()[1]).encode(), _card, _MODEL),
    "explained item": Target(
        "a.json", lambda: [ITEM.encode(), WIRE.encode(), ARTICLE.encode(), PLAIN.encode()], _explained,
        ("explain/explained_item.py", "events/extraction/article_reading.py", "events/extraction/published.py"),
    ),
    "table of names": Target(
        "instruments.csv", _instruments, _names,
        ("linking/named_table.py", "events/from_articles.py"),
    ),
    "universe status": Target("status.csv", lambda: STATUS, both(_status), ("linking/universe_tables.py",)),
    "former ids": Target("former.csv", FORMER.encode, _former, ("disclosures/known_companies.py",)),
    "factors": Target("factors.csv", lambda: FACTORS, _factors, ("cli/study.py",)),
    "prompt": Target("prompt.md", lambda: PROMPT, _prompt, ("events/labelling/llm_question.py",)),
    "notice": Target("NOTICE.txt", NOTICE.encode, _notice, ("steps/prepare.py",)),
}  # fmt: skip
