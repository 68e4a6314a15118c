"""Bodies that are not their headline's: another article, or what stands around one on its page."""

from __future__ import annotations

from dataclasses import replace

from newsbt.domain.folding import fold
from newsbt.events.extraction.analysis import TextAnalysis
from newsbt.events.extraction.type_needs import TypedEvent

__all__ = ["body_left_out", "names_that_the_body_lacks"]

_SHORT = 200  # characters: a shorter body may well say it or the company


def names_that_the_body_lacks(analysis: TextAnalysis, event: TypedEvent | None) -> tuple[str, ...]:
    """The names of a headline, where a body of some length has none of them; else nothing."""
    head = analysis.headline
    body = [one for one in analysis.sentences if one.zone]
    if not body or body[-1].end - body[0].start < _SHORT:
        return ()
    written: dict[str, list[str]] = {}
    for one in head.mentions:
        if one.certain and one.kind != "country":
            written.setdefault(one.name, []).append(analysis.folded[one.start : one.end])
    for product in head.products:
        written.setdefault(product.maker, []).append(analysis.folded[product.start : product.end])
    if event is not None and not event.actor.known:
        written.setdefault(event.actor.name, []).append(fold(event.actor.name))
    named = {one.name for sentence in body for one in sentence.mentions}
    named |= {one.maker for sentence in body for one in sentence.products}
    rest = analysis.folded[body[0].start : body[-1].end]
    if any(name in named or any(one in rest for one in forms) for name, forms in written.items()):
        return ()
    return tuple(written)


def body_left_out(analysis: TextAnalysis) -> TextAnalysis:
    """The same text as its headline alone says it."""
    return replace(analysis, sentences=analysis.sentences[:1])
