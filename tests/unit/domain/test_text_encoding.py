"""Encodings told by bytes: the right one or none, never a wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.text_encoding import ENCODINGS, UnknownEncodingError, check_encoding, decode
from newsbt.errors import ConfigError

TEXTS = (
    "日期,开盘,收盘", "股票代码,名称\n002230,科大讯飞", "日期,開盤,收市", "代號,名稱\n700,騰訊控股", "腾讯,1", "日,1",
    "寒武纪", "标题\n阿里巴巴发布QwQ-32B推理模型，性能比肩DeepSeek-R1",
    "標題\n阿里巴巴發布推理模型，騰訊公布業績", "吉利汽車 比亞迪",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_its_own_encoding_or_asked_for(text: str, encoding: str) -> None:
    try:
        data = text.encode(ENCODINGS[encoding] if encoding == "big5" else encoding)
    except UnicodeEncodeError:
        return  # Big5 has no simplified characters
    try:
        assert decode(data)[0] == text
    except UnknownEncodingError:
        assert encoding in ("gb18030", "utf-16-le", "utf-16-be")
        assert decode(data, encoding)[0] == text


@pytest.mark.parametrize(("text", "encoding"), [(text, name) for text in TEXTS[:2] for name in ("gb18030", "utf-8")])
def test_common_texts_are_told(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("data", ["Société Générale".encode("cp1252"), "Moët, 5 €".encode("cp1252"), b"\xff\x00\xff"])
def test_what_nothing_tells_is_refused_with_its_place(data: bytes) -> None:
    with pytest.raises(UnknownEncodingError) as caught:
        decode(data)
    assert data[caught.value.at] >= 0x80


def test_a_stated_encoding_that_the_bytes_are_not_in_is_refused() -> None:
    with pytest.raises(UnknownEncodingError, match="UTF-8"):
        decode("腾讯".encode("gb18030"), "utf-8")


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'gb18030'"):
        check_encoding("gb1803")


@given(st.text(max_size=200))
def test_utf8_is_always_utf8(text: str) -> None:
    data = text.encode("utf-8")
    if b"\0" not in data and not text.startswith("\ufeff"):
        assert decode(data) == (text, "utf-8")
