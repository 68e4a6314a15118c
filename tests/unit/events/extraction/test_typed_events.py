"""Who does what in a headline: the subject of its clause acts, known or not, and what is no event is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.news_item import NewsItem

AT = datetime(2025, 3, 6, 8, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def announced(extractor: Extractor, headline: str, body: str = "") -> tuple[str, str]:
    found = extractor.extract(NewsItem.of(headline, body, published_at=AT))
    return (found.event_type, found.issuer) if found.is_announcement else ("", "")


@pytest.mark.parametrize(
    ("headline", "event_type", "issuer"),
    [
        ("Brightvale unveils folding headphones", "product_launch", "Brightvale"),
        ("Chinese chipmaker Brightvale unveils AI accelerator", "product_launch", "Brightvale"),
        ("Brightvale's new app launches on phones", "product_launch", "Brightvale"),
        ("Brightvale, a maker of lamps, introduces its first phone", "product_launch", "Brightvale"),
        ("Brightvale — the lamp company — launches its own phones", "product_launch", "Brightvale"),
        ("After a slow year, Brightvale launches two tablets", "product_launch", "Brightvale"),
        ("Google Maps adds a mode for cyclists", "product_launch", "Google"),
        ("YouTube will let viewers hide comments", "product_launch", "Google"),
        ("The next update of Chrome adds a mode for maps", "product_launch", "Google"),
        ("Introducing GLM-9", "model_release", "Zhipu"),
        ("We're launching Gemini 3.5", "model_release", "Google"),
        ("Anthropic unveils Claude Cowork for tablets", "product_launch", "Anthropic"),
        ("Brightvale Acquires Northmoor for $40 Million", "partnership", "Brightvale"),
        ("Northmoor to be acquired by Brightvale", "partnership", "Brightvale"),
        ("Brightvale and Northmoor team up on batteries", "partnership", "Brightvale"),
        ("Brightvale Quarterly Sales Top Estimates", "earnings_guidance", "Brightvale"),
        ("Brightvale profit up 18%", "earnings_guidance", "Brightvale"),
        ("UPDATE 2-Brightvale cuts full-year forecast", "earnings_guidance", "Brightvale"),
        ("Tencent profit rose 12% last year", "earnings_guidance", "Tencent"),
        ("FTC opens antitrust probe of Brightvale", "policy", "Federal Trade Commission"),
        ("明途科技发布智能眼镜", "product_launch", "明途科技"),
        ("明途科技发布MT-3大模型", "model_release", "明途科技"),
        ("近日，明途科技正式推出桌面机器人", "product_launch", "明途科技"),
        ("明途科技：拟12.5亿元收购远川电子全部股权", "partnership", "明途科技"),
        ("明途科技：2024年净利同比增长12%", "earnings_guidance", "明途科技"),
        ("明途科技半年报净利增一成", "earnings_guidance", "明途科技"),
        ("腾讯去年净利润增长12%", "earnings_guidance", "Tencent"),
        ("明途科技拟20亿元投建数据中心项目", "capex_plan", "明途科技"),
        ("GPT-5.5 正式上线", "model_release", "OpenAI"),
    ],
)
def test_the_subject_of_the_clause_acts(headline: str, event_type: str, issuer: str, extractor: Extractor) -> None:
    assert announced(extractor, headline) == (event_type, issuer)


@pytest.mark.parametrize(
    "headline",
    [
        "Brightvale is not partnering with Northmoor",
        "Brightvale terminates deal to acquire Northmoor",
        "明途科技终止收购远川电子",
        "明途科技未与远川电子达成合作",
        "Former Google engineers launch a search startup",
        "The team behind Brightvale's lamps has opened a bakery app",
        "Apple investors buy into the rally",
        "Brightvale may launch a phone",
        "Should Brightvale launch a phone?",
        "明途科技控股股东拟减持2%股份",
        "Brightvale plans to launch a phone in 2027",
        "Google sets the date of its launch event",
    ],
)
def test_what_is_negated_ended_unsure_or_done_by_others_is_no_event(headline: str, extractor: Extractor) -> None:
    assert announced(extractor, headline) == ("", "")


def test_an_unknown_actor_is_never_replaced_by_a_known_name(extractor: Extractor) -> None:
    found = extractor.extract(NewsItem.of("Brightvale launches an app for iPhone", published_at=AT))
    assert (found.issuer, found.tickers) == ("Brightvale", ())


def test_a_claim_of_the_body_needs_the_headlines_company(extractor: Extractor) -> None:
    body = "Alibaba released Qwen3-Max on Thursday. Alibaba said Qwen3-Max is available now."
    assert announced(extractor, "Alibaba's new flagship", body) == ("model_release", "Alibaba")
    assert announced(extractor, "A quiet day for Brightvale", body) == ("", "")
