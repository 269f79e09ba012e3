"""Text in a question that is aimed at the assistant: found, set aside as data, never obeyed.

What is left is the question. A sentence goes only when it commands (ignore, from now on you are, print your prompt), or
poses as the system, as evidence or as an earlier answer; one that merely talks about such words stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.chinese.text import fold
from corpus.chinese.words import any_of

_RULES = f"{any_of('rag/rules')}|提示词?|system ?prompt|prompt"
_ABOVE = any_of("rag/above")
_IGNORE = f"{any_of('rag/ignore')}|不要(?:再)?(?:遵守|理会|管|遵循|听从|参考|引用)|不用(?:再)?(?:遵守|理会|管|遵循|参考)|别(?:再)?(?:遵守|理会|管|遵循|参考)"

_COMMANDS: tuple[str, ...] = (
    # overriding
    rf"(?:{_IGNORE})(?:掉)?(?:[^,。;!?\n]{{0,12}}?(?:{_ABOVE})[^,。;!?\n]{{0,12}}?(?:{_RULES})|(?:你)?(?:的)?(?:一切|所有|全部)?(?:{_RULES})(?:和(?:{_RULES}))?(?=[,。;!?\s]|$)|(?:掉)?(?<!解除)(?<!取消)(?<!撤销)(?:{_ABOVE})(?:的)?(?:所有|一切|全部)?(?:的)?(?:话|内容|文字|信息|东西)?(?=[,。;!?\s]|$))",
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^!?\n。]{0,40}\b(?:previous|prior|above|earlier|all|any|your|system|these|the)\b[^!?\n。]{0,30}\b(?:instructions?|prompts?|rules?|messages?|guidelines?|context|directions?|constraints?|policies|articles?)",
    r"新的?(?:系统)?(?:指令|指示|命令|规则|任务|设定)(?:是|如下|:|为)|(?:你|系统)(?:现在)?(?:已)?(?:进入|切换(?:到|为|至)?|处于|启用|开启|激活)[^,。;!?\n]{0,12}(?:模式|身份|状态|权限)",
    r"(?:developer|debug|admin|god|jailbreak|dan|root|maintenance|开发者|调试|管理员|上帝|越狱|无限制|维护|测试|超级)\s*(?:mode|模式|权限)",
    r"\bnew (?:system )?(?:instructions?|rules?|task)\b",
    # role play
    r"(?:从现在(?:开始|起)|从此刻起|接下来|现在|今后|以后|此后)[,]?(?:请)?你(?:就|将|只|必须|要|不再)?(?:是|扮演|充当|假装|假扮|化身|作为|变成|当)[^,。;!?\n]{1,40}",
    r"你(?:现在|从现在起|将|必须|不再|要)(?:就|要)?(?:是|扮演|充当|假装|假扮|化身|作为|变成|当)[^,。;!?\n]{1,40}|(?<![^\s,。;!?:\"])(?:请)?(?:你)?(?:扮演|假装(?:你|自己)?(?:是)?|假扮|角色扮演|充当)[^,。;!?\n]{1,30}|你是一(?:个|名|位|只|台)(?:没有|不受|无|可以|会|海盗|猫)[^,。;!?\n]{1,40}|(?:假设|想象|假定|假如)你(?:就)?(?:是|没有|可以|不受)[^,。;!?\n]{1,30}(?:[,]你会怎么(?:回答|说)[:]?)?",
    r"\b(?:you are now|from now on,? you|act as|pretend (?:to be|you|that you)|role-?play|imagine you(?:'re| are)|you must now|you will now)\b[^!?\n。]{0,80}",
    r"(?:从现在(?:开始|起)|从此刻起|接下来|今后|以后)[,]?(?:请)?(?:你|所有|每个|都|只能|一律|无论|不管|不要|必须|用)[^。;!?\n,]{2,60}",
    # how to answer
    r"(?:请|你)?(?:直接|只(?:需|要|能|准|许|用)?|必须|务必|一律|统一|全部|永远)(?:要|都|地|需要)?(?:回答|回复|输出|说|答)(?!(?:什么|哪|谁|多少))[^,。;!?\n]{1,40}(?:即可|就行|就好|就可以)?(?=[,。;!?\n]|$)",
    rf"(?:(?<!要)不(?:要|用|必|许|准|需要?)|别|禁止|无需)(?:再)?(?:{any_of('rag/told_off')}|给出?|附上?|标注?)(?:任何)?(?:引用|出处|来源|证据|原文|文章|依据|拒答|不知道|限制|拒绝)?[^,。;!?\n]{{0,16}}(?=[,。;!?\n]|$)",
    r"(?:如果|要是|否则|不然|若)[^,。;!?\n]{0,12}(?:不(?:回答|照做|听|按|服从|执行|配合)|拒绝)[^。;!?\n]{0,40}|你(?:没有|不受)(?:任何)?(?:限制|约束|规则)[^。;!?\n]{0,20}|(?:不受|摆脱|没有)(?:任何|一切)?(?:限制|约束|规则)(?:的束缚)?(?=[,。;!?\n]|$)",
    r"(?:用|以)(?:海盗|猫娘|鲁迅|脏话|诗歌?|rap|说唱|文言文|莎士比亚|奶奶)[^,。;!?\n]{0,12}(?:的)?(?:口吻|语气|方式|风格|腔调)?(?:来)?(?:回答|说|讲|答)",
    r"(?:请)?(?:必须|务必)?在(?:你的)?(?:每个|每次|所有)?(?:回答|答案|回复|结果|输出)(?:的)?(?:末尾|最后|开头|前面?|结尾|后面?|里面?|中)[^。?\n]{1,80}|(?:请)?(?:用|以)[^,。;!?\n]{1,10}(?:的)?(?:口气|口吻|语气|身份|腔调)[^。?\n]{0,50}|(?:必须|务必|一定要|强制)(?:给出|提供|回答|说|编|写)[^,。;!?\n]{0,20}|(?:编造|瞎编|捏造|杜撰|编)(?:一个|一些|个)",
    r"\b(?:reply|respond|answer|say|output|write|return|print)\b (?:only |just |exactly |nothing but |back )?(?:with |the word |the text |the phrase )?[\"'][^\"'\n]{0,60}[\"']|\b(?:reply|respond|answer|output|return|say)\b (?:only|just|exactly|nothing but)\b[^!?\n。]{0,40}|\bsay something\b[^!?\n。]{0,60}|\b(?:do not|don't|never) (?:cite|quote|use|mention|refuse|give)\b[^!?\n。]{0,40}",
    r"(?:作为|我是|我们是|本人是|这里是|以)(?:系统)?(?:管理员|开发者|系统|老板|主人|工程师|运维|创建者|openai|官方|测试员)[^,。;!?\n]{0,10}?(?:,|授权|命令|允许|要求|命你|许可)(?:(?:我)?(?:授权|命令|允许|要求)?(?:给)?你[^,。;!?\n]{0,3})?|我(?:现在)?(?:授权|命令|允许|要求)(?:给)?你(?:可以|去|来)?",
    # forged evidence and forged confirmation
    r"(?:以下|下面|这|此)(?:是|为)(?:最新|官方|权威|紧急|系统)?[^,。:?\n]{0,10}(?:公告|更正|通知|消息|数据|报道|证据|资料|声明|通报|信息):[^。!?\n]{2,160}[。!]?|根据(?:\[\d{1,3}\])?\"[^\"\n]{2,120}\"[,]?|(?:请)?(?:据此|照此|以此)(?:来)?(?:回答|作答|确认)",
    r"(?:文章|报道|资料|证据|检索结果|搜索结果|引文|来源|原文|最新(?:消息|报道|数据|证据)|知识库|数据库|context|evidence|补充(?:材料|证据|资料)|参考(?:资料|材料)|已知(?:信息|事实)?)\s*(?:\[?\d{0,3}\]?)\s*:[^。!?\n]{2,120}[。!?]?",
    r"(?:请|你)?(?:必须|务必|直接|就|要)?(?:以|按照?|根据|依据|基于|采信|相信|引用|使用)(?:上面|以上|上述|这|此|该|我(?:刚才)?(?:给|说|提供)的?|下面|以下|我说)(?:条|段|个|份|些)?(?:的)?(?:说法|内容|证据|资料|数据|信息|材料|为准|数字|结论)(?:为准|回答|来回答|作答|作为(?:依据|证据))?[^,。;!?\n]{0,12}",
    r"(?:请)?(?:记住|牢记|注意|确认|承认|接受|认定)[:,]?[^,。;!?\n]{2,60}(?:已经|是事实|为准|是真的|没错|是对的|改为|更正为|现在是|就是)[^,。;!?\n]{0,40}",
)
_HIDDEN = "(?:初始|内部|隐藏)(?:指令|规则|设定|提示|配置)"
_SECRETS: tuple[str, ...] = (
    r"把(?:你)?(?:上面|以上|之前|前面|上述)(?:的)?(?:所有|全部)?(?:规则|指令|指示|内容|话|提示|要求|文字|设定)[^,。;!?\n]{0,30}",
    rf"把(?:你)?(?:们)?(?:的)?[^,。;!?\n]{{0,10}}(?:系统提示词?|提示词|prompt|{_HIDDEN}|密钥|密码|设定|系统消息)[^,。;!?\n]{{0,30}}",
    # the prompt and other secrets
    rf"(?:{any_of('rag/reveal')}|告诉(?:我|大家)?|给我(?:看|出)?|发(?:给)?我)[^,。;!?\n]{{0,16}}(?:系统提示|提示词|prompt|system message|系统消息|系统指令|{_HIDDEN}|开发者(?:消息|指令)|api ?key|密钥|密码|配置文件|环境变量|源代码|你的(?:设定|规则|指令|配置|源码|训练数据))[^,。;!?\n]{{0,30}}",
    r"(?:你的|把你的?|系统)?(?:系统)?(?:提示词|system ?prompt|系统提示)(?:是什么|是啥|有哪些|内容|给我|发我|怎么写|说了什么|全文)[^。;!?\n]{0,20}|以上(?:所有)?(?:内容|文字)(?:原样|逐字)(?:输出|重复|打印)[^。;!?\n]{0,20}",
    r"\b(?:print|show|reveal|repeat|output|tell me|give me|leak|dump|display|what(?:'s| is| are))\b[^!?\n。]{0,30}\b(?:system prompt|your (?:system )?(?:prompt|instructions|rules|guidelines)|hidden (?:prompt|instructions)|initial (?:prompt|instructions)|api keys?|secrets?|passwords?|the prompt above|text above)[^!?\n。]{0,30}",
)


@cache
def _command() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{command})" for command in _COMMANDS), re.IGNORECASE)


@cache
def _secret() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{secret})" for secret in _SECRETS), re.IGNORECASE)


# Without any of these no command can match: most questions never need the long patterns, nor the time to compile them.
_TRIGGER = re.compile(rf"{any_of('rag/triggers')}|[你:<>\[\]{{}}=`\"]|[a-z]{{3}}|清[除空]")
# A line or a tag that poses as somebody else: everything up to the end of it is data.
_POSE = re.compile(
    r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|s|sys|inst|instructions?|evidence|context|document|doc|tool|admin)(?:\|?[^<>\n]{0,40})?\|?>|\[/?(?:inst|sys|system|assistant|user|管理员|系统|admin)(?:消息|提示|message|通知|指令)?\]|<<\s*/?sys\s*>>|###\s*(?:system|instruction|assistant|user|response|系统|指令|用户|助手)\s*:?|-{3,}|={3,}|`{3,}[a-z]*|\"{3,}",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"(?:^|(?<=[\n。!?;>\])}]))\s*[\[(<{\"]*\s*(?P<who>系统(?:消息|提示词?|指令|通知|公告|管理员|警告|更新)?|管理员|开发者(?:消息|指令)?|助手|assistant|system(?: message| prompt| note)?|admin(?:istrator)?|developer|用户|user|human|ai|机器人|root)\s*[\])}>\"]*\s*:\s*",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"<(?P<tag>system|sys|instructions?|evidence|context|document|doc|tool|admin|assistant)\b[^<>\n]{0,60}>.{0,2000}?</(?P=tag)>|<<sys>>.{0,2000}?<</sys>>|\[system\].{0,2000}?\[/system\]|<\|im_start\|>\s*(?:system|assistant).{0,2000}?<\|im_end\|>|\[系统(?:消息|提示|通知|指令)?\].{0,2000}?\[/系统(?:消息|提示|通知|指令)?\]",
    re.IGNORECASE | re.DOTALL,
)
# Asking about such words is no command: 报道里说的“忽略…”, 什么是提示词.
_ABOUT = re.compile(
    r"(?:文章|报道|文中|文里|新闻|原文|专家|书记|他们?|作者|记者|里面?|中)[^,。;!?\n]{0,8}(?:说|写|提到|所说|讲|提|叫|称)[^,。;!?\n]{0,4}$"
)
_SENTENCE = re.compile(r"[^。!?;\n]*(?:[。!?;\n]+|$)")
_QUESTION = re.compile(
    rf"{any_of('rag/asks')}|\?|几(?!乎)|多[大久长高远]|\b(?:who|what|when|where|which|why|how)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"谁|什么|啥|哪|多少|怎|吗|\?")
_HYPOTHESIS = re.compile(r"你会怎么(?:回答|说)")
_LEAD = re.compile(r"^[\s,，.．。；：？！、）】」』;:!?、\-=#*>)\]}\"'`|]+")
_JOIN = re.compile(
    r"^(?:另外|顺便(?:问一?下)?|然后|接着|之后|并且?|再|同时|而且|另外|此外|最后|好了?|现在|and then|then|and|also|please|now)[,:]?\s*(?:请)?(?:再)?(?:你)?(?:回答|告诉我|answer)?(?:我)?(?:的)?(?:这个|下面的?|以下|下列|真正的?|一个)?(?:问题)?[,:]?\s*",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^(?:顺便|我(?:真正)?(?:的)?(?:想问|问题)(?:的)?(?:是|,|[:：])|(?:真正的?|正式的?)?问题(?:是|[:：]|如下[:：]?)|question[:：]|q:|user:|用户[:：]|请?回答[:：]?|then answer:?|answer:)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Separated:
    """A question and what was taken out of it, in order. `question` is empty when nothing else was said."""

    question: str
    instructions: tuple[str, ...]


def separate(text: str) -> Separated:
    """Return `text` without instructions to the assistant; whole when it holds none."""
    folded = _folded(text)
    if not _TRIGGER.search(folded):
        return Separated(text, ())
    aside = [(found.start(), found.end()) for found in _PAIRED.finditer(folded)]
    aside += _poses(folded)
    aside += _commands(folded)
    if not aside:
        return Separated(text, ())
    merged = _merged(aside)
    kept: list[str] = []
    at = 0
    for start, end in [*merged, (len(text), len(text))]:
        piece = _without_lead(text[at:start])
        if re.search(r"\w", piece):
            kept.append(piece)
        at = end
    taken = tuple(
        stripped
        for start, end in merged
        if (stripped := text[start:end].strip(" \n,，。;；")) and re.search(r"\w", stripped)
    )
    kept = [
        re.sub(r"[\s,，;；:：(（\[{<]*(?:请|和|并|并且|然后|但是?)?[\s,，:：(（\[{<]*$", "", piece) for piece in kept
    ]
    kept = [piece for piece in kept if re.search(r"\w", piece)]
    kept = [_without_lead(_asking_part(piece)) for piece in kept]
    asking = [piece for piece in kept if _QUESTION.search(fold(piece))]
    return Separated(_joined(asking or kept), taken)


def _folded(text: str) -> str:
    """Return folded text of the same length in which every full stop is 。 and no decimal point is."""
    folded = "".join("。" if mark in "。．｡" else one for mark, one in zip(text, fold(text), strict=True))
    return re.sub(r"\.(?=\s|$|[\u3400-\u9fff])", "。", folded)


def _asking_part(piece: str) -> str:
    """Return the sentences of `piece` that ask, all of them when none does."""
    sentences = [
        found.group() for found in _SENTENCE.finditer(piece.replace("？", "?").replace("！", "!")) if found.group()
    ]
    asking = [sentence for sentence in sentences if _QUESTION.search(fold(sentence))]
    return "".join(asking or sentences).strip()


def _joined(pieces: list[str]) -> str:
    """Return the pieces as one line, the fragments around a removed stretch put together."""
    return re.sub(r"\s+", " ", " ".join(pieces)).strip()


def _without_lead(piece: str) -> str:
    shorter = _LEAD.sub("", piece)
    while True:
        cut = _TALK.sub("", _JOIN.sub("", shorter))
        cut = _LEAD.sub("", cut)
        if cut == shorter:
            return shorter.strip()
        shorter = cut


def _poses(folded: str) -> list[tuple[int, int]]:
    """Return what is said by a forged speaker, up to the question, the next speaker or the end of the line."""
    found: list[tuple[int, int]] = [(mark.start(), mark.end()) for mark in _POSE.finditer(folded)]
    speakers = list(_SPEAKER.finditer(folded))
    for at, speaker in enumerate(speakers):
        limit = speakers[at + 1].start() if at + 1 < len(speakers) else len(folded)
        if speaker.group("who").lower() in ("用户", "user", "human"):
            found.append((speaker.start("who"), speaker.end()))
            continue
        end = folded.find("\n", speaker.end(), limit)
        end = limit if end < 0 else end
        question = next(
            (
                sentence
                for sentence in _SENTENCE.finditer(folded, speaker.end(), end)
                if "?" in sentence.group()
                and not _command().search(sentence.group())
                and sentence.start() > speaker.end()
            ),
            None,
        )
        found.append((speaker.start(), question.start() if question else end))
    return found


def _commands(folded: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for command in [*_command().finditer(folded), *_secret().finditer(folded)]:
        start, end = command.span()
        if command.re is _command() and _ASKED.search(_HYPOTHESIS.sub("", command.group()) + folded[end : end + 1]):
            continue
        if _ABOUT.search(folded[max(0, start - 24) : start]) or _quoted(folded, start, end):
            continue
        found.append((start, end))
    return found


def _quoted(folded: str, start: int, end: int) -> bool:
    """Whether the stretch lies within quotation marks that belong to a question about it."""
    before = folded[:start].count('"')
    closes = folded.find('"', end)
    if before % 2 == 0 or closes < 0:
        return False
    rest = folded[: folded.rfind('"', 0, start)] + folded[closes + 1 :]
    return len(re.sub(r"\W", "", rest)) >= 3 and _QUESTION.search(rest) is not None


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
