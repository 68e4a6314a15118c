"""Every error that newsbt reports, by its code: what causes it and what cures it.

The codes are words, for they are what one greps for and asks a search engine, and they stay: what is in a release is
neither renamed nor used for another cause. An error is put under a code by what its reader has to do, not by where it
is raised. docs/errors.md is written from this table (`make errors-page`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

__all__ = ["ERRORS", "FAMILIES", "PAGE", "ErrorCode", "ErrorKind"]

PAGE = "https://newsbt.readthedocs.io/en/stable/errors.html"

ErrorCode: TypeAlias = Literal[
    "adjusted_prices", "already_there", "ambiguous_ticker", "bad_component", "bad_override", "bad_signal",
    "bad_time", "bad_usage", "bad_value", "broken_module", "changed_file", "component_failed", "damaged_run",
    "damaged_store", "duplicate", "duplicate_event_id", "empty_file", "engines_differ", "interrupted",
    "missing_column", "missing_extra", "missing_file", "missing_key", "missing_rate", "missing_run",
    "missing_value", "more_bad_rows", "naive_time", "no_data", "not_a_file", "not_a_session", "not_positive",
    "not_pulled", "not_utf8", "ohlc_order", "out_of_memory", "refused", "strategy_failed", "structure_changed",
    "syntax", "too_large", "unclear_time", "unclear_unit", "unknown_currency", "unknown_exchange", "unknown_key",
    "unknown_name", "unknown_ticker", "unlabelled", "unreachable", "unreadable_file", "unset_variable", "unsupported",
    "unwritable", "which_sheet", "which_ticker", "wrong_format", "wrong_type",
]  # fmt: skip


class ErrorKind(NamedTuple):
    """One row: the family that it stands under, what it means, what to do, and the version that had it first."""

    family: str
    cause: str
    cure: str
    since: str


FAMILIES: dict[str, str] = {
    "command": "The command line",
    "config": "The config",
    "file": "Files",
    "rows": "Rows and their columns",
    "market": "Prices, markets and currencies",
    "own": "Strategies and components of your own",
    "network": "Servers and what was pulled from them",
    "run": "Runs and their folders",
    "computer": "The computer",
}

ERRORS: dict[ErrorCode, ErrorKind] = {
    "bad_usage": ErrorKind(
        "command",
        "A command was given an option, an argument or a combination of both that it does not take.",
        "Read `newsbt COMMAND --help`; the message names the option.",
        "0.2.0",
    ),
    "bad_override": ErrorKind(
        "command",
        "A `--set` (or `overrides` from Python) is not of the form `dotted.key=value`, or leads nowhere in the config.",
        "Write keys as in `--set strategies.0.position.hold=5`; a strategy goes by its number or its name.",
        "0.1.0",
    ),
    "unsupported": ErrorKind(
        "command",
        "What was asked for is known, but not to this engine, this kind of strategy or this provider.",
        "Take the other engine or kind that the message names, or leave the wish out.",
        "0.2.0",
    ),
    "already_there": ErrorKind(
        "command",
        "A file or folder that newsbt would make is there already; nothing of yours is overwritten.",
        "Give another name, or move what is there.",
        "0.2.0",
    ),
    "syntax": ErrorKind(
        "config",
        "The file is not YAML from the named line on, or says nothing.",
        "Look at the named line and the one before it: indents, colons, quotes; text with `: ` or `#` goes in quotes.",
        "0.1.0",
    ),
    "unknown_key": ErrorKind(
        "config",
        "A key, or a parameter of a component, is none that newsbt knows in that block.",
        "Correct the spelling or the level of the key; `newsbt schema` and [config.md](config.md) list them all.",
        "0.1.0",
    ),
    "missing_key": ErrorKind(
        "config",
        "A key that has no default, or a parameter that a component needs, is not there.",
        "Add the key; the message says what goes there.",
        "0.1.0",
    ),
    "wrong_type": ErrorKind(
        "config",
        "A value is of another kind than its key takes: text for a number, a list for a mapping.",
        "Write the kind of value that the message names; quotes make text, their absence numbers and dates.",
        "0.1.0",
    ),
    "bad_value": ErrorKind(
        "config",
        "A value of a config, an option or a cell of a table is of the right kind and out of what is allowed there, or "
        "contradicts another one.",
        "Write one of the values, or one within the bounds, that the message names.",
        "0.1.0",
    ),
    "unknown_name": ErrorKind(
        "config",
        "A component after `use:`, a strategy, a baseline or a figure goes by a name that nothing has.",
        "Correct the name. Classes of your own are named `pkg.module:Class` or `file.py:Class`.",
        "0.1.0",
    ),
    "unset_variable": ErrorKind(
        "config",
        "The config holds `${NAME}`, and the environment has no variable of that name.",
        "Set it (`export NAME=...`) before the command, or write `$${NAME}` for the text itself.",
        "0.1.0",
    ),
    "missing_file": ErrorKind(
        "file",
        "There is no file, folder or page at a path or an address. Paths in a config start at the config's folder, "
        "those of a command at the folder where it is given.",
        "Correct the path or the address, or make the file.",
        "0.1.0",
    ),
    "not_a_file": ErrorKind(
        "file",
        "A path leads to something of another kind: a folder where a file is read, a device, a pipe.",
        "Name the file itself, or the folder where folders are read.",
        "0.1.0",
    ),
    "unreadable_file": ErrorKind(
        "file",
        "A file is there and cannot be read: its permissions, a broken disk, a damaged archive, a pipe that says "
        "nothing.",
        "Let yourself read it (`ls -l`, `chmod`), or get it again.",
        "0.1.0",
    ),
    "changed_file": ErrorKind(
        "file",
        "A file changed while it was being read, so that the numbers would be of neither state.",
        "Wait until whatever writes it has done so, and run again.",
        "0.2.0",
    ),
    "too_large": ErrorKind(
        "file",
        "A file, a packed archive, an item or a config is larger, or nested deeper, than is read of its kind.",
        "Split it, or raise the limit that the message names ([limits](files.md)).",
        "0.1.0",
    ),
    "empty_file": ErrorKind(
        "file",
        "A file, a sheet or a frame holds nothing, or a header and no rows.",
        "Write its rows, or take it away from what is read.",
        "0.1.0",
    ),
    "wrong_format": ErrorKind(
        "file",
        "What a file holds is not what its name or its reader says: no text, CSV, Parquet, workbook, JSON, feed or "
        "frame, or one that is damaged (a quote that does not close) or locked by a password.",
        "Save it anew in that format, or name the reader that fits it (`use: csv`, `excel`, `parquet`).",
        "0.2.0",
    ),
    "not_utf8": ErrorKind(
        "file",
        "A text is in another encoding than UTF-8.",
        "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\"), or state the reader's `encoding`.",
        "0.1.0",
    ),
    "which_sheet": ErrorKind(
        "file",
        "A workbook has several sheets that could be meant, or none of the name that was stated.",
        "Name one with `sheet: ...`.",
        "0.2.0",
    ),
    "missing_column": ErrorKind(
        "rows",
        "A table lacks a column that is needed, or has it under a name that is not recognised.",
        "Rename it, or map it with `columns: {close: Last}`; [the columns](files.md) of every table are listed.",
        "0.1.0",
    ),
    "missing_value": ErrorKind(
        "rows",
        "A cell, an item or a block is blank or lacks what it must have: a name, a headline, a time.",
        "Fill it in, or let such rows be left out and counted with `on_bad_row: skip`.",
        "0.1.0",
    ),
    "naive_time": ErrorKind(
        "rows",
        "A time has no offset, so that nobody can tell which instant it is.",
        "Write `2025-03-06T16:45:00+08:00`, or give the reader the `zone` that its times are in.",
        "0.1.0",
    ),
    "bad_time": ErrorKind(
        "rows",
        "A time or day cannot be read, does not exist, contradicts another one, or lies after the computer's clock.",
        "Write it as `2025-03-06T16:45:00+08:00`, days as `2025-03-06`; set the clock where it is behind.",
        "0.1.0",
    ),
    "unclear_time": ErrorKind(
        "rows",
        "A column of times can be read in several ways (3/4/2025), or in none.",
        "State the form with `time_format`, such as `%d/%m/%Y %H:%M`, and the zone with `zone`.",
        "0.2.0",
    ),
    "duplicate_event_id": ErrorKind(
        "rows",
        "Two announcements, or two labels, have the same `event_id`.",
        "Give each its own, or take one away.",
        "0.1.0",
    ),
    "duplicate": ErrorKind(
        "rows",
        "The same row, column, key or name stands twice, and nobody can tell which one counts.",
        "Take one away, or give it a name of its own.",
        "0.1.0",
    ),
    "unknown_ticker": ErrorKind(
        "rows",
        "A ticker is no instrument of the universe, or cannot be read as one.",
        "Correct it as the message suggests, add it to the table of instruments, or set `on_bad_row: skip`.",
        "0.1.0",
    ),
    "ambiguous_ticker": ErrorKind(
        "rows",
        "A ticker as it is written may be one of several instruments.",
        "Write it with its exchange, such as `0700.HK` or `XSHE:000001`.",
        "0.2.0",
    ),
    "more_bad_rows": ErrorKind(
        "rows",
        "More rows are bad than an error spells out; this line counts the others by their reason.",
        "Mend those that are spelt out first: the others are nearly always of the same kind.",
        "0.1.0",
    ),
    "unlabelled": ErrorKind(
        "rows",
        "A labeller could not say what an article announces, under `on_unlabelled: error`.",
        "Ask again (answers are kept), take the article away, or set `on_unlabelled: keep`.",
        "0.2.0",
    ),
    "not_a_session": ErrorKind(
        "market",
        "A price stands on a day, or a bar at a time, at which its exchange was closed.",
        "Correct the day or the exchange, state the zone of bars with `timezone`, or set `on_bad_row: skip`.",
        "0.1.0",
    ),
    "ohlc_order": ErrorKind(
        "market",
        "Open, high, low and close contradict each other: a high below the low, or columns that are swapped.",
        "Correct the row, or map the columns as they are meant.",
        "0.1.0",
    ),
    "not_positive": ErrorKind(
        "market",
        "A price, rate or split is zero or negative.",
        "Correct it; a day without trading has no row, or a blank price.",
        "0.1.0",
    ),
    "adjusted_prices": ErrorKind(
        "market",
        "Prices are adjusted for dividends or splits where prices as traded are needed, or it cannot be told.",
        "Say with `splits:` and `adjusted:` what the numbers hold, or bring prices as they were traded "
        "([data.md](data.md)).",
        "0.2.0",
    ),
    "unclear_unit": ErrorKind(
        "market",
        "It cannot be told what one unit of a column is: shares or lots, dollars or pence.",
        "Say it with `volume_unit: 1` (shares) or `100`, or map the column with `columns`.",
        "0.2.0",
    ),
    "which_ticker": ErrorKind(
        "market",
        "A file of prices says nowhere whose they are, or two of its marks contradict each other.",
        "Say it with `ticker: ...`, or in the file's name alone.",
        "0.2.0",
    ),
    "unknown_exchange": ErrorKind(
        "market",
        "An exchange, or its calendar, is none for which newsbt has rules.",
        "Name the exchange by its MIC (`XHKG`, `XNYS`), or write a file of rules ([market_rules.md](market_rules.md)).",
        "0.1.0",
    ),
    "unknown_currency": ErrorKind(
        "market",
        "A currency, or a pair of two, is not one that any instrument or account has, or not the stated one.",
        "Write three capitals (`HKD`), pairs as `USDHKD`; correct the currency of the instrument.",
        "0.1.0",
    ),
    "missing_rate": ErrorKind(
        "market",
        "Instruments and account are in two currencies, and no exchange rate joins them in the period.",
        "Give rates with `fx:`, from before the first day of the run on.",
        "0.1.0",
    ),
    "no_data": ErrorKind(
        "market",
        "Nothing is left to work on: no price in the period, no session, no day that can be moved or compared.",
        "Look at `period`, `prices` and the universe; `newsbt check CONFIG` shows what each holds.",
        "0.2.0",
    ),
    "bad_component": ErrorKind(
        "own",
        "A class, an instance or a metric of your own is there and does not do what its kind must.",
        "Give it the methods that the message names ([strategies.md](strategies.md)); "
        "`newsbt.testing` checks it.",
        "0.1.0",
    ),
    "broken_module": ErrorKind(
        "own",
        "A Python file or module of your own fails while it is imported.",
        "Mend the line that the message ends with; `python FILE` shows the same.",
        "0.1.0",
    ),
    "component_failed": ErrorKind(
        "own",
        "A reader, linker, labeller, model or metric of your own raised, or answered what does not fit.",
        "Mend the line of yours that the message names.",
        "0.2.0",
    ),
    "strategy_failed": ErrorKind(
        "own",
        "A strategy raised while it was asked, changed what it was handed, or decided otherwise when asked again.",
        "Mend the line of yours that the message names; `newsbt.testing.check_strategy` repeats it without a run.",
        "0.2.0",
    ),
    "bad_signal": ErrorKind(
        "own",
        "A strategy answered something that cannot be traded on: a wrong shape, a number outside [-1, 1], an unknown "
        "ticker.",
        "Answer a `newsbt.Signal` as the message says ([S3](rules.md#s3)).",
        "0.2.0",
    ),
    "unreachable": ErrorKind(
        "network",
        "A server did not answer, or broke off: network, name, proxy, certificate, or it is down.",
        "Try again; check the address and the network. What came before is kept.",
        "0.1.0",
    ),
    "refused": ErrorKind(
        "network",
        "A server answered that it will not: a wrong key, too many questions, a redirect that is not followed.",
        "Read the status in the message; set the key, or ask less often and later.",
        "0.1.0",
    ),
    "structure_changed": ErrorKind(
        "network",
        "A source or provider answered in another form than newsbt reads, as happens when it is rebuilt.",
        "Update newsbt and the provider's library; if that does not help, report it with the message.",
        "0.2.0",
    ),
    "not_pulled": ErrorKind(
        "network",
        "A store of prices or disclosures does not hold what the config needs, or is not there yet.",
        "Run the command that the message ends with, such as `newsbt data pull CONFIG`.",
        "0.2.0",
    ),
    "damaged_store": ErrorKind(
        "network",
        "A store holds a file that is damaged, foreign or of another version, or has lost rows.",
        "Restore the file, or delete the one that the message names and pull again.",
        "0.2.0",
    ),
    "missing_run": ErrorKind(
        "run",
        "No run, or several, go by that name in the runs folder.",
        "Give more of the name, `last`, a path, or the folder with `--runs DIR`.",
        "0.2.0",
    ),
    "damaged_run": ErrorKind(
        "run",
        "A folder is no run folder, or a file of it is missing, damaged or from another version.",
        "Run the config again; its `config.yaml` is in the folder.",
        "0.2.0",
    ),
    "engines_differ": ErrorKind(
        "run",
        "The two engines did not keep the same books (`--verify`): a fault of newsbt.",
        "Report it with the message and, if you can, the config and its data.",
        "0.2.0",
    ),
    "missing_extra": ErrorKind(
        "computer",
        "A package that only this feature needs cannot be imported.",
        "Install what the message says, such as `pip install 'newsbt[news]'`.",
        "0.2.0",
    ),
    "unwritable": ErrorKind(
        "computer",
        "A file, a folder or the output cannot be written: permissions, a full disk, a closed pipe, a port in use.",
        "Make space or let yourself write there, or name another folder (`--runs DIR`).",
        "0.1.0",
    ),
    "out_of_memory": ErrorKind(
        "computer",
        "The memory is full.",
        "Use a larger machine, or read less at once: a shorter period, fewer instruments, fewer workers (`--jobs`).",
        "0.2.0",
    ),
    "interrupted": ErrorKind(
        "computer",
        "Ctrl-C, or whatever sent the same signal, stopped the command.",
        "Give it again: what was finished is kept.",
        "0.2.0",
    ),
}  # fmt: skip
