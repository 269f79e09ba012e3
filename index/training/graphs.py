"""Networks in torch → eight-bit graphs for onnxruntime."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn


def write_graph(
    net: nn.Module, inputs: dict[str, Tensor], outputs: Sequence[str], flexible: dict[str, dict[int, str]], path: Path
) -> None:
    """Write `net` as a graph whose weights are eight-bit numbers, one scale a column; activations are scaled on the go."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            net.eval(), tuple(inputs.values()), str(plain), dynamo=False, input_names=list(inputs),
            output_names=list(outputs), dynamic_axes=flexible, opset_version=17,
        )  # fmt: skip
        onnx.checker.check_model(str(plain))
        quantize_dynamic(str(plain), str(path), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])


def read_graph(path: Path, net: nn.Module, prefix: str = "") -> None:
    """Give `net` the weights of a graph that `write_graph` wrote, eight-bit ones as the numbers that they stand for.

    `prefix` stands before the names of the weights in the graph. Raises KeyError when it is not a graph of such a network.
    """
    import onnx
    from onnx import numpy_helper

    held = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    unnamed = sorted((name for name in held if _UNNAMED.fullmatch(name)), key=lambda name: int(name.split("_")[1]))
    following = iter(unnamed)
    state: dict[str, Tensor] = {}
    for name in net.state_dict():
        if prefix + name in held:
            state[name] = torch.from_numpy(held[prefix + name].copy())
            continue
        own = f"{prefix}{name}_Transposed_quantized"
        stem = (own if own in held else next(following, own)).removesuffix("_quantized")
        whole = held[f"{stem}_quantized"].astype("float32") - held[f"{stem}_zero_point"]
        state[name] = torch.from_numpy((whole * held[f"{stem}_scale"]).T.copy())
    net.load_state_dict(state)


_UNNAMED = re.compile(r"onnx::MatMul_\d+_quantized")
