"""Text made comparable, character by character, so that a place in the folded text is the same place in the text."""

from __future__ import annotations

__all__ = ["fold", "is_han", "is_word", "simplified"]

# Traditional characters that rules, aliases and companies' names meet, and their simplified forms below, in one order.
_TRADITIONAL = (
    "發佈開源線產計劃資雲訊騰偉達積電華為億萬圓動態獲評級價調報導傳聞認澄實證稱據擬將與簽署戰畧協議購併"
    "購個業績財報營凈淨潤預測禁許證體單規條辦見國務網監總約談貿易員會議訪長臺灣聯瀋陽東訂減費體驗邀測試"
    "應語義圖視頻韓亞馬遜蘋軟谷銀際漲跌勢盤創滬綜點觀師貝術論豐點換屬響從題導進佔終擊過優於勝贏輸強機構"
    "導體晶圓禦寶藍標碁鴻龍馳廣場賓對話當車壓縮幾類學習廠紅轉關請張顯隨後費種蓋絕駁謠誤虛假傳屢讓繼續遲"
    "飛樂匯滙團鐵藥醫礦鋼紙鉅軌鋁錦環節燈紡織廈遠運輪載鋰銅雙啟維緯綠興榮蘇寧順嗶貓愛藝滿攜殼歐凱諾嶺"
    "濟齊頭陸邁銳鋒鏡鏈閱韋爾麗澤漢濱療眾碼納羅腦蘭衛裝記設診誠護貨賽輝輯農連鈦鎢門閃間險風駕鳳鵬麥黃"
    "萊鑽經緣絡紀組結給統繹彙隱慶誌異瑪琺碩確離穩競範築簡糧聖聲職肅脈舉艙蔣薩蟲補該詳諮譽豬責賦跡邊鄉"
    "釀釋針鈉鉑鍋鎂鑄鎮閥陣靈靜頂領顏飲餘館駱驅魯鮮鯨鳥鷹齡"
    "兩來這們時說還無討歲現區慮屆層廳廢戶擁擔擴撥擋擺攤斷暫曆樓檢檔欄歷決況淺滯漸濃熱牽獎獨畫盡矚礎禮稅窮"
    "筆糾純紛細編緊練聰聽膠舊處號虧蝕製複親覽託詢謀譯識貴買賣質賬贈趨較輕輛辭鐘錄錢鎖鬥閉閣闊隊階雜難顆額"
    "願駐騎內擾數"
)
_SIMPLIFIED = (
    "发布开源线产计划资云讯腾伟达积电华为亿万圆动态获评级价调报导传闻认澄实证称据拟将与签署战略协议购并"
    "购个业绩财报营净净润预测禁许证体单规条办见国务网监总约谈贸易员会议访长台湾联沈阳东订减费体验邀测试"
    "应语义图视频韩亚马逊苹软谷银际涨跌势盘创沪综点观师贝术论丰点换属响从题导进占终击过优于胜赢输强机构"
    "导体晶圆御宝蓝标棋鸿龙驰广场宾对话当车压缩几类学习厂红转关请张显随后费种盖绝驳谣误虚假传屡让继续迟"
    "飞乐汇汇团铁药医矿钢纸钜轨铝锦环节灯纺织厦远运轮载锂铜双启维纬绿兴荣苏宁顺哔猫爱艺满携壳欧凯诺岭"
    "济齐头陆迈锐锋镜链阅韦尔丽泽汉滨疗众码纳罗脑兰卫装记设诊诚护货赛辉辑农连钛钨门闪间险风驾凤鹏麦黄"
    "莱钻经缘络纪组结给统绎汇隐庆志异玛珐硕确离稳竞范筑简粮圣声职肃脉举舱蒋萨虫补该详咨誉猪责赋迹边乡"
    "酿释针钠铂锅镁铸镇阀阵灵静顶领颜饮余馆骆驱鲁鲜鲸鸟鹰龄"
    "两来这们时说还无讨岁现区虑届层厅废户拥担扩拨挡摆摊断暂历楼检档栏历决况浅滞渐浓热牵奖独画尽瞩础礼税穷"
    "笔纠纯纷细编紧练聪听胶旧处号亏蚀制复亲览托询谋译识贵买卖质账赠趋较轻辆辞钟录钱锁斗闭阁阔队阶杂难颗额"
    "愿驻骑内扰数"
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
_SIMPLE = {ord(one): ord(other) for one, other in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)}


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


def simplified(text: str) -> str:
    """The text in simplified characters, and nothing else of it changed.

    >>> simplified("Qwen 發佈：")
    'Qwen 发布：'
    """
    return text if text.isascii() else text.translate(_SIMPLE)


def is_han(character: str) -> bool:
    """Whether it is a Chinese character, which needs no word boundary."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def is_word(character: str) -> bool:
    """Whether it continues a word of an alphabet: a letter or digit, but no Chinese character.

    >>> is_word("e"), is_word("7"), is_word("新"), is_word("-")
    (True, True, False, False)
    """
    return character.isalnum() and not is_han(character)
