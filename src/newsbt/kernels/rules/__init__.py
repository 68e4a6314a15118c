"""The rules of execution (docs/rules.md) as arithmetic on numbers, each in one place.

The compiled engine calls these functions as they are, the backtrader engine the plain Python behind them
(`simulation.plain_rules`). They know no books and no panel: what is in there, their callers look up.
"""
