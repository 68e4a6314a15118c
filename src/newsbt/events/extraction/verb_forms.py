"""The forms of English verbs, made from the base form; irregular ones are listed."""

from __future__ import annotations

from newsbt.domain.folding import is_han

__all__ = ["inflected"]

# base: s, ed (past and participle, where they differ both), ing
_IRREGULAR = {
    "put": "puts put putting", "bring": "brings brought bringing", "show": "shows showed/shown showing",
    "take": "takes took/taken taking", "make": "makes made making", "begin": "begins began/begun beginning",
    "spend": "spends spent spending", "set": "sets set setting", "lay": "lays laid laying",
    "go": "goes went/gone going",
    "leave": "leaves left leaving", "pour": "pours poured pouring", "commit": "commits committed committing",
    "open": "opens opened opening", "ship": "ships shipped shipping", "drop": "drops dropped dropping",
    "unwrap": "unwraps unwrapped unwrapping", "reveal": "reveals revealed revealing",
    "embed": "embeds embedded embedding", "offer": "offers offered offering",
    "deliver": "delivers delivered delivering",
    "debut": "debuts debuted debuting", "call": "calls called calling", "order": "orders ordered ordering",
    "open-source": "open-sources open-sourced open-sourcing", "summon": "summons summoned summoning",
    "buy": "buys bought buying", "sell": "sells sold selling", "win": "wins won winning", "get": "gets got getting",
    "let": "lets let letting", "give": "gives gave/given giving", "build": "builds built building",
    "see": "sees saw/seen seeing", "rise": "rises rose/risen rising", "fall": "falls fell/fallen falling",
    "grow": "grows grew/grown growing", "sink": "sinks sank/sunk sinking", "shrink": "shrinks shrank/shrunk shrinking",
    "cut": "cuts cut cutting", "hit": "hits hit hitting", "beat": "beats beat/beaten beating",
    "swing": "swings swung swinging", "hold": "holds held holding", "strike": "strikes struck striking",
    "slide": "slides slid sliding", "leap": "leaps leaped/leapt leaping",
    "plummet": "plummets plummeted plummeting", "pay": "pays paid paying",
    "tell": "tells told telling", "sue": "sues sued suing", "top": "tops topped topping",
    "tap": "taps tapped tapping", "snap": "snaps snapped snapping", "grab": "grabs grabbed grabbing",
    "plan": "plans planned planning", "ban": "bans banned banning", "bar": "bars barred barring",
    "permit": "permits permitted permitting", "slip": "slips slipped slipping", "dip": "dips dipped dipping",
    "jump": "jumps jumped jumping", "break": "breaks broke/broken breaking",
    "forecast": "forecasts forecast forecasting",
    "submit": "submits submitted submitting", "withdraw": "withdraws withdrew/withdrawn withdrawing",
    "scoop": "scoops scooped scooping", "become": "becomes became becoming", "log": "logs logged logging",
    "override": "overrides overrode/overridden overriding", "broadcast": "broadcasts broadcast broadcasting",
    "up": "", "down": "", "flat": "", "partners": "", "to": "", "can": "", "be": "",
}  # fmt: skip


def inflected(phrase: str) -> tuple[tuple[str, str], ...]:
    """The usual forms of an English verb phrase, whose first word is the verb, each with what it is: s, ed or ing.

    >>> inflected("unveil"), inflected("roll out")[0]
    ((('unveils', 's'), ('unveiled', 'ed'), ('unveiling', 'ing')), ('rolls out', 's'))
    >>> [written for written, _ in inflected("put the weights")]
    ['puts the weights', 'put the weights', 'putting the weights']
    """
    verb, _, rest = phrase.partition(" ")
    if not verb.isascii() or is_han(verb[0]):
        return ()
    if verb in _IRREGULAR:
        forms = _IRREGULAR[verb].split()
    elif verb.endswith("e"):
        forms = [verb + "s", verb + "d", verb[:-1] + "ing"]
    elif verb.endswith(("s", "sh", "ch", "x")):
        forms = [verb + "es", verb + "ed", verb + "ing"]
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        forms = [verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    else:
        forms = [verb + "s", verb + "ed", verb + "ing"]
    return tuple(
        (f"{one} {rest}".strip(), form)
        for written, form in zip(forms, ("s", "ed", "ing"), strict=False)
        for one in written.split("/")
    )
