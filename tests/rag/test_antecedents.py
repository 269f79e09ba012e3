import pytest

from rag.reading.antecedents import points_back


@pytest.mark.parametrize(
    "text",
    [
        "该企业的强项在于智能视频领域软硬件解决方案。",
        "这家公司去年落户临平。",
        "其联合循环一年发电量超过4亿度。",
        "它以鲁班锁为设计灵感。",
        "在第四届博览会上，这家临平企业发布了自主研发的模型。",
        "这里是时尚产业的主阵地。",
    ],
)
def test_a_sentence_about_this_or_it_points_back(text):
    assert points_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "其中，高新技术产业增加值156.57亿元。",
        "他山之石，可以攻玉。",
        "临平区该年新增企业400家。",
        "这些年，临平的变化有目共睹。",
        "德适生物发布了自主研发的模型。",
    ],
)
def test_a_sentence_that_names_what_it_speaks_of_does_not(text):
    assert not points_back(text)
