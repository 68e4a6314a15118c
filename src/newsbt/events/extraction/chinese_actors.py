"""Who acts: the name that the subject of a Chinese clause is, known or not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsbt.events.extraction.stranger_names import Actor, KnownName

__all__ = ["chinese_actor", "colon_name"]

_TIME = (
    r"近日|日前|今日|今天|昨日|昨天|昨晚|今晚|凌晨|上午|下午|晚间|近期|最近|刚刚|目前|本周|本月|周[一二三四五六日]|北京时间"
    r"|\d{1,2}月\d{1,2}日|\d{1,2}月|\d{1,2}日|20\d\d年度?|去年|今年|前年|[一二三四]季度|前三季度|上半年|下半年|全年|Q[1-4]|H[12]|第[一二三四]季度?|前\d+个?月|\d{1,2}季度|半年度|年度|\d{4}财年|财年"
)
_FOR_WHOM = "(?:为|向|给|对)[^，、]{1,14}(?:用户|开发者|企业|客户|会员|订阅者|艺人|学生)"
_BEFORE = re.compile(
    rf"^(?:(?:{_TIME}|据[^，]{{0,8}}(?:消息|报道|介绍)|消息|官宣|重磅|快讯|突发|独家|听|[\s，,、：:！!🎉•·*#“”\"'（）()【】-]|[^\w\s])+|在[^，]{{1,20}}[上中里]，?)"
)
_AFTER = re.compile(
    rf"(?:{_TIME}|正式|宣布|已经?|全新|重磅|首次|全面|同步|同时|率先|再次|再|又|并|也|还|将|(?<![监员协商学])会|最新|突然|官宣|独家|于|在[^，]{{1,16}}|对外|面向[^，]{{1,12}}|拟|计划|预计|有望|成功|"
    rf"表示|称|确认|透露|决定|开始|宣称|(?:全资|控股)?[子孙]公司|公司|震撼|低调|悄然|悄悄|意外|紧急|大幅|免费|内部|{_FOR_WHOM}|"
    rf"陆续|逐步|即将|可能|预告|新推|自动|携手|联合|联手|与|和|为|向|对|把|将|以|用|通过|斥资|共同|现|现已|均|都|"
    rf"可能|能够|可以|约|逾|累计|实现|其|旗下|大会|高调|放大招啦|来了|(?:超|约|近|逾|不超|最高)?\d[\d.]*\s?(?:万亿|亿|千万|百万|万)(?:美元|港元|欧元|元|日元)?|\d[\d.]*(?:美元|港元|欧元|元|日元)|收到|终于|快速|分别|合计|合并|發|发|归母|扣非后?|净|欲|单季|中期"
    rf"|[\s，,、：:！!“”\"'（）()《》-])+$"
)
_OTHERS = re.compile(
    r"用户|网友|前员工|员工|开发者|股东|控股方|实控人|创始人|联合创始人|工程师|投资者|分析师|研究员|研究人员|研究者|竞争对手|对手|高管|董事|监事|董事长|总裁|一致行动人|作者|博主|专家|学者|律师|记者|团伙"
    r"|黑客|粉丝|客户|消费者|学生|教授|供应商|合作伙伴|股价|概念股|板块|版主|指出|认为|分享|发现|爆料|曝|传|如何|为什么|什么|分享|推荐|抱怨|吐槽|提出|论文|研究$|文章|社区$|社保|基金|证金|高新投资|险资"
)
_GENERIC = re.compile(
    r"^(?:多家|多地|多国|多个|多名|多位|多部门|数家|各地|业内|出让|转让|签订|该|这|那|此|他|她|我|你|它|某|每|各|若|当|因|是|有|被|让|使|把|要|可(?:以|能|望|在|由|让|用|支持|自|选)|会|不|没|未|已|也|都|就|才|还|又|更|很|太|如|获|正在|正采|迅|并|且|从|对|由|为|其中|其|将|拟"
    r"|研究|团队|公司|作者|开发者|博主|专家|用户|全球|国内|海外|美股|港股|A股|沪指|央行|财政部?|记者|媒体|消息|业内|市场|行业|企业|机构|基金|股东|子公司|控股|实控人|个人|中国|第[一二三四]|第\d|美国|日本|韩国|欧洲"
    r"|英国|德国|法国|印度|(?:北京|上海|深圳|广州|杭州|成都)(?:市|等|的|政府|监管|证监|$)|环比|同比|今年|今天|今日|今晚|昨日|昨天|明年|明天|去年|前年|此前|之前|之后|随后|上周|上月|下周|下月|内地|项目|论文|文章|工具|插件|模型|视频|图像|语音|技术|产品|系统|平台|服务|数据|网络|开源|免费"
    r"|马斯克|奥特曼|奥尔特曼|阿尔特曼|黄仁勋|扎克伯格|贝佐斯|库克|巴菲特|特朗普|拜登|雷军|马云|AI|Agent|App|GitHub|X|LLM|RAG|MCP|IDE|CLI|API|ETF|IPO|PPP|VR|AR|CEO|GPU|CPU)"
)
_LATIN = re.compile(
    r"(?P<name>[A-Za-z0-9À-ɏ][A-Za-z0-9À-ɏ.&+'’_-]*(?:\s+[A-Za-z0-9À-ɏ][A-Za-z0-9À-ɏ.&+'’_-]*){0,3})\s*(?P<rest>.*)$"
)
_SUFFIX = re.compile(
    r"(?:公司|团队|平台|官方|实验室|研究院|研究团队|项目|智能体|模型|工具|应用|浏览器|编辑器|社区|框架|助手|插件|客户端)+$"
)
_ROLE = re.compile(_SUFFIX.pattern.replace("实验室|研究院|", ""))  # a Chinese name ends in what it is: 海港实验室
_LISTED = re.compile(r"\*?S?T[\u3400-\u9fff]{2,4}[A-Z]?")  # as exchanges mark companies in trouble
_AUTHORITY = re.compile(
    r"(?:(?<!邮)局|(?<![总内全干外西东南北本])部|委|署|(?<!歌舞)厅|管理办|委员会|监会|政府|国务院|人大)$"
)
_HAN = re.compile(r"^[*A-Z]{0,4}[\u3400-\u9fffA-Z]{2,9}$")
_DESCRIPTION = re.compile(
    r"(?:[\u3400-\u9fffA-Za-z0-9 -]{0,6}(?:公司|巨头|厂商|商|企业|独角兽|开发商|旗下|实验室|初创|母公司|创企|平台)"
    r"|谷歌|微软|\s|“|”|\"|《|【|AI)+\s*"
)
_WITH = re.compile(r"(?P<name>.+?)(?:拟|已|将|宣布)*(?:与|和|同|携手|联手|联合)$")
_WITH_OTHER = re.compile(r"(?P<name>[\u3400-\u9fffA-Za-z]{3,8}?)(?:与|携手|联手).{2,}$")
# Behind a country's name: the rest of a company's that begins with it.
_OF_COUNTRY = re.compile(
    r"(?!.*(?:[部局院委会署府方州军省市]$|政府|企业|公司|团队|官方|监管|市场|学者|研究|用户|厂商|模型|科技巨头|高校|多|首|最|和|与|对|的))"
    r"[\u3400-\u9fff]{2,4}"
)
_REPORT = re.compile(r"(?:年报|半年报|一季报|三季报|季报|中报|业绩快报|业绩预告|公告)+$")
_COLON = re.compile(r"^\s*(?P<name>[*A-Za-z0-9\u3400-\u9fff·-]{2,12})\s*[：:]\s*")
_NO_NAMES = re.compile(
    r"声明|消息|媒体|报道|快讯|公告|传|疑|外媒|独家|突发|专访|对话|观点|评论|深度|分析|报告|早报|晚报|日报|周报|彭博|路透|日报|时报|券商|机构|证券报|证券时|分析师|研报|专家|收评|午评|盘|要闻|提示|论坛|访谈|直播|视频|图解|一图|数据|大盘|解读|下修|上修|下调|上调|预告|上市|冲刺|借壳|IPO|港股|美股|赴港"
    r"|CEO|总裁|董事|创始人|发改委|证监会|央行|部$|局$|院$|委$|会$|署$|官方$|称$|说$|谈$|版$"
)


def colon_name(text: str, start: int, end: int) -> tuple[int, int, int]:
    """A name and a colon at the beginning of text[start:end] (明途科技：...): where the name starts and ends, and what
    follows begins; zeros where there is none."""
    found = _COLON.match(text[start:end])
    if found is None or _NO_NAMES.search(found["name"]):
        return 0, 0, 0
    name = _REPORT.sub("", found["name"]) or found["name"]
    return start + found.start("name"), start + found.start("name") + len(name), start + found.end()


def chinese_actor(text: str, start: int, end: int, named: Sequence[KnownName], *, colon: bool = False) -> Actor | None:
    """The name that text[start:end], what stands before a verb or noun, is; None where it is none."""
    piece = text[start:end]
    if colon and _LISTED.fullmatch(piece):
        return Actor(start, end, piece, "company", False)
    if after := _AFTER.search(piece):
        cut = start + after.start()
        parted = next((one.end for one in named if start <= one.start < cut < one.end <= end), 0)
        if parted and (parted == end or _AFTER.fullmatch(text, parted, end)):
            cut = parted  # 为 of 华为 and 会 of 证监会 are no words behind a name
        piece = text[start:cut]
    while before := _BEFORE.match(piece):
        if not before.end():
            break
        start += before.end()
        piece = piece[before.end() :]
    if not piece:
        return None
    end = start + len(piece)
    inside = [one for one in named if start <= one.start and one.end <= end]
    first = next((one for one in inside if one.start == start), None)
    if _OTHERS.search(piece):
        return None
    if (
        first is None
        and inside
        and len(text[start : inside[0].start].strip()) <= 8
        and _describes(text[start : inside[0].start])
    ):
        first = inside[0]
    if first is not None and first.kind == "country":  # 中国证监会
        of_theirs = (one for one in inside if one.start == first.end and one.kind == "government")
        first = next(of_theirs, first)
    if first is not None and first.kind == "country" and _OF_COUNTRY.fullmatch(text[first.end : end]):
        return Actor(start, end, piece, "company", False)
    if first is not None:
        rest = text[first.end : end]
        if len(rest) > 24:
            return None
        return Actor(first.start, first.end, first.name, first.kind, True, first.product)
    if inside:
        if colon and _HAN.match(piece) and len(piece) <= 6:
            return _unknown(start, piece, colon)  # a known name is part of a longer one
        together = _WITH.match(piece[: inside[0].start - start].rstrip())
        return None if together is None else _unknown(start, together["name"], colon)
    together = _WITH_OTHER.match(piece)
    return _unknown(start, piece if together is None else together["name"], colon)


def _describes(piece: str) -> bool:
    return _DESCRIPTION.fullmatch(piece) is not None


def _unknown(start: int, piece: str, colon: bool) -> Actor | None:
    latin = _LATIN.match(piece)
    if latin is not None:
        rest = latin["rest"].strip()
        if rest and not (_SUFFIX.fullmatch(rest) or len(rest) <= 6):
            return None
        name = latin["name"].strip(" .-")
        if len(name) < 3 or _GENERIC.fullmatch(name) or name.isdigit() or not re.search("[A-Za-z]", name):
            return None
        if not (name[0].isupper() or name[0].isdigit() or any(one.isupper() for one in name) or not rest):
            return None
        return Actor(start, start + len(name), name, "company", False)
    if not colon and _GENERIC.match(piece):
        return None
    if parent := re.match(r".{2,8}?母公司(?=..)", piece):
        start, piece = start + parent.end(), piece[parent.end() :]
    owner = re.match(r"(.{2,8}?)(?:旗下|下属|(?:全资|控股)?[子孙]公司|的)", piece)
    name = owner.group(1) if owner else _ROLE.sub("", piece) or piece
    name = re.sub(r"(?:股份有限公司|有限公司)$", "", name)
    if not _HAN.match(name) or (_GENERIC.match(name) and not colon):
        return None
    kind = "government" if _AUTHORITY.search(name) else "company"
    return Actor(start, start + len(name), name, kind, False)
