"""A post is held somewhere: 青禾村党委书记 is not 青禾镇党委书记, and 局政委 is not 部政委."""

from __future__ import annotations

from rag.checks.titles import other_title


def test_a_post_is_held_somewhere() -> None:
    text = "青禾镇柴家村党委书记顾砚秋、公安局网络科政委白石。"
    assert other_title("顾砚秋是青禾镇党委书记。", [text]) and other_title("白石是公安局政委。", [text])
    assert not other_title("顾砚秋是柴家村的党委书记。", [text]) and not other_title("白石是网络科政委。", [text])
    assert other_title("顾砚秋是柴家村的董事长。", [text]) == "董事长"
