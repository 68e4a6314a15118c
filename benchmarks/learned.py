"""`python -m benchmarks.learned`: how long a trained labeller takes to load beside newsbt, and headlines a second.

The model is made of random numbers of the shape that `newsbt events train` writes: what it says does not matter here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.headlines_real.texts import read_unlabelled, texts_folder
from newsbt.domain.text_spans import NewsText
from newsbt.events.labelling.hashed_ngrams import BITS, LONGEST
from newsbt.events.labelling.learned import Learned
from newsbt.events.labelling.learned_model import FORMAT, LearnedModel

CLASSES = ["capex_plan", "earnings_guidance", "export_control", "model_release", "none", "partnership", "policy", "x"]
LOAD = """
import sys, time
import newsbt
from newsbt.events.labelling.rule_labeller import Rules
Rules().labelling(None)
began = time.perf_counter()
from newsbt.events.labelling.learned import Learned
Learned(model=sys.argv[1]).labelling(None)
print(time.perf_counter() - began)
"""


def main() -> None:
    random = np.random.default_rng(7)
    weights, bias = random.normal(0.0, 1.0, (1 << BITS, len(CLASSES))), np.zeros(len(CLASSES))
    bias[CLASSES.index("none")] = 1.0  # about a third announce something, as news does not
    card = {
        "format": FORMAT, "made_by": "random", "cutoff": None, "classes": CLASSES, "longest": LONGEST, "bits": BITS,
        "threshold": 0.8, "inverse_penalty": 1.0, "rows": {}, "cross_validation": {}, "labels": "", "arrays": "",
    }  # fmt: skip
    at = datetime(2025, 3, 6, tzinfo=UTC)
    headlines = [one.text for one in read_unlabelled(texts_folder())]
    texts = [NewsText.of(" ".join(one.split()), published_at=at) for one in headlines]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        LearnedModel(card=card, weights=weights, bias=bias).write(path)  # type: ignore[arg-type]
        loads = [
            float(subprocess.run([sys.executable, "-c", LOAD, str(path)], capture_output=True, check=True).stdout)
            for _ in range(5)
        ]
        labelling = Learned(model=path).labelling(None)
        labelling.label(texts[:100])
        began, cpu = time.perf_counter(), time.process_time()
        found = [one for k in range(0, len(texts), 4096) for one in labelling.label(texts[k : k + 4096])]
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    events = sum(one.kind == "announcement" for one in found)
    print(f"loads in {min(loads):.3f} s beside newsbt and its rules (best of {len(loads)})")
    print(f"{len(texts):,} headlines, {events:,} of them events: {len(texts) / cpu:,.0f} a second of processor time,")
    print(f"{len(texts) / seconds:,.0f} a second by the clock")


if __name__ == "__main__":
    main()
