"""Make the table of places: `python -m rag.training places` → rag/models/places/places.json.

Source: the administrative divisions of China (gazetteer_pcas, WTFPL), provinces to counties; countries as listed here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from rag.training.reading_sets import read_rows

_TYPE = re.compile(
    "(?:特别行政区|(?:[\u4e00-\u9fff]{1,3}族|维吾尔|各族)*(?:自治区|自治州|自治县|自治旗)|地区|林区|矿区|新区|省|市|区|县|盟|旗)$"
)
# Short forms that are words as well: only the full form is a place.
_WORDS = re.compile("来宾|白银|四平|大同|安康|朝阳|玉树|山南|日照|北海|阿里|东方|中山|江门|三沙|和田|文山|长治|红河")
_COUNTRIES = (
    "中国|美国|英国|法国|德国|日本|韩国|朝鲜|俄罗斯|印度|泰国|越南|新加坡|马来西亚|印尼|印度尼西亚|"
    "菲律宾|缅甸|柬埔寨|老挝|蒙古|巴基斯坦|孟加拉国|尼泊尔|斯里兰卡|阿富汗|伊朗|伊拉克|以色列|沙特|"
    "土耳其|叙利亚|约旦|黎巴嫩|阿联酋|卡塔尔|科威特|埃及|南非|尼日利亚|肯尼亚|埃塞俄比亚|阿尔及利亚|"
    "摩洛哥|利比亚|苏丹|尼日尔|意大利|西班牙|葡萄牙|荷兰|比利时|瑞士|瑞典|挪威|芬兰|丹麦|冰岛|波兰|"
    "捷克|匈牙利|奥地利|希腊|乌克兰|白俄罗斯|罗马尼亚|保加利亚|塞尔维亚|爱尔兰|加拿大|墨西哥|巴西|阿根廷|"
    "智利|秘鲁|哥伦比亚|古巴|委内瑞拉|澳大利亚|新西兰|哈萨克斯坦|乌兹别克斯坦|欧洲|欧盟|非洲|北美|南美"
)


def stem(name: str) -> str:
    """Return a name without the word for what it is, if two characters remain: 杭州市 is 杭州, 南区 stays."""
    short = _TYPE.sub("", name)
    return short if len(short) >= 2 else name


def train(data: Path, out: Path, say: Callable[[str], None] = print) -> None:
    """Write the table to `out`/places.json."""
    within: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    bare: set[str] = set()
    for country in _COUNTRIES.split("|"):
        written[country] = country
    rows = list(read_rows(data, "gazetteer_pcas"))
    provinces = {
        stem(row["name"]) for row in rows if row["level"] == 1
    }  # 河北省 lies in nothing, though 天津 has a 河北区
    for row in rows:
        name, level = row["name"], row["level"]
        if level > 3 or name in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"):
            continue
        short = stem(name)
        if short not in provinces:
            within[short] |= {stem(above) for above in row["path"][:-1] if above != "市辖区"} - {short}
        if len(name) > 2:
            written[name] = short
        if level < 3 and not _WORDS.fullmatch(short):
            written[short] = short
        elif level == 3:
            bare.add(short)
    table = {
        "within": {name: sorted(above) for name, above in sorted(within.items()) if above},
        "written": dict(sorted(written.items())),
        "bare": sorted(bare - written.keys()),
    }
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    (out / "places.json").write_text(text + "\n", encoding="utf-8")
    say(f"{len(written)} forms of {len(set(written.values()))} places, {len(bare)} counties")
