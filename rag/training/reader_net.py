"""The reader in torch: the encoder, the odds that a sentence answers, and the edges of the short answer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from index.training.encoder_net import WIDTH, Encoder

_NOWHERE = -1e4


class ReaderNet(nn.Module):
    """Odds from the first piece and the mean of the sentence; edges from each piece of the sentence."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.answer = nn.Linear(2 * WIDTH, 1)
        self.edges = nn.Linear(WIDTH, 2)

    def forward(self, pieces: Tensor, mask: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-odds (n,) and scores of beginning and end (n, longest, 2); `sentence` is 1 on what is judged."""
        return self._heads(self.encoder(pieces, mask), sentence)

    def _heads(self, hidden: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        mean = (hidden * sentence[..., None]).sum(1) / sentence.sum(1, keepdim=True).clamp(min=1)
        odds = self.answer(torch.cat([hidden[:, 0], mean], -1)).squeeze(-1)
        edges = self.edges(hidden) + (1 - sentence[..., None]) * _NOWHERE
        return odds.float(), edges.float()


class ReaderGraph(nn.Module):
    """The same with padding carried along: what a graph can hold."""

    def __init__(self, net: ReaderNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pieces: Tensor, mask: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        return self.net._heads(self.net.encoder.padded(pieces, mask), sentence)
