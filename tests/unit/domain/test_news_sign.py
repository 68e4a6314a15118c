"""What gives news its sign, and that nothing else does."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.news_sign import SIGNS, LateSigns, news_signs

pytestmark = pytest.mark.rule("S3")

FRAME = pd.DataFrame(
    {"event_type": ["model_release", "earnings_miss", "policy"], "sentiment": [np.nan, 0.5, np.nan],
     "weight": [1.0, math.nan, -0.5]}
)  # fmt: skip
OF_TYPE = {"model_release": 1.0, "earnings_miss": -1.0}


def test_each_word_has_its_values_and_what_is_not_known_is_nan() -> None:
    found = {sign: news_signs(FRAME, sign, OF_TYPE).tolist() for sign in SIGNS}
    np.testing.assert_array_equal(found["sentiment"], [np.nan, 0.5, np.nan])
    np.testing.assert_array_equal(found["type"], [1.0, -1.0, np.nan])
    np.testing.assert_array_equal(found["effect"], [1.0, np.nan, -0.5])
    assert (found["one"], found["short"]) == ([1.0] * 3, [-1.0] * 3)
    assert news_signs(FRAME.drop(columns="weight"), "effect", OF_TYPE).tolist() == [1.0] * 3  # events have no weight


def test_another_word_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="one of sentiment, type, one, effect, short, not 'typ'; did you mean 'type'"):
        news_signs(FRAME, "typ", OF_TYPE)


def test_signs_of_types_are_read_when_somebody_asks_and_once() -> None:
    read: list[int] = []

    def signs() -> Mapping[str, float]:
        read.append(1)
        return OF_TYPE

    late = LateSigns(signs)
    news_signs(FRAME, "one", late)
    assert read == []
    assert (late["model_release"], late.get("policy"), len(late), sorted(late)) == (1.0, None, 2, sorted(OF_TYPE))
    assert read == [1]
