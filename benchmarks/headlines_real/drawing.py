"""Which headlines are read and labelled: a seeded random draw within strata that no extractor had a say in.

    python -m benchmarks.headlines_real.drawing        # the drawn rows, as the file of labels begins

A stratum is the kind of source and the first family of cue words in the headline (:data:`CUES`, wide on purpose: most
of what has a cue announces nothing). `SIZES` says how many rows are drawn of each; a row stands for as many headlines
as its stratum has, divided by the rows drawn. A row's rank is a hash of the seed and its id: the draw depends neither
on the order of the file nor on what else is in it.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from benchmarks.headlines_real.texts import Headline, read_unlabelled, texts_folder

__all__ = ["CUES", "SEED", "SIZES", "cue_of", "draw", "rank", "stratum_of"]

SEED = "newsbt headlines, second drawing"

GROUPS = {
    "ainews26": "tech",
    "tc23": "tech",
    "alphav24": "wire",
    "finnhub25": "wire",
    "semeval": "wire",
    "yahoo2017": "yahoo",
    "yahoo2018": "yahoo",
    "yahoo2019": "yahoo",
    "yahoo2020": "yahoo",
    "hextra25": "hextra",
    "juya26": "juya",
    "zhstock": "zhstock",
}

_ENGLISH = {
    "results": r"earnings|revenues?|profits?|outlook|forecasts?|guidance|quarter(?:ly)?|sales|results|dividends?",
    "state": r"bans?|banned|regulat\w+|rules?|tariffs?|sanctions?|antitrust|export\w*|executive order|lawmakers?|senate"
    r"|congress|fda|ftc|fcc|sec|eu|fed|white house|government|policy",
    "deal": r"acqui\w+|partner\w*|deals?|invest\w*|stakes?|merger?|merges?|buys?|agreement|joins?|teams? up|contract"
    r"|supply",
    "capex": r"data ?cent(?:er|re)s?|factor(?:y|ies)|plants?|build\w*|spend\w*|billion|capacity",
    "release": r"launch\w*|releas\w*|introduc\w*|unveil\w*|announc\w*|debut\w*|rolls? out|rolling out|open[- ]?sourc\w*"
    r"|available|now|new|brings?|gets?|adds?|adding|can|lets?|update\w*|models?",
}
_CHINESE = {
    "results": "净利|营收|预增|预亏|业绩|预告|财报|季报|年报|亏损|扭亏|同比",
    "state": "监管|出口|禁令|关税|反垄断|工信部|商务部|证监会|国务院|发改委|白宫|欧盟|政府",
    "deal": "收购|合作|并购|投资|入股|联手|签署|签订|协议|中标|增资|认购|战略|合资|融资",
    "capex": "数据中心|算力|建设|投建|亿元|亿美元|产能|项目",
    "release": "发布|推出|上线|开源|更新|升级|新增|支持|开放|发售|引入|公布|模型",
}
CUES = {name: re.compile(rf"\b(?:{_ENGLISH[name]})\b|{_CHINESE[name]}", re.IGNORECASE) for name in _ENGLISH}

_FAMILIES = (*CUES, "none")
SIZES: Mapping[str, int] = {
    f"{group}:{family}": size
    for group, sizes in {
        "tech": (3, 12, 14, 8, 32, 16),
        "wire": (12, 4, 12, 3, 8, 7),
        "yahoo": (8, 8, 10, 5, 14, 9),
        "juya": (2, 3, 14, 6, 48, 10),
        "hextra": (1, 1, 5, 6, 16, 6),
        "zhstock": (18, 4, 18, 6, 1, 10),
    }.items()
    for family, size in zip(_FAMILIES, sizes, strict=True)
}


def cue_of(text: str) -> str:
    """The first family of cue words that a headline has, or ``none``."""
    return next((name for name, cue in CUES.items() if cue.search(text)), "none")


def stratum_of(headline: Headline) -> str:
    return f"{GROUPS[headline.source]}:{cue_of(headline.text)}"


def rank(seed: str, key: str) -> bytes:
    """Where a key stands in the random order of a seed."""
    return hashlib.sha256(f"{seed}\n{key}".encode()).digest()


def draw(
    headlines: Iterable[Headline], sizes: Mapping[str, int] = SIZES, seed: str = SEED
) -> Iterator[tuple[Headline, str, float]]:
    """Headline, stratum and weight of the rows drawn, in a random order over all strata."""
    strata: dict[str, list[Headline]] = defaultdict(list)
    for headline in headlines:
        strata[stratum_of(headline)].append(headline)
    drawn = []
    for stratum, members in strata.items():
        chosen = sorted(members, key=lambda one: rank(seed, one.id))[: sizes.get(stratum, 0)]
        drawn += [(one, stratum, len(members) / len(chosen)) for one in chosen]
    yield from sorted(drawn, key=lambda row: rank(seed, row[0].id))


def main() -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "event_type", "issuer", "stratum", "weight"))
    for headline, stratum, weight in draw(read_unlabelled(texts_folder())):
        writer.writerow((headline.id, "", "", stratum, f"{weight:.3f}"))


if __name__ == "__main__":
    main()
