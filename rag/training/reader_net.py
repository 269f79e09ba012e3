"""The reader in torch: the encoder, the odds that a sentence answers, and the edges of the short answer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from index.training.encoder_net import WIDTH, Encoder

NOWHERE = -1e4


class ReaderNet(nn.Module):
    """Odds from the first piece and the mean of the sentence; edges from each piece of the sentence."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.answer = nn.Linear(2 * WIDTH, 1)
        self.edges = nn.Linear(WIDTH, 2)

    def forward(self, pieces: Tensor, mask: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        """Return log-odds (n,) and scores of beginning and end (n, longest, 2); `sentence` is 1 on what is judged."""
        hidden = self.encoder(pieces, mask)
        mean = (hidden * sentence[..., None]).sum(1) / sentence.sum(1, keepdim=True).clamp(min=1)
        odds = self.answer(torch.cat([hidden[:, 0], mean], -1)).squeeze(-1)
        edges = self.edges(hidden) + (1 - sentence[..., None]) * NOWHERE
        return odds.float(), edges.float()
