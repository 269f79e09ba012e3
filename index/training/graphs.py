"""Networks in torch → graphs of small whole numbers for onnxruntime."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from corpus.quiet import keep_quiet


def write_graph(
    net: nn.Module, inputs: dict[str, Tensor], outputs: Sequence[str], flexible: dict[str, dict[int, str]], path: Path
) -> None:
    """Write `net` as a graph whose weights are numbers of seven bits, one scale a column; activations are scaled on the go."""
    keep_quiet()
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            net.eval(),
            tuple(inputs.values()),
            str(plain),
            dynamo=False,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=flexible,
            opset_version=17,
        )
        onnx.checker.check_model(str(plain))
        quantize_dynamic(
            str(plain),
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            reduce_range=True,  # seven bits: processors without VNNI add two products in sixteen bits, which eight overflow
        )
