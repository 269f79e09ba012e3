"""A genuine model server on random weights: its babble never reaches the reader, and the answer is right all the same."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openai
import pytest

from corpus.loading import Corpus
from rag.answerer import ExtractiveAnswerer
from rag.llm import wording as wording_llm
from rag.llm.answerer import GenerativeAnswerer
from rag.llm.endpoints import Endpoint
from rag.llm.generator import LanguageModel, Timeouts
from rag.records import Mode
from tests.rag.wire_questions import ask, chosen, served

QUESTION = "临平2028工业目标是多少?"
_TEMPLATE = "{% for message in messages %}{{ message.role }}：{{ message.content }}\n{% endfor %}assistant："


def make_model(folder: Path, texts: list[str]) -> None:
    """Write a Llama of two small layers with random weights, and a tokenizer that knows the characters of `texts`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=3000,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    wrapped.chat_template = _TEMPLATE
    wrapped.save_pretrained(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(wrapped),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    model = LlamaForCausalLM(config)
    model.generation_config.max_new_tokens = 60
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def babbler(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve such a model; give (address, name of the model)."""
    folder = tmp_path_factory.mktemp("babbler")
    # Importing torch here would slow and fatten every later test.
    code = "import json, sys, pathlib; from tests.rag.test_real_model import make_model; make_model(pathlib.Path(sys.argv[1]), json.load(sys.stdin))"
    texts = json.dumps([article.text for article in corpus.articles])
    quiet = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    environment = os.environ | quiet
    subprocess.run(
        [sys.executable, "-c", code, str(folder)], input=texts, text=True, check=True, env=environment, timeout=300
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = Path(sys.executable).parent / "transformers"
    arguments = [str(command), "serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    log = folder / "log.txt"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            until = time.monotonic() + 240
            while not _listens(port):
                assert server.poll() is None, log.read_text(encoding="utf-8")[-3000:]
                assert time.monotonic() < until, log.read_text(encoding="utf-8")[-3000:]
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1", str(folder)
        finally:
            server.terminate()
            server.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
def test_babble_never_reaches_the_reader_and_the_answer_is_right(
    babbler: tuple[str, str], answerer: ExtractiveAnswerer
) -> None:
    address, name = babbler
    client = openai.OpenAI(base_url=address, api_key="none", max_retries=0, timeout=120)
    stream = client.chat.completions.create(
        model=name, messages=[{"role": "user", "content": QUESTION}], stream=True, max_tokens=40
    )
    babble = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert len(babble) > 5  # it does speak

    model = LanguageModel(Endpoint(name, address), Timeouts(10, 120, 60, 240))
    try:
        shown = list(GenerativeAnswerer(answerer, model).stream(QUESTION))
    finally:
        model.close()
    plain = answerer.answer(QUESTION)
    final = shown[-1]
    assert final.mode is Mode.EXTRACTIVE
    assert "3000亿元" in final.answer
    assert replace(final, notices=plain.notices, timings_ms={}) == replace(plain, timings_ms={})
    assert set(final.notices) <= {wording_llm.UNPROVEN, wording_llm.SILENT, *plain.notices}
    assert model.breaker.health.failures == 0  # a real server spoke the real protocol to its end
    assert not any(claim for answer in shown[:-1] for claim in answer.claims)


@pytest.mark.local
@pytest.mark.slow
def test_a_real_model_over_the_wire_shows_nothing_unproven(answerer: ExtractiveAnswerer) -> None:
    """Needs a file of a real model, named by the variable LINPING_TEST_GGUF."""
    pytest.importorskip("xllamacpp")
    name = os.environ.get("LINPING_TEST_GGUF")
    if name is None:
        pytest.skip("LINPING_TEST_GGUF names no file of a model")
    with served(name) as url:
        rows = ask(answerer, url, [*chosen(2, 1)], lambda row: None)
    assert len(rows) == 3 and [row.trouble for row in rows] == ["", "", ""]
    assert all(row.text for row in rows)
    assert [row.unproven for row in rows] == [[], [], []]
