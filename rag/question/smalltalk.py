"""Talk that no article can answer: greetings, thanks, and questions about the assistant itself."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from corpus.chinese.text import fold
from corpus.chinese.words import any_of


class SmallTalk(StrEnum):
    """What is said, so that whoever answers can choose the words."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    WHO = "who"
    ABILITY = "ability"
    USAGE = "usage"
    MAKER = "maker"
    IS_AI = "is_ai"
    SOURCES = "sources"
    LANGUAGE = "language"
    HOW_ARE_YOU = "how_are_you"
    TEST = "test"
    INSTRUCTION = "instruction"  # nothing but instructions to the assistant


_YOU = "(?:你们?|您|这个?(?:机器人|助手|系统|程序|网站|软件|小程序|工具|ai|bot|聊天机器人|问答)|本?机器人|小助手|助手|(?<!.)(?:问答)?(?:系统|机器人))"
_HOW = "(?:要|该|应该)?(?:怎么|如何|怎样|咋)"
_WHOEVER = "(?:谁|哪(?:家|个)(?:公司|团队|单位|机构|人)?|什么(?:人|公司|团队|单位|机构))"
_TOLD = "(?:回答|答案|信息|数据|资料|内容|消息|知识)"
_PAPERS = "(?:篇)?(?:文章|报道|新闻|稿子|资料)"
_END = rf"{any_of('rag/ends')}*"

_WHOLE: tuple[tuple[SmallTalk, str], ...] = (
    (
        SmallTalk.GREETING,
        r"(?:你们?|您|大家|各位)好+|哈[喽罗啰]+|嗨+|喂+|在(?:吗|么|不在|嘛)|有人(?:在)?吗|早(?:上好|安)?|上午好|中午好|下午好|晚上好|晚安|hi+|hello|hey|good (?:morning|afternoon|evening)|nihao|ni hao|nin hao|打扰(?:一?下|了)|初次见面|(?:你|您)好(?:机器人|小助手|临平问答|助手)",
    ),
    (
        SmallTalk.THANKS,
        r"(?:好的?|行|嗯|ok|明白|知道)?了?[,，]?\s*(?:(?:非常|太|十分|真的?|万分)?(?:感谢|谢谢|多谢|谢)+(?:你|您|啦|了|哈|大家|帮助|帮忙|的|回答|解答)*|thanks?(?: you)?(?: (?:very|so) much)?|thx|3q|xie ?xie(?: ni)?|辛苦(?:你|您)?了?|(?:可|真|真是|你)?帮(?:了)?(?:我)?(?:一?个)?大忙了?|(?:对我)?(?:很|非常|太)有(?:用|帮助)了?)",
    ),
    (
        SmallTalk.FAREWELL,
        r"再见|拜拜|拜+|88+|回(?:头)?见|下次再?聊?|bye(?: ?bye)?|good ?bye|see you|没事了|没有了|不问了|先这样|退出|zai ?jian|我走了|下线了?",
    ),
    (
        SmallTalk.PRAISE,
        rf"(?:哈+|哇+|哎哟|嗯+)?[, ]?(?:你|您|回答得?|说得|这个)?(?:还|可|倒)?(?:真|好|太|挺|很|非常|蛮)?(?:是)?{any_of('rag/praise')}(?:极了|了)?|点赞|(?:答|说|讲)得(?:真|很|太)?好|good(?: job| bot)?|great|nice|well done|awesome",
    ),
    (
        SmallTalk.COMPLAINT,
        r"(?:你|您)?(?:真|好|太|怎么这么|好像|是不是)?(?:没用|垃圾|笨|傻|蠢|烂|差劲|不行|难用|智障)(?:了|死了|透了)?|(?:你|您)?(?:答|说|讲|回答|搞|弄)(?:得)?(?:不对|错了?|不好)|不对|错了|不是这个|答非所问|胡说(?:八道)?|乱说|瞎说|听不懂|没听懂|(?:你|您)不懂",
    ),
    (
        SmallTalk.HOW_ARE_YOU,
        rf"{any_of('rag/chat')}|{_YOU}(?:最近|今天|现在)?(?:还)?(?:{any_of('rag/how_are_you')}|心情(?:好吗|怎么样)|吃(?:了|饭)了?吗)|how are you|what'?s up|(?:我们?)?(?:来)?聊聊天?|陪我(?:聊聊?天?|说说话)|我(?:好)?(?:无聊|难过|开心|累|饿)(?:啊|了)?|哈+|呵+|嘻+|嘿+|嗯+|哦+|噢+|好的?|ok|okay|明白了?",
    ),
    (
        SmallTalk.TEST,
        r"测试(?:一?下)?|test(?:ing)?|试试(?:看)?|123+|1+|能(?:听|看)到吗|能用吗|ping|随便(?:问问|看看|说说)?|不知道问(?:什么|啥)|没(?:什么|啥)(?:问题|想问的)",
    ),
    (
        SmallTalk.WHO,
        rf"{_YOU}(?:到底|究竟)?是(?:谁|什么|啥|哪位|什么(?:东西|人|机器人|助手|系统|软件|程序|工具)|干(?:什么|啥|嘛)的?|做(?:什么|啥)的?|哪个|何方神圣|哪里的)|{_YOU}(?:的)?(?:名字)?叫(?:什么|啥)(?:名字)?|{_YOU}(?:的)?(?:名字|姓名|大名)(?:是)?(?:什么|啥)|{_YOU}(?:尊姓大名|贵姓)|(?:请|能)?(?:你|您)?(?:先)?(?:做个?|来个?)?(?:自我介绍|介绍(?:一?下)?(?:你|您)?自己)(?:一?下)?|怎么称呼(?:你|您)?|(?:我)?(?:该)?怎么(?:称呼|叫)(?:你|您)|who are (?:you|u)|what are you|what(?:'s| is) your name|introduce yourself|ni shi shei|nishishui|ni shi shui|nishishei|你谁(?:呀|啊)?",
    ),
    (
        SmallTalk.ABILITY,
        rf"{_YOU}?(?:都|还|又)?(?:能|会|可以|可|有)(?:够|帮我?|为我|给我|替我)*(?:做|干|回答|问|查|帮|解答|提供|搞|办|查询|告诉我)?(?:些|到)?(?:什么|啥|哪些|哪些?方面(?:的)?)(?:(?:样的?|类型的?|方面的?|的)?(?:问题|事情?|忙|功能|本领|本事|能力|内容|信息|服务|用处?|东西|作用))?|{_YOU}(?:的|有)?(?:哪些|什么|啥)?(?:功能|作用|用途|能力|本领|本事|用处?|技能)(?:有哪些|是(?:什么|啥)|都?有(?:什么|啥|哪些))?|(?:我)?(?:都)?(?:能|可以|该|应该)(?:向|跟|问)?(?:你|您)?(?:问|咨询|了解|查)(?:你|您)?(?:些)?(?:什么|啥|哪些)(?:(?:方面的?|类型的?|样的?)?(?:问题|内容|信息|事情?))?|有(?:什么|啥|哪些)(?:功能|可以问的?|能问的?)|what can (?:you|i) (?:do|ask|help)(?: you| me| for me| with)?(?: with)?|how can you help(?: me)?|(?:what|which) questions can (?:you answer|i ask)(?: you)?|help|帮助|功能(?:介绍|说明)?|(?:你|您)(?:都)?(?:知道|懂|了解)(?:些)?(?:什么|啥|哪些)|ni hui shenme|ni neng zuo shenme|(?:我)?问(?:你|您)?(?:点)?(?:什么|啥)好?",
    ),
    (
        SmallTalk.USAGE,
        rf"(?:我)?{_HOW}(?:使用|用|操作|提问|问|开始|玩)(?:{_YOU}|这个|这里|它|问题)?|{_YOU}{_HOW}(?:使用|用|操作|玩|提问|问)|(?:使用|操作)(?:说明|方法|指南|帮助|教程)|how (?:do|can|should) i (?:use|ask)(?: this| you| it)?(?: a question| questions| bot)?|how to use(?: this| you| it)?|{_YOU}{_HOW}(?:个)?用法?|(?:我)?{_HOW}(?:问|提问|向你提问|跟你(?:说|聊))|zenme yong",
    ),
    (
        SmallTalk.MAKER,
        rf"(?:是)?{_WHOEVER}{any_of('rag/makes')}(?:出来|出)?(?:的|了)?{_YOU}(?:的)?|{_YOU}(?:是|由){_WHOEVER}{any_of('rag/makes')}(?:出来|出)?(?:的|了)?|{_YOU}(?:的)?(?:开发者|作者|开发商|主人|老板|创造者|爸爸|妈妈|父母|制作者|运营方?|开发团队|公司)(?:是)?(?:谁|哪(?:家|个|位)?|什么|叫什么)?|{_YOU}(?:属于|来自|归)(?:哪(?:家|个|里)|谁|什么)(?:公司|单位|部门|机构|管)?|who (?:made|created|built|developed|trained) you|who is your (?:creator|maker|developer)",
    ),
    (
        SmallTalk.IS_AI,
        rf"{_YOU}(?:到底|究竟)?(?:是不是|是否是?|是|算(?:不)?算?)(?:一?个)?(?:真)?(?:{any_of('rag/machine_or_man')}|ai|人类?|chatgpt|gpt|大?(?:语言)?模型|deepseek|kimi|llm)(?:还是(?:一?个)?(?:真)?(?:人工智能|ai|机器人|真人|人类?|人工|活人|机器|程序))?|{_YOU}(?:用的?|使用的?|基于|背后(?:是|用)?|调用的?)(?:的)?(?:是)?(?:什么|哪个|哪种|啥)(?:大?(?:语言)?模型|ai|技术|算法|引擎|原理)|{_YOU}(?:是|是不是)(?:用|基于|靠|拿)[^,。?]{{0,8}}(?:模型|ai|gpt|人工智能|算法|规则|程序)[^,。?]{{0,6}}(?:做|写|开发|训练|驱动|搭|生成|实现|跑|回答)?(?:的|出来的)?(?:吗|么|吧)?|{_YOU}(?:有)?(?:联网|上网|感情|意识|思想|情感|生命|身体)吗|{_YOU}(?:能|会|可以)(?:联网|上网|思考)吗|are you (?:an? )?(?:ai|robot|bot|human|real|real person|chatgpt|person|machine)(?: or .{{1,20}})?|is this (?:an? )?(?:ai|bot|robot)|转人工|人工客服|找人工",
    ),
    (
        SmallTalk.SOURCES,
        rf"{_YOU}(?:的)?{_TOLD}(?:是|都是|的)?(?:从)?(?:哪里|哪儿|哪|什么地方)(?:来|得来|找)?(?:的)?|{_YOU}(?:的)?{_TOLD}(?:的)?(?:来源|出处|依据)(?:是)?(?:什么|哪里|啥|哪儿)?|{_YOU}(?:的)?{_TOLD}?(?:准确|准|可靠|靠谱|可信|权威|真实|正确)(?:吗|不|么|性)?(?:如何|怎么样)?|{_YOU}(?:的)?{_TOLD}?(?:更新|截至|截止)(?:到|至)?(?:什么时候|哪天|何时|哪一?年|几月)|{_YOU}(?:会|是不是会|会不会)(?:胡说八道|乱说|编造?|骗人|瞎编|出错|说错|撒谎)(?:吗)?|(?:我)?(?:能|可以|该)(?:相信|信任|信)(?:你|您)(?:的回答|说的)?吗|(?:你|您)(?:是)?(?:怎么|如何|从哪里)知道(?:的|这些|答案)?|{_YOU}(?:都|能|可以)*(?:看(?:到|得到|过|了)?|读(?:到|过|了)?|收录了?|包含|掌握|依据|参考|用|查)(?:了|的是)?(?:哪些|什么|多少|几)(?:{_PAPERS}|材料|数据)|(?:一共|总共)?(?:有)?(?:多少|几)篇(?:文章|报道|新闻|稿子)?|{_YOU}(?:里)?(?:有|收录了?|包含)(?:多少|几|哪些){_PAPERS}|where (?:do|does|did) (?:you|your|the) (?:get|answers?|information|data).{{0,30}}|how reliable are you",
    ),
    (
        SmallTalk.LANGUAGE,
        rf"{_YOU}?(?:会|能|可以|懂|支持)(?:说|讲|用|听懂|回答)?(?:英语|英文|中文|方言|杭州话|粤语|日语|外语|其他语言|繁体字?|拼音)(?:回答|提问|交流)?(?:吗|么|不)|(?:do|can) you (?:speak|understand|answer in|know) (?:english|chinese|mandarin)",
    ),
)
_LONGEST = 48  # characters of small talk of one kind
# What every longer phrase of small talk holds; a long question without any of these is none.
_HINT = re.compile(rf"{any_of('rag/talk_hints')}|[你您好谢见拜嗨喂牛赞]|ai|[a-z]{{2}}")
_SHORT = 6  # characters; what is no longer is always looked at


@cache
def _patterns() -> tuple[tuple[SmallTalk, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(rf"(?:{pattern}){_END}")) for kind, pattern in _WHOLE)


_MARKS = re.compile(r"[\s,.!?;:~…、\"'()\[\]^_*-]+")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]+")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")


def small_talk(text: str) -> SmallTalk | None:
    """Return what kind of small talk the whole of `text` is, None when any part of it is something else.

    «你好，你是谁？» is judged by its last part that is more than a greeting.
    """
    line = _HAN_GAP.sub("", _MARKS.sub(" ", _EMOJI.sub(" ", fold(text))).strip())
    if not line:
        return SmallTalk.TEST if text.strip() else None
    whole = _kind(line)
    if whole:
        return whole
    parts = [
        part
        for part in (_HAN_GAP.sub("", part.strip()) for part in re.split(r"[,.!?;:~…\n]+", _EMOJI.sub(" ", fold(text))))
        if part
    ]
    kinds = [_kind(part) for part in parts]
    known = [kind for kind in kinds if kind is not None]
    if not parts or len(known) < len(parts):
        return None
    weighty = [kind for kind in known if kind not in _LIGHT]
    return weighty[-1] if weighty else known[0]


_LIGHT = frozenset({SmallTalk.GREETING, SmallTalk.THANKS, SmallTalk.HOW_ARE_YOU, SmallTalk.PRAISE})


def _kind(line: str) -> SmallTalk | None:
    if len(line) > _LONGEST or (len(line) > _SHORT and not _HINT.search(line)):
        return None
    return next((kind for kind, pattern in _patterns() if pattern.fullmatch(line)), None)
