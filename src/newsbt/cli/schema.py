"""`newsbt schema`: the config's JSON Schema."""

from __future__ import annotations

import rich_click as click

from newsbt.cli.terminal import print_document

__all__ = ["command"]


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the config, for editors that complete and check YAML.

    Example:

    \b
    newsbt schema > newsbt.schema.json
    """
    from newsbt.config.json_schema import json_schema

    print_document(json_schema())
