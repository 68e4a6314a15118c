"""What a clause's verb is about: the products behind it, or that anything is."""

from __future__ import annotations

import re

from newsbt.domain.folding import fold, is_han
from newsbt.events.extraction.clauses import REACH, Clause, ReadSentence, head_end, nouns_of
from newsbt.events.extraction.event_types import EventType
from newsbt.events.extraction.products import Product
from newsbt.events.extraction.stranger_names import Actor

__all__ = ["chinese_object", "english_object", "names_a_thing_of"]

_PREPOSITION = re.compile(
    r"\s(?:in|into|on|onto|for|at|of|from|with|over|out|up|off|back|as|by|than|and)\b", re.IGNORECASE
)
_ONE_OF = re.compile(r"\s(?:an?|\d[\d,]*|some|more|new|used|his|her|one|two)\s")
_ENDS = re.compile(
    r"\W*$|\s(?:and|&|-)\s|\s?[('\"“”]|\s\d"
)  # behind a noun that is what the verb is about, not part of it
_SORTS = frozenset(("series", "lineup", "line", "version", "edition", "update", "collection", "suite", "support"))
# A name with a number of parameters, in thousand millions: it is a model, whoever knows it.
_SIZED = re.compile(r"[A-Za-z][\w.+]*(?:[- ][\w.+]+){0,5}?[- ]\d{1,4}(?:\.\d+)?B(?![\w])")
# Behind the noun of a model: another thing that it is a part of, as in a page, the training or a cache of models.
_OF_A_MODEL = re.compile(
    r"\s?(?:的?(?:[A-Za-z][\w.-]*\s?)?(?:功能|后?训练|服务|平台|应用|选择|价格|能力|权限|配置|缓存|页面|路由|榜|广场|商店|市场|目录"
    r"|竞技场|网关|插件|工具|助手|评测|量化|压缩|微调|推理框架|接口|生态|社区|大赛|专利)|的?API)",
    re.IGNORECASE,
)
_DETERMINED = re.compile(
    r"\s(?:an?|its|their|the|new|first|own|another|more|\d+|two|three|four|free|paid|all-new|next|latest|long-awaited"
    r"|(?:us)?[$€£¥₹]\d[\d,.]*(?!\s?(?:[mb]n?|tn|k|million|billion|trillion|crore|lakh)\b))\s",
    re.IGNORECASE,
)
_SELLS = re.compile(r"\b(?:sells?|selling|sold|to supply|licenses?)$")
_NAME = re.compile(r"(?<![\w'])(?:[A-Z][\w.+-]*[\w+]|[a-z]+[A-Z]\w*)")
# What is announced by its noun: announces the general availability of X.
_RELEASE_OF = re.compile(
    r"\s(?:the |its |an? )?(?:[\w-]+ ){0,3}?"
    r"(?:launch|release|debut|availability|introduction|roll-?out|arrival|unveiling) of(?=\s)"
)
_DEBUTS = re.compile(r"\s+debut(?:s|ed)?")
_PUT_TO_USE = ("接入", "集成", "适配", "部署", "内置", "整合")
_VERSION = re.compile(r"[\s了到至]*[vV]?\d+\.\d[\w.]*$")
_FUNCTION_TAIL = re.compile(r"[\s“”\"'（）()《》。！!🎉]+$")


def english_object(
    scene: ReadSentence, clause: Clause, type_: EventType, role: str, actor: Actor, end: int
) -> tuple[Product, ...] | None:
    """The products that the verb is about; None where nothing behind it is what the type is about."""
    if role == "verbs" and (of := _RELEASE_OF.match(scene.folded, end, clause.end)):
        end = of.end()
    rest = scene.text[end : min(clause.end, end + REACH)]
    head = head_end(scene, clause, end)
    if actor.product is None and _PREPOSITION.match(rest) and _DEBUTS.fullmatch(scene.folded, actor.end, end):
        return None  # a company's own debut is that of its shares
    if _PREPOSITION.match(rest) and role == "weak":
        return None  # what turns into something, or gets in on it
    product = next((one for one in scene.products if end <= one.start < head), None)
    if type_.kinds == ("model",):
        model = product if product is not None and product.kind == "model" else None
        if model is not None and model.maker != actor.name:
            return None  # who puts another's model to use launches something else
        if model is not None:
            after = scene.text[model.end : head]
            if model.versioned and not re.match(
                r"\s+(?:app|for|api|plugin|agent|code|desktop)\b", after, re.IGNORECASE
            ):
                return (model,)
            if not model.versioned and not after.strip(" .'\"’”"):
                return (model,)
        nouns = nouns_of(clause, type_, end, head)
        if nouns and _is_part_of_a_product(scene, clause, nouns[-1].end, head):
            return None
        if nouns and not re.match(
            r"\s+(?:s|x|y|3|[a-z]\b)|\s+\w*\s?(?:car|suv|train|plane)",
            scene.text[nouns[-1].end : nouns[-1].end + 12],
            re.IGNORECASE,
        ):
            return () if model is None else (model,)
        if product is None and _SIZED.match(scene.text[end:head].lstrip()):
            return ()
        if re.match(r",\s+(?:an?|its|the|our)\s[^,.]{0,60}?\bmodels?\b", scene.folded[head : clause.end]):
            return () if model is None else (model,)
        return None
    if product is not None and product.kind in type_.kinds:
        return (product,)
    if product is not None and not type_.kinds and _ONE_OF.match(scene.folded[end : product.start]):
        return None  # who buys one of a product makes no deal with its maker
    if (
        product is not None
        and not type_.kinds
        and product.maker == actor.name
        and _SELLS.search(scene.folded[clause.start : end])
        and not nouns_of(clause, type_, product.end, head)
    ):
        return None  # nor does who sells its own
    if role == "weak" and actor.product is not None and rest.strip():
        return ()
    nouns = nouns_of(clause, type_, end, head if role != "weak" else min(clause.end, end + REACH))
    if nouns and (role == "weak" or not type_.kinds or any(_ENDS.match(scene.folded, one.end, head) for one in nouns)):
        return ()
    later = next((one for one in scene.products if end <= one.start < end + len(rest)), None)
    if later is not None and later.kind in type_.kinds and later.maker == actor.name:
        return (later,)
    if role == "weak" and type_.kinds:
        return None
    if type_.things and _is_thing(scene.text[end:head], known=actor.known):
        return ()
    if type_.names:
        names = list(_NAME.finditer(scene.text, end, head))
        if type_.kinds:  # a product by its name: written as one, and nobody's company name
            taken = [(one.start, one.end) for one in scene.sentence.mentions]
            names = [one for one in names if not any(first <= one.start() < last for first, last in taken)]
            if scene.titled and not actor.known:
                return None
            if scene.titled:
                names = [one for one in names if re.search(r"\d|[a-z][A-Z]|[A-Z]{2}", one.group())]
        if names:
            return ()
    named = (one for one in scene.named if end <= one.start < min(clause.end, end + REACH))
    if type_.names and any(one.kind != "country" for one in named):
        return ()
    return None


def _names_a_family(scene: ReadSentence, clause: Clause, end: int) -> bool:
    """Whether a name behind a verb is one that a maker and its models share, such as DeepSeek."""
    makers = {
        one.maker
        for one in scene.rules.families
        if one.kind == "model" and (one.bare == "family" or fold(one.maker) in map(fold, one.aliases))
    }
    return any(end <= one.start < clause.end and one.name in makers for one in scene.named)


def _is_part_of_a_product(scene: ReadSentence, clause: Clause, end: int, head: int) -> bool:
    """Whether the noun of a product follows, which the words before only describe: an AI model router."""
    launch = scene.table.types.get("product_launch")
    if launch is None:
        return False
    nouns = (one for one in nouns_of(clause, launch, end, head) if one.start - end <= 1)
    return any(scene.folded[one.start : one.end] not in _SORTS for one in nouns)


def _is_thing(head: str, *, known: bool) -> bool:
    """Whether words behind a verb are a thing: of a known actor's any words, of another's those with an article."""
    words = re.findall(r"[^\W_][\w'’-]*", head)
    if len(words) > 1 and _DETERMINED.match(head):
        return True
    return known and bool(words) and _PREPOSITION.match(head) is None and len(words[-1]) > 2


# What a maker's name is followed by where it is a product's: 明途Mate 80系列, 明途M7汽车.
_THING = re.compile(
    r"[“《]?(?:[\u3400-\u9fff]{1,4}[ ]?)?(?!(?:ETF|IPO|REIT|GDR|ADR))[A-Za-z][A-Za-z0-9+.-]*"
    r"(?:[ ]?[A-Za-z0-9+.-]+){0,3}"
    r"(?:系列|版|手机|汽车|新车|车型|芯片|电脑|平板|手表|耳机|眼镜)?[”》]?"
    r"(?:正式|全新|今日|今晚|官宣|宣布|全系|全面|再|开启|\s)*"
)


def names_a_thing_of(scene: ReadSentence, actor: Actor, start: int) -> bool:
    """Whether a known company's name is followed, up to the verb at `start`, by a product's and nothing else."""
    if not actor.known or actor.kind != "company":
        return False
    between = scene.text[actor.end : start].strip()
    return bool(between) and _THING.fullmatch(between) is not None


def chinese_object(
    scene: ReadSentence, clause: Clause, type_: EventType, role: str, actor: Actor, start: int, end: int
) -> tuple[Product, ...] | None:
    """The same of a Chinese clause, whose noun stands last; a release of nothing is of what stands before it."""
    rest = _FUNCTION_TAIL.sub("", scene.text[end : clause.end])
    product = next((one for one in scene.products if end <= one.start < clause.end), None)
    if type_.kinds and not rest.strip(" 了啦"):
        of_theirs = (one for one in scene.products if actor.end <= one.start < start and one.maker == actor.name)
        made = next(of_theirs, None)
        role = "verbs" if made is not None else role
        made = made or actor.product
        if made is None and "model" in type_.kinds and len(type_.kinds) > 1 and names_a_thing_of(scene, actor, start):
            return ()
        if type_.kinds == ("model",) and nouns_of(clause, type_, clause.start, start) and actor.known:
            return ()
        if made is None or role == "weak" or made.kind not in type_.kinds:
            return None
        if type_.kinds == ("model",) and not made.versioned:
            return None
        return (made,)
    if not rest.strip(" 了"):
        return (
            () if not type_.kinds and any(one.end <= start and one.name != actor.name for one in scene.named) else None
        )
    if type_.kinds == ("model",):
        if product is not None and product.kind == "model" and product.maker != actor.name:
            return None
        nouns = nouns_of(clause, type_, end, clause.end)
        if nouns and any(
            end <= one.start < nouns[0].start and one.kind == "company" and one.name != actor.name
            for one in scene.named
        ):
            return None  # who puts another's models to use launches something else
        launch = scene.table.types.get("product_launch")
        tail = end + len(rest)
        ends_as_product = (
            launch is not None
            and any(
                one.end >= tail
                and not scene.text[one.start : one.end].endswith(("版", "版本"))
                and not (product is not None and one.start < product.end)
                for one in nouns_of(clause, launch, end, clause.end)
            )
            and not any(one.end >= tail for one in nouns)
        )
        if (
            product is not None
            and product.kind == "model"
            and (product.versioned or not scene.text[product.end : tail].strip())
            and not ends_as_product
        ):
            return (product,)
        if nouns and not ends_as_product and not _OF_A_MODEL.match(scene.text[nouns[-1].end : tail]):
            return (product,) if product is not None and product.kind == "model" else ()
        return () if product is None and not ends_as_product and _SIZED.match(rest.lstrip(" 了的")) else None
    if product is not None and (not type_.kinds or product.kind in type_.kinds):
        return (product,)
    if nouns_of(clause, type_, end, clause.end):
        return ()
    if "model" in type_.kinds and scene.folded.startswith(_PUT_TO_USE, start) and _names_a_family(scene, clause, end):
        return ()
    if role == "weak":
        made = actor.product  # brought up to a version of its own
        return (made,) if made is not None and made.kind in type_.kinds and _VERSION.match(rest) else None
    if type_.names and type_.kinds:
        return () if re.search(r"[A-Za-z]{2}|[vV]?\d+\.\d", rest) else None
    return () if (type_.names and rest.strip() and not is_han(rest[-1])) or (type_.names and len(rest) >= 3) else None
