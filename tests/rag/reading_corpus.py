"""A little invented corpus for tests of how questions are read."""

from rag.question.vocabulary import CorpusWords

TEXTS = (
    "青禾区地处长江以南。青禾区2023年地区生产总值为800亿元，同比增长5%。青禾区规上工业增加值300亿元，服务业增加值200亿元。",
    "青禾经济技术开发区（以下简称“青禾经开区”）面积近60平方公里，现有规上工业企业120家。青禾经开区研发费用为9亿元。",
    "云栈小镇集聚企业900家，云栈小镇于2016年开园。梭影小镇集聚企业400家，梭影小镇引进了飞梭动力。飞梭动力董事长顾砚秋介绍，新厂已投用。",
    "梭影小镇旁的望潮桥已有400年历史。梭影小镇将建设托育中心，为婴幼儿服务。青禾区已与海东师范大学、江北理工大学签约。",
    "望潮桥横跨运河，望潮桥是七孔石桥。飞梭动力发布了大模型FeiMind，企业营收大幅增长，产值增长20%。",
)


def words() -> CorpusWords:
    return CorpusWords.of(TEXTS)
