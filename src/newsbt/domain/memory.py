"""How much memory this process may still take, so that a table that does not fit is refused before it fills it."""

from __future__ import annotations

import os
from pathlib import Path

from newsbt.domain.size_limits import MB

__all__ = ["MemoryGuard", "fits", "free_memory"]

STEP_BYTES = 16 * MB  # of growth between two looks
RESERVE_BYTES = 128 * MB  # that must be left
_UNKNOWN = 1 << 62


class MemoryGuard:
    """Asked while something grows; looks at what is left every 16 MB."""

    complaint = "it does not fit into the memory that is left; read a part of it, or use a larger machine"

    def __init__(self) -> None:
        self._grown = STEP_BYTES

    def has_memory(self, grown: int) -> bool:
        """Whether memory is left after so many bytes more."""
        self._grown += grown
        if self._grown < STEP_BYTES:
            return True
        self._grown = 0
        return free_memory() > RESERVE_BYTES


def fits(size: int) -> bool:
    """Whether so many bytes can still be taken at once, by what would end the process where they cannot."""
    return free_memory() - size > RESERVE_BYTES


def free_memory() -> int:
    """Bytes that are left: of the machine, of this process's control group, and of its own limits."""
    return min(_of_machine(), _of_group(), _of_limits())


def _of_machine() -> int:
    found = _fields(Path("/proc/meminfo"))
    return found["MemAvailable"] + found.get("SwapFree", 0) if "MemAvailable" in found else _UNKNOWN


def _of_group() -> int:
    try:
        group = Path("/proc/self/cgroup").read_text(encoding="ascii").rpartition("::")[2].strip().lstrip("/")
        for folder in (Path("/sys/fs/cgroup") / group, Path("/sys/fs/cgroup")):
            if (folder / "memory.max").is_file():
                most = (folder / "memory.max").read_text(encoding="ascii").strip()
                return _UNKNOWN if most == "max" else int(most) - int((folder / "memory.current").read_text())
    except (OSError, ValueError):
        pass
    return _UNKNOWN


def _of_limits() -> int:
    try:
        import resource
    except ImportError:
        return _UNKNOWN
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return _UNKNOWN
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _UNKNOWN
    return most - pages * os.sysconf("SC_PAGE_SIZE")


def _fields(path: Path) -> dict[str, int]:
    """Sizes of a file of /proc by name, in bytes."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    except (OSError, ValueError, IndexError):
        return {}
