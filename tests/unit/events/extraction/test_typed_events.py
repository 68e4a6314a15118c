"""Who does what in a headline: the subject of its clause acts, known or not, and what is no event is none."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.headlines import classify_headlines
from newsbt.events.extraction.news_item import NewsItem
from newsbt.events.extraction.writing import announcements_csv

AT = datetime(2025, 3, 6, 8, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def announced(extractor: Extractor, headline: str, body: str = "") -> tuple[str, str]:
    found = extractor.extract(NewsItem.of(headline, body, published_at=AT))
    return (found.event_type, found.issuer) if found.is_announcement else ("", "")


@pytest.mark.parametrize(
    ("headline", "event_type", "issuer"),
    [
        ("Brightvale unveils folding headphones", "product_launch", "Brightvale"),
        ("Chip stocks slump as Nvidia unveils Rubin chip", "product_launch", "Nvidia"),
        ("Rivals wait while Brightvale launches two tablets", "product_launch", "Brightvale"),
        ("Harbor up as Brightvale buys stake - Brightvale News", "partnership", "Brightvale"),
        ("Lamp maker Brightvale falls - Harbor Acquires Week", "", ""),
        ("Chinese chipmaker Brightvale unveils AI accelerator", "product_launch", "Brightvale"),
        ("Brightvale's new app launches on phones", "product_launch", "Brightvale"),
        ("Brightvale, a maker of lamps, introduces its first phone", "product_launch", "Brightvale"),
        ("Brightvale — the lamp company — launches its own phones", "product_launch", "Brightvale"),
        ("After a slow year, Brightvale launches two tablets", "product_launch", "Brightvale"),
        ("Google Maps adds a mode for cyclists", "product_launch", "Google"),
        ("May Harbor launches its first ferry service", "product_launch", "May Harbor"),
        ("Digital Ferry Startup Brightvale Acquires Nvidia Unit", "partnership", "Brightvale"),
        ("Sony's new headphones are now available in the US", "product_launch", "Sony"),
        ("Gaming firm Brightvale acquires Northmoor", "partnership", "Brightvale"),
        ("华为推出Mate 80系列手机", "product_launch", "Huawei"),
        ("证监会印发实施方案", "policy", "China Securities Regulatory Commission"),
        ("中国证监会印发实施方案", "policy", "China Securities Regulatory Commission"),
        ("证监会对恒大地产罚款41.75亿元", "policy", "China Securities Regulatory Commission"),
        ("市场监管总局对携程立案调查", "policy", "State Administration for Market Regulation (China)"),
        ("欧盟对谷歌开出29.5亿欧元罚单", "policy", "European Commission"),
        ("快手可图3.0发布，主打中文海报", "model_release", "Kuaishou"),
        ("苹果推出新款AirPods", "product_launch", "Apple"),
        ("Kimi推出浏览器插件", "product_launch", "Moonshot AI"),
        ("Harbor bank ASA reports 2024 profit of NOK 120 million", "earnings_guidance", "Harbor bank ASA"),
        ("Top Australian bank Brightvale's first-half profit rises 2%", "earnings_guidance", "Brightvale"),
        ("Google on Tuesday announced the general availability of Harbor Desk", "product_launch", "Google"),
        ("Google said today that it has launched a mode for maps", "product_launch", "Google"),
        ("Brightvale 50% profit drop in H1 2025", "earnings_guidance", "Brightvale"),
        ("Brightvale provides first guidance for its lamps", "earnings_guidance", "Brightvale"),
        ("Mingtu Lab 联合 NVIDIA 发布 Mingtu-12B 模型", "model_release", "Mingtu Lab"),
        ("明途科技联合NVIDIA发布Mingtu-12B模型", "model_release", "明途科技"),
        ("明途科技发布 Mingtu-12B", "model_release", "明途科技"),
        ("百度智舱接入DeepSeek", "product_launch", "Baidu"),
        ("海港人工智能实验室发布 Harbor-U 统一多模态模型", "model_release", "海港人工智能实验室"),
        ("明途數碼發佈新款無人機", "product_launch", "明途數碼"),
        ("远川母公司明途科技Q4净利润增长12%", "earnings_guidance", "明途科技"),
        ("YouTube will let viewers hide comments", "product_launch", "Google"),
        ("The next update of Chrome adds a mode for maps", "product_launch", "Google"),
        ("Introducing GLM-9", "model_release", "Zhipu"),
        ("We're launching Gemini 3.5", "model_release", "Google"),
        ("Anthropic unveils Claude Cowork for tablets", "product_launch", "Anthropic"),
        ("Brightvale Acquires Northmoor for $40 Million", "partnership", "Brightvale"),
        ("Northmoor to be acquired by Brightvale", "partnership", "Brightvale"),
        ("Brightvale and Northmoor team up on batteries", "partnership", "Brightvale"),
        ("Tesla cuts prices of the Model Y in Norway", "product_launch", "Tesla"),
        ("Brightvale slashes phone prices by a third", "product_launch", "Brightvale"),
        ("阿里云下调通义千问API价格", "product_launch", "Alibaba"),
        ("豆包大模型降价八成", "product_launch", "ByteDance"),
        ("Brightvale Quarterly Sales Top Estimates", "earnings_beat", "Brightvale"),
        ("Brightvale profit up 18%", "earnings_guidance", "Brightvale"),
        ("Brightvale first-half profit slid 9% on weak lamps", "earnings_guidance", "Brightvale"),
        ("Tencent rises 4% as results beat estimates", "earnings_beat", "Tencent"),
        ("UPDATE 2-Brightvale cuts full-year forecast", "guidance_cut", "Brightvale"),
        ("Tencent profit rose 12% last year", "earnings_guidance", "Tencent"),
        ("FTC opens antitrust probe of Brightvale", "policy", "Federal Trade Commission"),
        ("明途科技发布智能眼镜", "product_launch", "明途科技"),
        ("明途科技发布MT-3大模型", "model_release", "明途科技"),
        ("近日，明途科技正式推出桌面机器人", "product_launch", "明途科技"),
        ("明途科技：拟12.5亿元收购远川电子全部股权", "partnership", "明途科技"),
        ("明途科技：2024年净利同比增长12%", "earnings_guidance", "明途科技"),
        ("明途科技半年报净利增一成", "earnings_guidance", "明途科技"),
        ("腾讯去年净利润增长12%", "earnings_guidance", "Tencent"),
        ("明途科技拟20亿元投建数据中心项目", "capex_plan", "明途科技"),
        ("GPT-5.5 正式上线", "model_release", "OpenAI"),
        ("GPT-5.5 is now available worldwide", "model_release", "OpenAI"),
        ("Brightvale's streaming service rolls out across Europe", "product_launch", "Brightvale"),
        ("Sony's new toy teaches coding to kids", "product_launch", "Sony"),
        ("Brightvale debuts an alternative that puts creators in control", "product_launch", "Brightvale"),
        ("As Northmoor shuts down, Brightvale debuts a rival service", "product_launch", "Brightvale"),
        ("iPhone maker Apple unveils new laptop", "product_launch", "Apple"),
        ("UK startup Brightvale launches an app", "product_launch", "Brightvale"),
        ("Brightvale acquires mobile game Owl Garden", "partnership", "Brightvale"),
        ("Brightvale to acquire Northmoor in all-stock deal", "partnership", "Brightvale"),
        ("Struggling lamp maker Brightvale invests $40M in chip startup Northmoor", "partnership", "Brightvale"),
        ("Brightvale extends gas deals with Northmoor", "partnership", "Brightvale"),
        ("Brightvale profit rises on tax gain", "earnings_guidance", "Brightvale"),
        ("Brightvale half-year profit falls, beats forecasts", "earnings_beat", "Brightvale"),
        ("Brightvale shares slump after Q3 revenue miss", "earnings_miss", "Brightvale"),
        ("Brightvale raises 2025 profit forecast on strong demand", "guidance_raise", "Brightvale"),
        ("Brightvale expects premiums toward lower end of guidance", "earnings_guidance", "Brightvale"),
        ("Brightvale warns on full-year profit", "guidance_cut", "Brightvale"),
        ("Brightvale sets $1B stock repurchase plan", "buyback", "Brightvale"),
        ("Brightvale declares $0.25 dividend", "dividend", "Brightvale"),
        ("Brightvale slashes dividend, posts $5 billion net loss", "earnings_guidance", "Brightvale"),
        ("Britain bans short sales of bank shares", "policy", "Government of the United Kingdom"),
        ("FDA approves Brightvale's heart drug", "policy", "Food and Drug Administration"),
        ("Brightvale plans Rs 400 crore investment in Karnataka", "capex_plan", "Brightvale"),
        ("明途科技与腾讯签订战略合作协议", "partnership", "明途科技"),
        ("上海明途拟2亿元收购远川电子41%股权", "partnership", "上海明途"),
        ("*ST明途：下修业绩预期，预计全年净亏损4亿元", "guidance_cut", "*ST明途"),
        ("明途科技第三季净利超预期", "earnings_beat", "明途科技"),
        ("明途科技拟2亿元至3亿元回购股份", "buyback", "明途科技"),
        ("明途科技：年报拟10派7.2元", "dividend", "明途科技"),
        ("Hermes Agent 发布 v0.12.0，优化循环", "product_launch", "Nous Research"),
        ("千问推出 Qwen Coding Plan", "product_launch", "Alibaba"),
        ("LlamaIndex 开源 LiteParse，秒解析五百页文档", "product_launch", "LlamaIndex"),
        ("Sony's next console is all about portability", "product_launch", "Sony"),
        ("Mistral's latest coding model quickly writes whole libraries", "model_release", "Mistral AI"),
        ("Meta's smart glasses can now translate signs", "product_launch", "Meta"),
        ("钉钉新功能可自动生成会议纪要", "product_launch", "Alibaba"),
        ("Brightvale debuts $299 robot mower for small gardens", "product_launch", "Brightvale"),
        ("小米推出新款路由器，售价399元", "product_launch", "Xiaomi"),
        ("明途科技发布新一代扫地机", "product_launch", "明途科技"),
        ("Apple taps Northmoor Optics to manufacture lenses", "partnership", "Apple"),
        ("Brightvale picks Northmoor as battery supplier", "partnership", "Brightvale"),
        ("Northmoor acquired by Brightvale", "partnership", "Brightvale"),
        ("New electric truck unveiled by Brightvale", "product_launch", "Brightvale"),
        ("Sony's new headset is designed to survive a week without charging", "product_launch", "Sony"),
        ("OpenAI's GPT-6 is here", "model_release", "OpenAI"),
        ("Brightvale launches loyalty program for drivers", "product_launch", "Brightvale"),
        ("Brightvale brings its photo app to Android", "product_launch", "Brightvale"),
        ("Brightvale's new app starts rolling out to drivers", "product_launch", "Brightvale"),
        ("Gemini CLI 更新 v0.40.0", "product_launch", "Google"),
        ("你好，Qwen4", "model_release", "Alibaba"),
        ("华为Mate 80今日开售", "product_launch", "Huawei"),
        ("Brightvale invests $50M in Northmoor, a maker of drones", "partnership", "Brightvale"),
        ("Brightvale acquisition of Northmoor.io to expand its cloud tools", "partnership", "Brightvale"),
        ("Brightvale: Signing of a definitive agreement for Northmoor", "partnership", "Brightvale"),
        ("Brightvale Expands Reach in Ohio Through Partnership With Northmoor Clinic", "partnership", "Brightvale"),
        ("Northmoor and Brightvale Team Up to Turn Claims into Trees", "partnership", "Northmoor"),
        ("Brightvale awards $532 mln contract to Northmoor", "partnership", "Brightvale"),
        ("France's Brightvale Lands EUR600 Million Contract With Northmoor", "partnership", "Brightvale"),
        ("Salesforce buys Slack in a $20B deal", "partnership", "Salesforce"),
        ("Brightvale says it will buy Northmoor for $3 billion", "partnership", "Brightvale"),
        ("Brightvale said on Monday it would invest $2 billion in a plant in Ohio", "capex_plan", "Brightvale"),
        ("Brightvale approves $2.1 billion copper mine expansion", "capex_plan", "Brightvale"),
        ("Brightvale slashes capital spending by 30%", "capex_plan", "Brightvale"),
        ("Brightvale, Northmoor to build RM2.6b port hub", "capex_plan", "Brightvale"),
        ("Brightvale profit rises as company resists oil slump", "earnings_guidance", "Brightvale"),
        ("Brightvale shares climb on 12% rise in first-half profit", "earnings_guidance", "Brightvale"),
        ("Brightvale rises after upbeat fourth-quarter results", "earnings_guidance", "Brightvale"),
        ("Brightvale 1H Rev A$179.2M Vs. A$179.0M", "earnings_guidance", "Brightvale"),
        (
            "GUIDANCE: (BRV) Brightvale Group Expects Revenue Range $4.90B - $5.10B",
            "earnings_guidance",
            "Brightvale Group",
        ),
        ("Brightvale: 2024 Net Recurrent Earnings up 3.8%", "earnings_guidance", "Brightvale"),
        ("Brightvale Q4: Earnings Take A Hit On Pension Charge", "earnings_guidance", "Brightvale"),
        ("Brightvale shares gain 7% as net profit jumps 38%", "earnings_guidance", "Brightvale"),
        ("Brightvale Q4 stock tanks after Q4 earnings miss", "earnings_miss", "Brightvale"),
        ("Wendy's better-than-expected quarter offsets soft guidance", "earnings_beat", "Wendy's"),
        ("SEC fines Brightvale $65 million", "policy", "US Securities and Exchange Commission"),
        ("California sues Brightvale over data", "policy", "Government of California"),
        ("台积电拟投资1000亿新台币扩建熊本二厂", "capex_plan", "TSMC"),
        ("商务部宣布对镓相关物项实施出口管制", "export_control", "Ministry of Commerce (China)"),
        ("Claude Opus 4.5 is here", "model_release", "Anthropic"),
        ("GPT-5.1 arrives with a warmer voice", "model_release", "OpenAI"),
        ("DeepSeek upgrades R1 model, closing in on OpenAI", "model_release", "DeepSeek"),
        ("Alibaba unveils new chip as China seeks other makers", "product_launch", "Alibaba"),
        ("Samsung's new trifold phone goes on sale in Korea", "product_launch", "Samsung"),
        ("Nvidia to invest up to $100 billion in OpenAI", "partnership", "Nvidia"),
        ("SoftBank completes $40 billion investment in OpenAI", "partnership", "SoftBank"),
        ("Microsoft, OpenAI reach new deal on ownership", "partnership", "Microsoft"),
        ("China suspends export ban on gallium", "export_control", "Government of China"),
        ("EU opens antitrust probe into Meta's assistant", "policy", "European Commission"),
        ("EU startup Brightvale unveils folding headphones", "product_launch", "Brightvale"),
        ("Italy fines Shein 1 million euros", "policy", "Government of Italy"),
        ("Tencent to raise capital spending on data centres", "capex_plan", "Tencent"),
        ("Meta raises capex forecast to $70-72 billion", "capex_plan", "Meta"),
        ("Samsung to build $310 billion of new chip lines", "capex_plan", "Samsung"),
        ("台积电上调全年资本支出至420亿美元", "capex_plan", "TSMC"),
        ("阿里巴巴追加三年3800亿元AI基建投入", "capex_plan", "Alibaba"),
        ("百度文心5.0正式发布，原生全模态", "model_release", "Baidu"),
        ("腾讯混元图像3.0宣布开源", "model_release", "Tencent"),
        ("快手可灵2.5 Turbo上线，价格降低三成", "model_release", "Kuaishou"),
        ("美团发布LongCat-Flash-Chat", "model_release", "Meituan"),
        ("面壁智能推出MiniCPM-V 4.5", "model_release", "ModelBest"),
        ("Midjourney releases V7", "model_release", "Midjourney"),
        ("Google's Nano Banana Pro launches", "model_release", "Google"),
        ("LG AI Research unveils EXAONE 4.0", "model_release", "LG"),
        ("GE cuts dividend in half", "dividend", "General Electric"),
        ("华为Mate 80系列开售，售价4699元起", "product_launch", "Huawei"),
        ("蔚来ES9上市", "product_launch", "NIO"),
        ("比亚迪秦L降价2万元", "product_launch", "BYD"),
    ],
)
def test_the_subject_of_the_clause_acts(headline: str, event_type: str, issuer: str, extractor: Extractor) -> None:
    assert announced(extractor, headline) == (event_type, issuer)


@pytest.mark.parametrize(
    "headline",
    [
        "Brightvale is not partnering with Northmoor",
        "Brightvale Q4 earnings review: buy the future",
        "Brightvale announces results of its combined general meeting",
        "Brightvale says it will sell lamps in China again",
        "百度高管：希望找到一种与腾讯合作的方式",
        "百度称计划今年晚些时候推出新应用",
        "百度数周内发布文心大模型5.0",
        "百度与腾讯承诺继续合作",
        "谷歌新一代开源模型 Gemma 9 或将发布",
        "Brightvale terminates deal to acquire Northmoor",
        "明途科技终止收购远川电子",
        "明途科技未与远川电子达成合作",
        "Former Google engineers launch a search startup",
        "The team behind Brightvale's lamps has opened a bakery app",
        "Apple investors buy into the rally",
        "Brightvale may launch a phone",
        "Brightvale cuts prices",
        "Brightvale rises 4% as Tencent results beat estimates",
        "Analysts expect Brightvale to cut phone prices",
        "Saudi Aramco cuts oil prices for Asia",
        "Should Brightvale launch a phone?",
        "明途科技控股股东拟减持2%股份",
        "Brightvale plans to launch a phone in 2027",
        "Google sets the date of its launch event",
        "Tesla plunges on profit doubts",
        "Auction sales fall 6% in the first half",
        "China's $300 billion tax cut is a stabilizer",
        "Brightvale launches trial of heart drug",
        "Brightvale launches $100M fund",
        "Netflix is turning into YouTube",
        "Jefferies raises price target on Brightvale to $60",
        "OpenAI联合创始人：算力依然是基础",
        "明途科技控股股东股票质押式回购",
        "腾讯公布大语言模型训练专利",
        "Apple taps former Tesla engineer to build its car software",
        "Meta taps new chief to run its labs",
        "Google's new office has a garden on the roof",
        "Google's latest feud with regulators may actually help its sales",
        "Sony's new console shake-up is all about prices",
        "Samsung just created a privacy nightmare for its smart glasses",
        "Brightvale launches $50 million fund for farmers",
        "明途科技推出首款理财基金",
        "明途科技将于下月推出新款路由器",
        "腾讯新版本可能下周推送",
        "宁德时代港股IPO上市",
        "华为Mate 80系列发布会定档",
        "Sony announces PlayStation 5 price increase",
        "Brightvale weighs a sale as Northmoor seeks buyers",
        "Brightvale could invest $1 billion in OpenAI",
        "EU carmakers cut prices",
        "State Department to Buy Tesla Trucks",
        "Tesla hit by slow sales as Meat Giant expands with Northmoor deal",
        "Brightvale announces index changes for second quarter",
        "Brightvale's third-quarter earnings will hinge on demand",
        "Nike returns to stadium advertising to revive sales",
        "Brightvale will unveil its truck on June 24",
        "US sanctions put Brightvale plans in jeopardy",
        "Brightvale launches refinancing of credit line",
        "Brightvale launches new commitment to its patients",
        "Brightvale says it would not buy Northmoor",
        "Brightvale revenue outpaces estimates, but margins raise questions: analyst",
        "Brightvale's Q4 results left questions, Morgan Stanley says",
        "Morgan Stanley previews this week's GDP data",
        "Apple's AirPods Max drop to lowest price ever in Amazon sale",
        "Apple's iPad Air is available for $100 off",
        "Samsung Galaxy Buds are now available at a record-low price",
        "Apple can also be sued over App Store fees, court rules",
        "Intel's chip chief is out",
        "Intel launches sale of Altera as it cuts jobs",
        "Ferrari debuts on Milan exchange after spin-off",
        "Shareholders push Exxon to cut spending plans",
        "Investors pressure Intel to sell stake in Mobileye",
        "Apple will have to open iPhone to other stores, EU says",
        "明途科技：签订募集资金三方监管协议",
        "明途科技：签订担保合同",
        "科大讯飞：公司与DeepSeek无合作",
        "比亚迪：未参与特斯拉机器人项目合作",
        "明途科技：尚未向特斯拉供货机器人部件",
        "美国商务部官员：暂不对华为实施新出口管制",
        "欧盟：考虑对谷歌罚款",
    ],
)
def test_what_is_negated_ended_unsure_or_done_by_others_is_no_event(headline: str, extractor: Extractor) -> None:
    assert announced(extractor, headline) == ("", "")


@pytest.mark.parametrize(
    ("headline", "event_type"),
    [
        ("Brightvale launches app for the trial of a heart drug", "product_launch"),
        ("Brightvale launches phone as lawsuit looms", "product_launch"),
        ("London Stock Exchange buys data startup Northmoor", "partnership"),
        ("Nvidia launches AI model router for data centers", "product_launch"),
        ("百度上线模型 Benchmarks 页面", "product_launch"),
    ],
)
def test_a_negation_ends_with_what_the_verb_is_about(headline: str, event_type: str, extractor: Extractor) -> None:
    assert announced(extractor, headline)[0] == event_type


def test_what_the_headline_announces_is_no_background_of_what_the_body_dates(extractor: Extractor) -> None:
    body = "Northmoor was founded in 2004. Brightvale acquired a rival three years ago."
    assert announced(extractor, "Brightvale acquires Northmoor for $40 million", body) == ("partnership", "Brightvale")


def test_an_unknown_actor_is_never_replaced_by_a_known_name(extractor: Extractor) -> None:
    found = extractor.extract(NewsItem.of("Brightvale launches an app for iPhone", published_at=AT))
    assert (found.issuer, found.tickers) == ("Brightvale", ())


def test_a_claim_of_the_body_needs_the_headlines_company(extractor: Extractor) -> None:
    body = "Alibaba released Qwen3-Max on Thursday. Alibaba said Qwen3-Max is available now."
    assert announced(extractor, "Alibaba's new flagship", body) == ("model_release", "Alibaba")
    assert announced(extractor, "A quiet day for Brightvale", body) == ("", "")


def test_a_body_without_the_headlines_names_is_contaminated_and_left_out(extractor: Extractor) -> None:
    foreign = "Officials deny that the bridge is delayed. " * 8 + "Alibaba released Qwen3-Max on Thursday."
    found = extractor.extract(NewsItem.of("Tencent launches a browser", foreign, published_at=AT))
    assert (found.event_type, found.issuer, found.contaminated) == ("product_launch", "Tencent", ("Tencent",))
    own = f"{foreign} 腾讯 said so."
    assert extractor.extract(NewsItem.of("Tencent launches a browser", own, published_at=AT)).contaminated == ()
    unknown = extractor.extract(NewsItem.of("Brightvale launches a browser", foreign, published_at=AT))
    assert (unknown.issuer, unknown.contaminated) == ("Brightvale", ("Brightvale",))
    short = extractor.extract(NewsItem.of("Brightvale launches a browser", "It is out.", published_at=AT))
    assert short.contaminated == ()


@pytest.mark.parametrize(
    ("headline", "event_type", "issuer"),
    [
        ("Macron unveils a $112B AI investment package", "", ""),
        ("民航局发布无人机运行识别规范（征求意见稿）", "policy", "民航局"),
        ("亚马逊计划投资超1000亿美元加速人工智能发展", "capex_plan", "Amazon"),
        ("Meta 宣布新计划，推动 AI 发展", "", ""),
    ],
)
def test_persons_and_authorities_are_no_companies(
    headline: str, event_type: str, issuer: str, extractor: Extractor
) -> None:
    assert announced(extractor, headline) == (event_type, issuer)


def test_five_million_characters_are_read_from_their_beginning(extractor: Extractor) -> None:
    body = "Tencent said so. " + "<div class='x'>腾讯 &amp; \u0627\u0644 </div>" * 160_000
    found = extractor.extract(NewsItem.of("Tencent launches a browser", body, published_at=AT))
    assert len(found.body) > 5_000_000
    assert (found.event_type, found.issuer) == ("product_launch", "Tencent")


def test_a_part_of_a_type_says_of_which(extractor: Extractor) -> None:
    heads = ["Brightvale Quarterly Sales Top Estimates", "Britain bans short sales of bank shares", "Rain again"]
    found = [extractor.extract(NewsItem.of(head, published_at=AT)) for head in heads]
    rows = [(one.event_type, one.broader_type) for one in found]
    assert rows == [("earnings_beat", "earnings_guidance"), ("policy", "policy"), ("", "")]
    (batch,) = classify_headlines([(head, AT, head) for head in heads], extractor)
    columns = (batch.column("event_type"), batch.column("broader_type"))
    assert list(zip(*(one.to_pylist() for one in columns), strict=True)) == rows
    assert [row["broader_type"] for row in csv.DictReader(StringIO(announcements_csv(found)))] == [
        "earnings_guidance", "policy",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headline", "body", "event_type"),
    [
        (
            "Google and a quieter way to sail",
            "HARBOR, Feb. 12 (Newswire) - Google on Tuesday announced the long-awaited debut of Harbor Phone 2.",
            "product_launch",
        ),
        ("Google and the sea", "Google has started rolling out a new memory feature for Gemini.", "product_launch"),
        ("苹果与海港", "苹果公司近期在其招聘页面上发布了一系列与机器人产品研发相关的职位。", ""),
    ],
)
def test_the_first_paragraph_says_what_a_headline_only_hints_at(
    extractor: Extractor, headline: str, body: str, event_type: str
) -> None:
    assert announced(extractor, headline, body)[0] == event_type
