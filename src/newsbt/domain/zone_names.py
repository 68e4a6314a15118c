"""What the zone written behind a time means: offsets, names of zones, names of places; refused where it is not clear.

A name that states an offset has it in every season: EST is -05:00 in July too. A name of a place's time (ET, London
time) has that place's offset on the day. Names in use for several zones (CST, IST, ...) are refused; BST, MST, PST and
the like are read as the zone that news means by them, which is also the latest of their readings, so that no text is
taken for known before it was published.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["LARGEST_OFFSET", "SEVERAL", "SeveralZonesError", "UnclearZoneError", "in_stated_zone", "in_zone"]

_OFFSETS: dict[str, str] = {
    "+00:00": "utc, gmt, ut, z, wet, coordinated universal time, universal, greenwich mean time, 世界标准, 协调世界时,"
    " 格林威治, 格林威治标准, 格林尼治",
    "+01:00": "bst, cet, met, mez, west, wat, british summer time, central european, central european standard time",
    "+02:00": "cest, mest, mesz, eet, cat, sast, central european summer time, eastern european time",
    "+03:00": "eest, msk, eat, trt, idt, eastern european summer time, moscow standard time",
    "+04:00": "gulf, gulf standard time",
    "+05:00": "pkt",
    "+05:45": "npt, nepal standard time",
    "+05:30": "india standard time, indian standard time",
    "+07:00": "ict, wib, indochina",
    "+08:00": "hkt, sgt, myt, pht, awst, wita, bjt, hong kong standard time, china standard time,"
    " singapore standard time, taipei standard time, philippine, 中国标准, 中國標準",
    "+09:00": "jst, kst, wit, japan standard time, korea standard time, korean standard time, 日本标准, 日本標準",
    "+09:30": "acst",
    "+10:00": "aest, australian eastern standard time",
    "+10:30": "acdt",
    "+11:00": "aedt, australian eastern daylight time",
    "+12:00": "nzst, new zealand standard time",
    "+13:00": "nzdt, new zealand daylight time",
    "-03:00": "brt, art, adt",
    "-04:00": "edt, eastern daylight time, atlantic standard time",
    "-05:00": "est, cdt, eastern standard time, central daylight time, 美国东部标准",
    "-06:00": "mdt, mountain daylight time, central standard time",
    "-07:00": "mst, pdt, mountain standard time, pacific daylight time",
    "-08:00": "pst, akdt, pacific standard time, alaska daylight time",
    "-09:00": "akst, alaska standard time",
    "-10:00": "hst, hawaii standard time",
}

_CITIES: dict[str, str] = {
    "America/New_York": "et, eastern, new york, 美东, 美東, 美国东部, 美國東部, 纽约, 紐約",
    "America/Chicago": "ct, central, chicago, 美国中部, 芝加哥",
    "America/Denver": "mt, mountain, denver",
    "America/Los_Angeles": "pt, pacific, los angeles, san francisco, 美西, 美国西部, 太平洋",
    "Europe/London": "london, british, uk, 伦敦, 倫敦, 英国, 英國",
    "Europe/Paris": "paris, brussels, frankfurt, berlin, 巴黎, 法兰克福, 欧洲中部",
    "Europe/Moscow": "moscow, 莫斯科",
    "Asia/Shanghai": "beijing, shanghai, shenzhen, china, 北京, 上海, 中国",
    "Asia/Hong_Kong": "hong kong, hongkong, 香港",
    "Asia/Taipei": "taipei, taiwan, 台北, 臺北, 台湾",
    "Asia/Tokyo": "tokyo, japan, 东京, 東京, 日本",
    "Asia/Seoul": "seoul, korea, south korea, 首尔, 首爾, 韩国, 韓國",
    "Asia/Singapore": "singapore, 新加坡",
    "Asia/Kolkata": "mumbai, new delhi, india, 印度",
    "Asia/Dubai": "dubai, 迪拜",
    "Australia/Sydney": "aet, sydney, melbourne, 悉尼",
    "Pacific/Auckland": "nzt, auckland, new zealand",
}

SEVERAL: dict[str, tuple[tuple[str, str], ...]] = {
    "cst": (("China", "+08:00"), ("US Central", "-06:00"), ("Cuba", "-05:00")),
    "ist": (("India", "+05:30"), ("Ireland", "+01:00"), ("Israel", "+02:00")),
    "ast": (("Atlantic", "-04:00"), ("Arabia", "+03:00")),
    "gst": (("Gulf", "+04:00"), ("South Georgia", "-02:00"), ("Guam", "+10:00")),
    "sst": (("Singapore", "+08:00"), ("Samoa", "-11:00")),
    "amt": (("Armenia", "+04:00"), ("Amazon", "-04:00")),
    "wst": (("Western Australia", "+08:00"), ("West Samoa", "+13:00")),
}
"""Names of several zones, each with its offset."""

_OFFSET = re.compile(r"(?:utc|gmt|ut)?\s*(?P<sign>[+\-\u2212])\s?(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?")
_OFFSET_AND_NAME = re.compile(r"([+\-\u2212]\d{2}:?\d{2})\s+([A-Za-z].*)")
_IANA = re.compile(r"(?=.*[a-z])[A-Z][A-Za-z_]+(?:/[A-Za-z][A-Za-z_+\-\d]+)+")
_TIME = re.compile(r"(?:\s+local)?\s+time$|(?:当地|當地)?(?:时间|時間)$")
LARGEST_OFFSET = timedelta(hours=14)


class UnclearZoneError(ValueError):
    """What is written names no zone that is known, or several, or makes no single instant of the time before it."""


class SeveralZonesError(UnclearZoneError):
    """What is written names several zones, such as CST; `instants` are those that it may mean."""

    def __init__(self, message: str, instants: Collection[datetime]) -> None:
        super().__init__(message)
        self.instants = tuple(instants)


def in_zone(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which clocks of a zone read `local`, with its offset fixed.

    Raises
    ------
    UnclearZoneError
        Clocks there read it twice that night, or never.

    Examples
    --------
    >>> in_zone(datetime(2025, 7, 1, 16, 45), ZoneInfo("America/New_York")).isoformat()
    '2025-07-01T16:45:00-04:00'
    """
    offset = local.replace(tzinfo=zone).utcoffset()
    assert offset is not None
    if local.replace(tzinfo=zone, fold=1).utcoffset() != offset:
        times = "twice" if _reads(local, zone) else "never"
        raise UnclearZoneError(
            f"clocks of {zone} read {local:%H:%M} {times} on {local:%Y-%m-%d}, when they change; write the offset"
        )
    return local.replace(tzinfo=timezone(offset))


def in_stated_zone(local: datetime, written: str) -> datetime:
    """The instant of a time without offset and the zone that is written beside it.

    Reads offsets (``+08:00``, ``+0800``, ``UTC+8``, ``-0000``), names of zones (``HKT``, ``EST``, ``ET``, ``Pacific
    Time``, ``北京时间``), of places (``Beijing time``) and of the time zone database (``Asia/Shanghai``). Where two are
    written, such as ``CST (Beijing)``, ``EST (UTC-5)`` or ``GMT+0800 (China Standard Time)``, they must agree.

    Raises
    ------
    UnclearZoneError, SeveralZonesError
        The message says which part is unclear, and why.

    Examples
    --------
    >>> in_stated_zone(datetime(2025, 3, 6, 16, 45), "HKT").isoformat()
    '2025-03-06T16:45:00+08:00'
    """
    parts = _parts(written)
    if not parts:
        raise UnclearZoneError(f"{written.strip()!r} names no zone")
    common: set[timedelta] | None = None
    for part in parts:
        offsets = _meanings(part, local)
        if not offsets:
            if common is not None and not _OFFSET_AND_NAME.search(written):
                continue  # a remark behind the zone
            raise UnclearZoneError(f"{part[:40]!r} is no zone that newsbt knows; write an offset such as +08:00")
        common = offsets if common is None else common & offsets
        if not common:
            raise UnclearZoneError(f"{written.strip()[:60]!r} names two zones that differ; leave one")
    assert common is not None
    if len(common) > 1:
        name = next(part for part in parts if _folded(part) in SEVERAL)
        listed = " or ".join(f"{region} ({offset})" for region, offset in SEVERAL[_folded(name)])
        instants = [local.replace(tzinfo=timezone(offset)) for offset in sorted(common)]
        raise SeveralZonesError(f"{name!r} is the time of {listed}; write the offset", instants)
    return local.replace(tzinfo=timezone(common.pop()))


def _parts(written: str) -> list[str]:
    """Each zone that is written: ``EST (UTC-5)`` and ``HKT/SGT`` are two, ``Asia/Shanghai`` is one."""
    found: list[str] = []
    for part in re.split(r"[()\[\]（）]", written):
        bare = part.strip(" .,，;")
        both = _OFFSET_AND_NAME.fullmatch(bare)  # +0800 CST, as Go and others write it
        for one in both.groups() if both is not None else (bare,):
            found += [one] if _IANA.fullmatch(one) else [name.strip() for name in one.split("/")]
    return [part for part in found if part]


def _meanings(part: str, local: datetime) -> set[timedelta]:
    """The offsets that one name or offset may mean at a local time; none where it means nothing that is known."""
    name = _folded(part)
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        size = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if size > LARGEST_OFFSET:
            return set()
        return {size if offset["sign"] == "+" else -size}
    if name in SEVERAL:
        return {_size(text) for _, text in SEVERAL[name]}
    bare = _TIME.sub("", name)  # Beijing time, 北京时间
    fixed = _FIXED.get(name, _FIXED.get(bare))
    if fixed is not None:
        return {fixed}
    region = _REGIONS.get(bare) or (part if _IANA.fullmatch(part) else None)
    if region is None:
        return set()
    try:
        found = in_zone(local, ZoneInfo(region)).utcoffset()
    except (ZoneInfoNotFoundError, OSError):
        return set()
    return set() if found is None else {found}


def _folded(part: str) -> str:
    name = " ".join(part.lower().split())
    if re.fullmatch(r"(?:[a-z]\.){2,4}|(?:[a-z]\.){1,3}[a-z]", name):
        name = name.replace(".", "")  # E.T.
    return re.sub(r"^(?:us|u\.s\.)\s+(?=\S)", "", name)


def _size(text: str) -> timedelta:
    hours, minutes = int(text[1:3]), int(text[4:])
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


def _reads(local: datetime, zone: tzinfo) -> bool:
    """Whether clocks of a zone read a local time at all."""
    back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None, fold=0) == local.replace(fold=0)


_FIXED = {name.strip(): _size(offset) for offset, listed in _OFFSETS.items() for name in listed.split(",")}
_REGIONS = {name.strip(): zone for zone, listed in _CITIES.items() for name in listed.split(",")}
