"""What a language model can do, tried on two made-up questions; what a file of one weighs, and how fast it is here."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from rag.checks.statements import ShownSpan
from rag.llm.generator import Failed, Finished, Generator, Text, Trouble
from rag.llm.model_file import ModelFile
from rag.llm.prompt import NO_ANSWER, answer_messages
from rag.proof.prover import Prover
from ui.settings import Settings

if TYPE_CHECKING:
    from rag.answerer import ExtractiveAnswerer
    from rag.llm.local_model import LocalModel

_TOLD = "青禾镇2023年有图书馆3座、体育馆1座，镇上的老街长1.2公里。"
_ASKED, _ABSENT = "青禾镇有几座图书馆？", "青禾镇的镇长是谁？"
_CRASHES = (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGKILL, signal.SIGSEGV)
_MARK = re.compile(r"\[1\]")
_TROUBLES = {
    Trouble.UNREACHABLE: "连不上",
    Trouble.SLOW: "超时",
    Trouble.BUSY: "限流",
    Trouble.BROKEN: "服务出错",
    Trouble.KEY: "不接受密钥",
    Trouble.UNKNOWN_MODEL: "没有这个模型或地址",
    Trouble.REFUSED: "拒绝了请求",
    Trouble.TOO_LONG: "上下文太短",
    Trouble.GARBAGE: "回复不是约定的格式",
    Trouble.CUT: "回复中途断了",
    Trouble.MISSING: "没有安装 langchain-openai",
    Trouble.RESTING: "连续失败，暂停请求",
}


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """What came of the two questions. Seconds to the first word and to the last of the first answer; None: no word came.

    `pieces` is in how many it came. `proven`: it says what its evidence says. `marked`: with the mark of it. `declined`:
    the question that the evidence leaves open was declined in the words that were asked for.
    """

    trouble: Trouble | None
    first: float | None = None
    whole: float = 0.0
    pieces: int = 0
    proven: bool = False
    marked: bool = False
    declined: bool = False

    @property
    def good(self) -> bool:
        """Whether the model is of use: what it does not mark or decline, the proof mends."""
        return self.trouble is None and self.proven

    def told(self) -> str:
        """Return it in words."""
        if self.trouble is not None:
            return f"试问一句没有成功：{_TROUBLES[self.trouble]}"
        first = "没有写字" if self.first is None else f"第一个字 {self.first:.1f} 秒，写完 {self.whole:.1f} 秒"
        return "，".join(
            (
                f"试问一句：{first}",
                "逐字到达" if self.pieces > 1 else "一次到达（不是流式）",
                "内容有依据" if self.proven else "内容没有依据",
                "标了依据编号" if self.marked else "没有标依据编号（核对时会补上）",
                f"答不了时写{NO_ANSWER}" if self.declined else f"答不了时不写{NO_ANSWER}",
            )
        )


def tried(model: Generator, patience: float) -> ModelTrial:
    """Ask `model` the two questions, waiting at most `patience` seconds for each."""
    evidence = [ShownSpan(1, "trial", 0, len(_TOLD), _TOLD)]
    trial, text = _asked(model, _ASKED, evidence, patience)
    if trial.trouble is not None:
        return trial
    sentence = _MARK.sub("", text).strip().splitlines()[0] if _MARK.sub("", text).strip() else ""
    proven = "3" in sentence and Prover(evidence).prove(sentence, [1]).proven
    other, declined = _asked(model, _ABSENT, evidence, patience)
    return replace(
        trial,
        trouble=other.trouble,
        proven=proven,
        marked=_MARK.search(text) is not None,
        declined=NO_ANSWER.strip("【】") == declined.strip("【】。. \n"),
    )


def _asked(model: Generator, question: str, evidence: list[ShownSpan], patience: float) -> tuple[ModelTrial, str]:
    started = monotonic()
    generation = model.start(answer_messages(question, (), evidence, headlines=[("trial", "青禾镇", "2024年")]))
    text, pieces, first = "", 0, None
    trouble: Trouble | None = Trouble.SLOW
    try:
        while (left := started + patience - monotonic()) > 0:
            event = generation.next(left)
            if isinstance(event, Text) and event.text:
                first = first or monotonic() - started
                text, pieces = text + event.text, pieces + 1
            elif isinstance(event, Failed):
                trouble = event.trouble
                break
            elif isinstance(event, Finished):
                trouble = None
                break
    finally:
        generation.close()
    return ModelTrial(trouble, first, monotonic() - started, pieces), text


def described(file: ModelFile, context: int) -> str:
    """Return what a file of a model is."""
    return (
        f"{file.name}（{file.architecture}），文件 {_gigabytes(file.size)}，约需内存 {_gigabytes(file.memory(context))}，"
        f"上下文 {context} 个词元"
    )


def check_model(
    model: LocalModel,
    settings: Settings,
    question: str,
    *,
    answerer: Callable[[], ExtractiveAnswerer],
    say: Callable[[str], None],
) -> None:
    """Say, line by line, what a file is, how fast it runs here and what comes of one question. Raises ModelError."""
    from rag.records import Mode
    from ui.service.language_model import wrapped

    file = model.file
    say(f"文件：{file.path}，{_gigabytes(file.size)}")
    say(f"模型：{file.name}（{file.architecture}）")
    base = answerer()
    trained = f"，模型最多 {file.context} 个" if file.context else ""
    say(f"上下文：{model.context} 个词元{trained}；预计内存：{_gigabytes(file.memory(model.context))}")
    before, started = _resident(), monotonic()
    model.load()
    say(f"载入：{monotonic() - started:.1f} 秒")
    try:
        trial = tried(model, settings.local_timeout)
        say(trial.told() + "。")
        started = monotonic()
        answer = wrapped(base, model, settings).answer(question)
        seconds = monotonic() - started
        if (speed := model.speed) is not None and speed.reading and speed.writing:
            say(
                f"读题：{speed.read / speed.reading:.0f} 个词元/秒；写字：{speed.written / speed.writing:.1f} 个词元/秒"
            )
        if (after := _resident()) and before:
            say(f"实占内存：{_gigabytes(after - before)}（程序本身之外）")
        said = "写出的句子核对无误" if answer.mode is Mode.LLM else "写出的句子没有通过核对，显示的是报道原句"
        say(f"「{question}」用了 {seconds:.0f} 秒；{said}：\n{answer.answer}")
        for notice in answer.notices:
            say(f"（{notice}）")
    finally:
        model.close()


def check_elsewhere(path: Path, question: str, index_dir: Path | None) -> None:
    """Do the same in a process of its own, for a damaged file can end it. Raises ModelError."""
    command = [
        sys.executable,
        "-c",
        "from ui.terminal.cli import main; main()",
        "model",
        "check",
        "--here",
        "--question",
        question,
    ]
    command += ["--index", str(index_dir)] if index_dir is not None else []
    done = subprocess.run([*command, "--", str(path)], check=False)
    if -done.returncode in _CRASHES:
        raise ModelError(
            f"试用 {path} 时程序被中止（{done.returncode}）：文件损坏、内存不够，或处理器太旧；请换一个文件或机器。"
        )
    if done.returncode:
        raise SystemExit(done.returncode if done.returncode > 0 else 130)


def _gigabytes(size: int) -> str:
    return f"{size / (1 << 30):.2f} GB" if size >= 1 << 28 else f"{size / (1 << 20):.1f} MB"


def _resident() -> int:
    """Return the bytes of memory that this process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
