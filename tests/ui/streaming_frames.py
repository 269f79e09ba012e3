"""`python -m tests.ui.streaming_frames OUT`: the page while a scripted model writes, as frames.

The model writes three sentences of the evidence and, between them, one with an altered figure; the frames show them appear
one by one, the false one never, and what is said of it at the end.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rag.answerer import ExtractiveAnswerer
from rag.llm.answerer import GenerativeAnswerer
from rag.llm.endpoints import Endpoint
from rag.llm.generator import LanguageModel
from tests.rag.model_server import model_server, saying
from ui.trials import screenshots

QUESTION = "临平2028工业目标是多少?"


def script(prompt: str) -> str:
    """Return three true sentences and a false one from the evidence of the prompt."""
    lines = re.findall(r"^\[(\d+)\] ([^“”：:？]{16,80}。)$", prompt, re.MULTILINE)
    point = re.search(r"^\[(\d+)\] .*3000亿元", prompt, re.MULTILINE)
    assert point is not None
    goal, false = (f"到2028年，临平全区规模以上工业产值突破{value}亿元[{point[1]}]。" for value in (3000, 4000))
    first, second = [f"{text.rstrip('。')}[{n}]。" for n, text in lines if re.search(r"\d", text) and "将" not in text][
        :2
    ]
    return goal + first + false + second


def take(answerer: ExtractiveAnswerer, out: Path) -> list[Path]:
    """Save a frame for each change of the answer, wide and on a phone; return the paths."""
    out.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with model_server(saying(script, size=2, pause=0.06)) as server, screenshots.browser() as seen_by:
        for screen in (screenshots.SCREENS[0], screenshots.SCREENS[2]):
            model = LanguageModel(Endpoint("scripted", server.base_url))
            model.warm()
            with screenshots.running(GenerativeAnswerer(answerer, model)) as address:
                page = screenshots.opened(seen_by, address, screen)
                page.fill("#question textarea", QUESTION)
                page.press("#question textarea", "Enter")
                for count in (0, 1, 2, 3):
                    page.wait_for_function(
                        "n => document.querySelectorAll('.turn:last-child .claim').length >= n && document.querySelector('.turn .card')",
                        arg=count,
                        timeout=120_000,
                    )
                    page.wait_for_timeout(400)
                    taken.append(out / f"llm-{screen.width}-{count}.png")
                    page.screenshot(path=taken[-1])
                page.wait_for_selector('.turns .turn:last-child[aria-busy="false"]', timeout=120_000)
                page.wait_for_timeout(400)
                taken.append(out / f"llm-{screen.width}-end.png")
                page.screenshot(path=taken[-1])
                page.close()
            model.close()
    return taken


def main(out: Path) -> None:
    from index.search.embedding import load_embedder
    from index.storage.store import open_index
    from rag.reading.finder import Models

    answerer = ExtractiveAnswerer(open_index(Path(".linping/index"), load_embedder()), Models.built_in())
    for path in take(answerer, out):
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
