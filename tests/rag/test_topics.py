from rag.question.topics import TopicKind, find_topics
from tests.rag.reading_corpus import words


def topics(question: str) -> list[tuple[str, TopicKind]]:
    return [(topic.text, topic.kind) for topic in find_topics(question, words())]


def test_names_times_and_measures_are_told_apart() -> None:
    assert topics("青禾区2023年的地区生产总值是多少？") == [
        ("青禾区", TopicKind.PLACE),
        ("2023年", TopicKind.TIME),
        ("地区生产总值", TopicKind.MEASURE),
    ]


def test_a_topic_is_a_stretch_of_the_question() -> None:
    question = "飞梭动力和云栈小镇哪个先有的？"
    assert all(question[topic.start : topic.end] == topic.text for topic in find_topics(question, words()))


def test_a_name_that_no_article_holds_stays_whole() -> None:
    assert ("西溪湿地", TopicKind.OTHER) in topics("西溪湿地在哪里")


def test_words_that_ask_are_no_topics() -> None:
    assert topics("什么时候？") == []
