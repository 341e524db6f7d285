"""Bytes become text by mark, strict UTF-8, GB18030, then by likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baiyun_gis.errors import EncodingError
from baiyun_gis.io.encodings import decode

TEXT = "物探点号,附属物,埋设方式\r\nJS1,检修井,直埋\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_chinese_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)).text == TEXT


def test_big5_is_not_taken_for_gbk() -> None:
    text = "管線種類,埋設方式,地面高程,起點點號,終點點號\n自來水,直埋,一般,中山路,臺北市\n" * 3
    assert decode(text.encode("big5")).text == text


def test_western_accents_are_not_taken_for_chinese() -> None:
    text = "Straße,Größe\nRue de l'Église,150\nCafé,200\n"
    decoded = decode(text.encode("cp1252"))
    assert decoded.text == text
    assert decoded.confidence < 0.9


def test_lines_in_two_encodings_are_each_read_in_their_own() -> None:
    rows = TEXT.splitlines(keepends=True)
    data = rows[0].encode("gb18030") + rows[1].encode("utf-8")
    decoded = decode(data)
    assert decoded.text == TEXT
    assert decoded.other_lines == 1
    assert decoded.inference() is not None


def test_four_byte_characters_of_gb18030_are_read() -> None:
    text = "道路,㐀㐁街\n" + TEXT
    assert decode(text.encode("gb18030")).text == text


def test_a_named_encoding_is_taken_as_it_is_or_refused() -> None:
    assert decode("é".encode("latin-1"), encoding="latin-1").text == "é"
    with pytest.raises(EncodingError, match="no encoding called"):
        decode(b"x", encoding="klingon")
    with pytest.raises(EncodingError, match="byte 1"):
        decode(b"\xff\xff", encoding="utf-8")


def test_plain_ascii_needs_no_remark() -> None:
    assert decode(b"a,b\n1,2\n").inference() is None


def test_bytes_that_fit_nothing_are_marked_and_counted() -> None:
    decoded = decode("检修井".encode("gb18030") + b"\n\xff\xff\xff,1\n")
    assert decoded.replaced > 0
    assert decoded.inference() is not None


@given(st.text(alphabet="检修井阀门直埋管径材质,;12.ab\n", min_size=1))
def test_every_text_of_the_trade_survives_gb18030_and_utf8(text: str) -> None:
    assert decode(text.encode("utf-8")).text == text
    lines = text.encode("gb18030")
    assert decode(lines, encoding="gb18030").text == text
