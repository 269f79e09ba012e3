"""The span reader as a torch network: shared BiLSTM encoder, attention both ways, a softmax over whole spans.

Sources: BiDAF (Seo et al., ICLR 2017) and DCN (Xiong et al., ICLR 2017) for the attention; DrQA (Chen et al., ACL 2017)
for the match features; Lee et al. (2016, RaSoR) for normalising over spans instead of over two ends.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rag.spans import LENGTH_BUCKETS


class BiLSTM(nn.Module):
    """One layer, both directions; sums in bfloat16 while training, which these processors do several times faster."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(size, hidden, bidirectional=True, batch_first=True)
        self.hidden = hidden
        for name, weight in self.lstm.named_parameters():
            if "weight_hh" in name:
                for gate in weight.data.chunk(4, 0):
                    nn.init.orthogonal_(gate)
            elif "bias_ih" in name:
                weight.data.zero_()
                weight.data[hidden:2 * hidden] = 1.0
            elif "bias_hh" in name:
                weight.data.zero_()

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            out: Tensor = self.lstm(x)[0]
            return out
        zeros = torch.zeros(2, x.shape[0], self.hidden, dtype=torch.bfloat16)
        weights = [w.to(torch.bfloat16) for w in self.lstm._flat_weights if w is not None]
        result: Any = torch._VF.lstm(x.to(torch.bfloat16), (zeros, zeros), weights, True, 1, 0.0, True, True, True)
        return result[0]  # type: ignore[no-any-return]


class ReaderNet(nn.Module):
    """Scores of every span of a text as the answer, and of there being none."""

    def __init__(self, width: int, hidden: int, dropout: int) -> None:
        super().__init__()
        self.width = width  # of what enters for each character
        self.dropout = dropout / 100
        wide = 2 * hidden
        self.enter = BiLSTM(width, hidden)
        self.encode = BiLSTM(wide, hidden)
        self.sim_c = nn.Linear(wide, 1, bias=False)
        self.sim_q = nn.Linear(wide, 1, bias=False)
        self.sim_scale = nn.Parameter(torch.full((wide,), wide**-0.5))
        self.fuse = nn.Linear(4 * wide, wide)
        self.model = BiLSTM(wide + width, hidden)
        self.pool = nn.Linear(wide, 1, bias=False)
        self.ask = nn.Linear(wide, 2 * wide)
        self.left = nn.Linear(wide, 64)
        self.right = nn.Linear(wide, 64)
        self.ends = nn.Linear(wide, 2)
        self.prior = nn.Parameter(torch.zeros(LENGTH_BUCKETS))
        self.nothing = nn.Sequential(nn.Linear(3 * wide, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def drop(self, x: Tensor) -> Tensor:
        """Drop the same channels all along the text (variational dropout)."""
        if not self.training or self.dropout == 0:
            return x
        keep = 1 - self.dropout
        mask = torch.empty(x.shape[0], 1, x.shape[2]).bernoulli_(keep).div_(keep)
        return x * mask

    def forward(self, context: Tensor, question: Tensor, context_mask: Tensor, question_mask: Tensor
                ) -> tuple[Tensor, Tensor]:
        """Return span scores (batch, starts, last characters) and no-answer scores (batch,).

        `context` and `question` are vectors with features, (batch, length, input); masks are 1 for real characters.
        """
        cm, qm = context_mask.unsqueeze(-1), question_mask.unsqueeze(-1)
        c0 = self.enter(self.drop(context)) * cm
        q0 = self.enter(self.drop(question)) * qm
        c = c0 + self.encode(self.drop(c0)) * cm
        q = q0 + self.encode(self.drop(q0)) * qm
        similar = self.sim_c(c) + self.sim_q(q).transpose(1, 2) + (c * self.sim_scale) @ q.transpose(1, 2)
        far = -1e4
        to_question = torch.softmax(similar + (1 - question_mask).unsqueeze(1) * far, dim=2)
        to_context = torch.softmax(similar + (1 - context_mask).unsqueeze(2) * far, dim=1)
        asked = to_question @ q
        seen = to_question @ (to_context.transpose(1, 2) @ c)
        fused = torch.relu(self.fuse(self.drop(torch.cat([c, asked, c * asked, c * seen], dim=-1))))
        m = self.drop((self.model(torch.cat([self.drop(fused), context], dim=-1)) + fused) * cm)
        weight = torch.softmax(self.pool(q).squeeze(-1) + (1 - question_mask) * far, dim=1)
        asking = (weight.unsqueeze(1) @ q).squeeze(1)
        wanted = self.ask(asking)
        first, last = wanted.chunk(2, dim=-1)
        both = self.ends(m)
        start = (m @ first.unsqueeze(-1)).squeeze(-1) + both[..., 0]
        end = (m @ last.unsqueeze(-1)).squeeze(-1) + both[..., 1]
        out = (1 - context_mask) * far
        pairs = self.left(m) @ self.right(m).transpose(1, 2) * 0.125
        spans = pairs.float() + (start + out).unsqueeze(2) + (end + out).unsqueeze(1)
        pooled = torch.max(m + out.unsqueeze(-1), dim=1).values
        mean = (m * cm).sum(1) / cm.sum(1)
        nothing = self.nothing(torch.cat([pooled, mean, asking], dim=-1)).squeeze(-1)
        return spans, nothing
