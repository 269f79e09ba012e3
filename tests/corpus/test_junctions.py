import numpy as np
import pytest

from corpus.repair.junctions import WINDOW, Junctions, bucket_columns, code_points, introduces_person

PAGE = "临平经开区很大。临平经开区很新。临平经开区很美。\n产值突破一千亿元，临平经开区功不可没。"


@pytest.mark.parametrize(
    ("left", "right", "sign"),
    [
        ("他来到临", "平经开区参观", 1),  # 平经开区 has its 临
        ("他看着城市发展", "平经开区也不例外", -1),  # and here it lacks it
        ("他来到临平经", "开区参观", 1),
        ("他来到临平经", "贸大学参观", -1),  # 临平经 is followed by 开 everywhere
        ("他去了上海", "参观博物馆", 0),  # words that the page does not know
    ],
)
def test_words_keep_their_neighbours(left, right, sign):
    assert np.sign(Junctions(PAGE).habit(left, right)) == sign


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        ("努力走出一条产城融合发展的新路", "径，不断提升城市品质。", "今年，全区新增企业两百家。"),
        ("完成老旧小区综合改造提升五十七万平方", "米、加装电梯一百二十台。", "记者从发布会上了解到。"),
        ("这条路经过拓宽改造成为一条四级公", "路，出行更方便，也更安全。", "他表示，未来将继续努力。"),
    ],
)
def test_the_true_continuation_scores_above_another_sentence(left, right, wrong):
    junctions = Junctions("")
    assert junctions.runs_on(left, right) > 0 > junctions.runs_on(left, wrong)


def test_a_name_follows_a_post():
    assert introduces_person("公共事务部项目经理", "王小明指着产线说")
    assert introduces_person("村党委书记", "赵强介绍，如今")
    assert not introduces_person("公共事务部项目经理", "部门的年度报告")
    assert not introduces_person("一座城市", "王小明指着产线说")


def test_width_and_digits_do_not_matter_to_the_model():
    assert code_points("ＡＢ，１２")[:2].tolist() == code_points("ab,99")[:2].tolist()
    assert code_points("2024").tolist() == code_points("１９９９").tolist()


def test_features_of_one_junction_do_not_depend_on_its_neighbours():
    windows = np.arange(4 * 2 * WINDOW, dtype=np.uint32).reshape(4, -1)
    whole = bucket_columns(windows)
    assert all((bucket_columns(windows[row : row + 1])[0] == whole[row]).all() for row in range(4))


def test_short_and_odd_sides_are_judged_too():
    junctions = Junctions("")
    for left, right in (("", ""), ("临", "平"), ("\ud800", "😀"), ("a" * 50, "b" * 50)):
        assert np.isfinite(junctions.runs_on(left, right))
