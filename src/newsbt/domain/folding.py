"""Text made comparable, character by character, so that a place in the folded text is the same place in the text."""

from __future__ import annotations

__all__ = ["fold", "is_han", "is_word"]

# Traditional characters that the rules and aliases meet, and their simplified forms below them, in the same order.
_TRADITIONAL = (
    "發佈開源線產計劃資雲訊騰偉達積電華為億萬圓動態獲評級價調報導傳聞認澄實證稱據擬將與簽署戰畧協議購併"
    "購個業績財報營凈淨潤預測禁許證體單規條辦見國務網監總約談貿易員會議訪長臺灣聯瀋陽東訂減費體驗邀測試"
    "應語義圖視頻韓亞馬遜蘋軟谷銀際漲跌勢盤創滬綜點觀師貝術論豐點換屬響從題導進佔終擊過優於勝贏輸強機構"
    "導體晶圓禦寶藍標碁鴻龍馳廣場賓對話當車壓縮幾類學習廠紅轉關請張顯隨後費種蓋絕駁謠誤虛假傳屢讓繼續遲"
)
_SIMPLIFIED = (
    "发布开源线产计划资云讯腾伟达积电华为亿万圆动态获评级价调报导传闻认澄实证称据拟将与签署战略协议购并"
    "购个业绩财报营净净润预测禁许证体单规条办见国务网监总约谈贸易员会议访长台湾联沈阳东订减费体验邀测试"
    "应语义图视频韩亚马逊苹软谷银际涨跌势盘创沪综点观师贝术论丰点换属响从题导进占终击过优于胜赢输强机构"
    "导体晶圆御宝蓝标棋鸿龙驰广场宾对话当车压缩几类学习厂红转关请张显随后费种盖绝驳谣误虚假传屡让继续迟"
)


def _table() -> dict[int, int]:
    assert len(_TRADITIONAL) == len(_SIMPLIFIED)
    table = {ord(one): ord(other) for one, other in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if one != other}
    table |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width letters, digits and signs
    table |= {ord(one): ord(other) for one, other in zip("\u2018\u2019\u2032\u201c\u201d", "'''\"\"", strict=True)}
    table |= {ord(dash): ord("-") for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
    table |= {ord(blank): ord(" ") for blank in "\u00a0\u2009\u202f\u3000\t"}
    return table


_FOLDED = _table()


def fold(text: str) -> str:
    """Lower case, plain quotes, dashes and blanks, half-width signs, simplified characters; the length stays.

    >>> fold("Ｑｗｅｎ３ – 發佈"), len(fold("İ")) == len("İ")
    ('qwen3 - 发布', True)
    """
    if text.isascii():
        return text.lower()
    plain = text.translate(_FOLDED)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(low if len(low := one.lower()) == 1 else one for one in plain)


def is_han(character: str) -> bool:
    """Whether it is a Chinese character, which needs no word boundary."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def is_word(character: str) -> bool:
    """Whether it continues a word of an alphabet: a letter or digit, but no Chinese character.

    >>> is_word("e"), is_word("7"), is_word("新"), is_word("-")
    (True, True, False, False)
    """
    return character.isalnum() and not is_han(character)
