"""What the page of a run tells beside its numbers: names, links and clocks."""

from __future__ import annotations

from newsbt.domain.run_context import LinkWords, RunContext
from newsbt.steps.prepare import PreparedRun

__all__ = ["context_of"]


def context_of(prepared: PreparedRun) -> RunContext:
    """The context of everything that was prepared."""
    rulebook, links = prepared.components.rulebook, prepared.links
    benchmark = prepared.components.config.benchmark
    return RunContext(
        instruments=prepared.universe.instruments,
        links=tuple(
            LinkWords(
                event=int(event),
                ticker=link.place,
                relation=link.relation,
                hop=link.hop,
                weight=link.weight,
                path=link.path,
            )
            for event, link in zip(links.event.tolist(), links.links, strict=True)
        ),
        zones={mic: rulebook.exchange(mic).time_zone for mic in prepared.panel.clock.markets},
        benchmark=-1 if benchmark is None else prepared.universe.position[benchmark],
    )
