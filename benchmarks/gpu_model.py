"""A small GPT in plain PyTorch: documents of a row do not see each other, inputs of a view see each other both ways."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

IGNORED = -100


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Of the model."""

    vocabulary: int
    positions: int
    width: int
    layers: int
    heads: int


class Layer(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Attention, then two matrices with GELU between, each behind a norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.first, self.second = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.mixed, self.out = nn.Linear(shape.width, 3 * shape.width), nn.Linear(shape.width, shape.width)
        self.up, self.down = nn.Linear(shape.width, 4 * shape.width), nn.Linear(4 * shape.width, shape.width)

    def forward(self, x: Any, mask: Any) -> Any:
        batch, tokens, width = x.shape
        parts = self.mixed(self.first(x)).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, tokens, width))
        return x + self.down(functional.gelu(self.up(self.second(x))))


class Gpt(nn.Module):  # type: ignore[misc]
    """Logits of the next token."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.tokens, self.places = (nn.Embedding(count, shape.width) for count in (shape.vocabulary, shape.positions))
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids: Any, mask: Any) -> Any:
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x) @ self.tokens.weight.T


def mask_of(shape: tuple[int, int], bounds: Any, prefixes: Any | None) -> Any:
    """bool[batch, 1, tokens, tokens]: what each token sees. `bounds` (int32[documents + 1]) and `prefixes`
    (int32[documents]) are of the documents in the batch as one row."""
    rows, tokens = shape
    sizes = (bounds[1:] - bounds[:-1]).long()
    owner = torch.repeat_interleave(torch.arange(len(sizes), device=sizes.device), sizes).view(rows, tokens)
    place = torch.arange(tokens, device=sizes.device)
    seen = place[:, None] >= place[None, :]
    seen = seen.expand(rows, tokens, tokens)
    if prefixes is not None:
        within = torch.arange(rows * tokens, device=sizes.device) - bounds[:-1].long().repeat_interleave(sizes)
        inputs = (within < prefixes.long().repeat_interleave(sizes)).view(rows, tokens)
        seen = seen | (inputs[:, :, None] & inputs[:, None, :])
    return (seen & (owner[:, :, None] == owner[:, None, :]))[:, None]


class Trainer:
    """AdamW with a warm-up of a tenth, in bfloat16 where it is a GPU."""

    def __init__(self, shape: Shape, device: str, steps: int, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.model, self.device, self.steps = Gpt(shape).to(device), device, steps
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
        self.losses: list[float] = []

    def step(self, ids: Any, labels: Any, mask: Any) -> float:
        """The loss of a batch before it is learned, in nats a target."""
        number = len(self.losses) + 1
        for group in self.optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, number / max(1, self.steps // 10))
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            logits = self.model(ids, mask)
            loss = functional.cross_entropy(logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.losses.append(float(loss.detach()))
        if not math.isfinite(self.losses[-1]):
            raise SystemExit(f"step {number}: the loss is {self.losses[-1]}")
        return self.losses[-1]
