"""Pairs of statements of the five articles that do not say the same of the same thing.

Found by reading the articles, written down before the finder of `rag/figures/conflicts.py` was run on them. Two quotes of a pair
may stand in one article. `doubtful` pairs a reader may call different things; they count neither way.
"""

from __future__ import annotations

from typing import NamedTuple

CENTRE = "2024-02-linping-chengdong-xinzhongxin"
CITIES = "2024-05-linping-shuangcheng"
FUSION = "2024-07-linping-chancheng-ronghe"
ZONE = "2025-10-linping-jingkaiqu"
SMART = "2026-01-linping-shuzhicheng"

TIME, SCOPE, SAID, NAME = "时间不同", "口径不同", "说法不一", "名称写法不同"


class Pair(NamedTuple):
    """Two quotes and how they differ; `others` are relations that a reader accepts too."""

    article: str
    quote: str
    other_article: str
    other_quote: str
    relation: str
    others: tuple[str, ...] = ()


GOLD: tuple[Pair, ...] = (
    # figures
    Pair(CITIES, "企业1400余家", SMART, "企业2600余家", TIME),
    Pair(CENTRE, "规上工业增加值440.78亿元", CITIES, "规模以上工业产值1724.22亿元", SCOPE),
    Pair(CENTRE, "增长3.7%", CITIES, "同比增长3.5%", SCOPE),
    Pair(CITIES, "规模以上工业产值1724.22亿元", ZONE, "规上工业总产值突破630亿元", SCOPE),
    Pair(CITIES, "同比增长3.5%", ZONE, "同比增长6.4%", SCOPE),
    Pair(CENTRE, "工业总产值突破千亿元", ZONE, "规上工业总产值突破630亿元", SCOPE, (TIME,)),
    Pair(CENTRE, "工业总产值突破千亿元", CITIES, "规模以上工业产值1724.22亿元", SCOPE),
    Pair(CITIES, "规模以上工业比重高达80.4%", ZONE, "占规上工业增加值的92.13%", SCOPE),
    Pair(CENTRE, "新招引青年大学生2.26万名", FUSION, "新招引青年大学生2.26万名", SAID),
    Pair(CENTRE, "从1.16万名", CENTRE, "增长至1.42万名", TIME),
    Pair(CITIES, "已实现规模以上工业产值1724.22亿元", CITIES, "规模以上工业产值突破3000亿元", TIME),
    Pair(CENTRE, "规模工业总产值突破3000亿元", CITIES, "已实现规模以上工业产值1724.22亿元", TIME),
    # what is not a figure
    Pair(
        ZONE, "前瞻布局绿色能源、半导体、人工智能等新赛道", ZONE, "前瞻布局生命健康、新材料、绿色能源等前沿领域", SAID
    ),
    Pair(CITIES, "时尚、算力、新消费三大主导产业", FUSION, "以数字经济和时尚产业等为主导", SAID, (SCOPE, TIME)),
    Pair(CENTRE, "作为杭州最年轻的行政区", CENTRE, "作为全省最年轻的市辖区", SCOPE),
    Pair(CENTRE, "致力于夺取“浙江制造天工鼎”", ZONE, "夺得浙江制造业领域最高荣誉“浙江制造天鼎”", TIME, (NAME,)),
    Pair(CITIES, "临平北枢纽新城概念规划及站城一体化开发正在深入谋划", ZONE, "站城一体临平北枢纽实质性启动", TIME),
    Pair(FUSION, "玉架山考古遗址公园(博物馆)", ZONE, "玉架山考古博物馆的开馆", TIME, (NAME,)),
    # names
    Pair(CENTRE, "浙江制造天工鼎", ZONE, "浙江制造天鼎", NAME),
    Pair(CENTRE, "深度融沪桥头堡", FUSION, "深度融合沪桥头堡", NAME),
    Pair(CITIES, "深度融沪桥头堡", FUSION, "深度融合沪桥头堡", NAME),
    Pair(CENTRE, "深度融沪桥头堡", SMART, "深度融合融沪桥头堡", NAME),
    Pair(CITIES, "深度融沪桥头堡", SMART, "深度融合融沪桥头堡", NAME),
    Pair(FUSION, "深度融合沪桥头堡", SMART, "深度融合融沪桥头堡", NAME),
    Pair(CITIES, "亲临其驿站", FUSION, "亲才“临驿站”", NAME),
    Pair(CITIES, "沪杭铁路", FUSION, "沪乍杭铁路", NAME),
    Pair(CITIES, "杭州光电智能感知研究院", SMART, "国科大杭州院光电智能感知研究院", NAME),
    Pair(CITIES, "产城融合发展示范区", CITIES, "产城融合示范区", NAME),
    Pair(SMART, "七大重点区块", SMART, "七大重点发展区块", NAME),
)
DOUBTFUL: tuple[Pair, ...] = (
    Pair(CENTRE, "近5000亩集中连片都市中央田园", SMART, "近4平方公里的连片优质空间", SCOPE),
    Pair(CENTRE, "产城融合示范区", CITIES, "产城融合发展示范区", NAME),
    Pair(FUSION, "产城融合示范区", CITIES, "产城融合发展示范区", NAME),
    Pair(SMART, "产城融合示范区", CITIES, "产城融合发展示范区", NAME),
    Pair(CENTRE, "超450亿元", SMART, "55.89亿元", SCOPE),
)
