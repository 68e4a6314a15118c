"""How run folders are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["FolderName", "folder_name", "parse_folder_name"]

_NAME = re.compile(r"(?P<name>.+)-(?P<time>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]+)(?:-(?P<number>\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderName:
    """A run folder's name taken apart; `number` counts runs of the same second and inputs from 1."""

    name: str
    time: str
    digest: str
    number: int = 1


def folder_name(name: str, started_at: str, digest: str) -> str:
    """The name of a run's folder, which is also the run's id: ``<name>-<UTC time>-<hash>``.

    Blanks of the name become hyphens.

    Parameters
    ----------
    name : str
        The config's name. Leading dots are left out, since hidden folders are work in progress.
    started_at : str
        ISO 8601 with an offset.
    digest : str
        Hexadecimal hash of the inputs, of which eight digits are used.

    >>> folder_name("rival release", "2025-03-06T11:15:00.25+08:00", "1a2b3c4d5e6f")
    'rival-release-20250306T031500Z-1a2b3c4d'
    """
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-") or "run"
    at = datetime.fromisoformat(started_at).astimezone(UTC)
    return f"{slug}-{at:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def parse_folder_name(text: str) -> FolderName | None:
    """The parts of a run folder's name, None where it is not one.

    >>> parse_folder_name("a-b-20250306T031500Z-1a2b3c4d-2")
    FolderName(name='a-b', time='20250306T031500Z', digest='1a2b3c4d', number=2)
    """
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    return FolderName(name=found["name"], time=found["time"], digest=found["digest"], number=int(found["number"] or 1))
