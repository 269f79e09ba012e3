import pytest

from rag.question.phonetics import near, toneless
from rag.question.pinyin import corpus_readings, decode, fewest_syllables, is_pinyin, plain
from tests.rag.reading_corpus import words


@pytest.mark.parametrize(
    "typed",
    [
        "yunzhan xiaozhen you duoshao qiye",
        "yun zhan xiao zhen you duo shao qi ye",
        "yunzhanxiaozhenyouduoshaoqiye",
        "yún zhàn xiǎo zhèn yǒu duō shǎo qǐ yè",
        "yun2 zhan4 xiao3 zhen4 you3 duo1 shao3 qi3 ye4",
    ],
)
def test_pinyin_is_read_with_and_without_spaces_and_tones(typed: str) -> None:
    assert is_pinyin(typed, words()) and decode(typed, words()) == "云栈小镇有多少企业"


def test_numbers_and_codes_stay() -> None:
    assert decode("2023 nian qinghequ", words()) == "2023年青禾区"
    assert decode("g60 xiaozhen", words()).startswith("g60")


@pytest.mark.parametrize("text", ["How large is Qinghe?", "hello", "GDP", "青禾区 gdp", "What is FeiMind", ""])
def test_english_and_chinese_are_no_pinyin(text: str) -> None:
    assert not is_pinyin(text, words())


def test_letters_are_cut_into_the_fewest_syllables() -> None:
    assert [fewest_syllables(letters) for letters in ("xian", "fangan", "hello", "lvdao", "")] == [1, 2, 0, 2, 0]


def test_a_name_is_found_in_the_corpus_by_its_sound() -> None:
    assert corpus_readings("wangchao", words())[0] == "望潮"
    assert corpus_readings("beijing", words()) == []


def test_tone_marks_go_and_u_with_dots_is_v() -> None:
    assert plain("Lǜdào") == "lvdao" or plain("Lǜdào") == "ludao"
    assert toneless("lǜ") == "lv"


def test_near_sounds_are_one() -> None:
    assert near("zhang") == near("zan") and near("ling") == near("nin") and near("ma") != near("ba")
