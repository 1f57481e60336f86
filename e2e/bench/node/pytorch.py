"""PyTorch's side of `npm run bench -- cpu`: reads one JSON order a line, answers one JSON line.

  {"prepare": {"kind": "step" | "matmul" | "decode" | "read", ...}}  ->  {"ready": true}
  {"times": N}                                                      ->  {"ms": mean of one piece of work, "values": [...]}

The model is nanoGPT's: pre-LN, GELU by tanh, output head tied to the embedding, AdamW with decay on matrices only.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        self.fused = hasattr(F, "scaled_dot_product_attention")
        self.register_buffer("seen", torch.tril(torch.ones(context, context)).view(1, 1, context, context))

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (part.view(B, T, self.heads, C // self.heads).transpose(1, 2) for part in (q, k, v))
        if self.fused:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            scores = scores.masked_fill(self.seen[:, :, :T, :T] == 0, float("-inf"))
            y = F.softmax(scores, dim=-1) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))

    def decode(self, x, cache, at):
        """One token, x (1, C); cache (2, H, T, D) holds the keys and values before position `at`."""
        C = x.size(1)
        q, k, v = self.c_attn(x).view(3, self.heads, C // self.heads)
        cache[0, :, at], cache[1, :, at] = k, v
        scores = (cache[0, :, : at + 1] @ q.unsqueeze(2)).squeeze(2) / math.sqrt(C // self.heads)
        y = torch.softmax(scores, dim=-1).unsqueeze(1) @ cache[1, :, : at + 1]
        return self.c_proj(y.reshape(1, C))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads, context)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width, context = shape["width"], shape["context"]
        self.wte = nn.Embedding(shape["vocab"], width)
        self.wpe = nn.Embedding(context, width)
        self.h = nn.ModuleList(Block(width, shape["heads"], context) for _ in range(shape["layers"]))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, ids, labels):
        x = self.wte(ids) + self.wpe(torch.arange(ids.size(1)))
        for block in self.h:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.size(-1)), labels.view(-1))

    def decode(self, token, cache, at):
        x = (self.wte.weight[token] + self.wpe.weight[at]).unsqueeze(0)
        for block, kv in zip(self.h, cache):
            x = x + block.attn.decode(block.ln_1(x), kv, at)
            x = x + block.mlp(block.ln_2(x))
        return F.linear(self.ln_f(x), self.wte.weight)

    def load(self, path, order):
        """`order` lists Hugging Face's names and shapes in the file's order; its linear layers are (in, out)."""
        flat = torch.from_file(path, size=sum(math.prod(shape) for _, shape in order), dtype=torch.float32)
        own = dict(self.named_parameters())
        at = 0
        with torch.no_grad():
            for name, shape in order:
                values = flat[at : at + math.prod(shape)].view(shape)
                at += values.numel()
                transposed = len(shape) == 2 and name.startswith("transformer.h.")
                own[name.replace("transformer.", "", 1)].copy_(values.t() if transposed else values)


def timed(times, work):
    values = []
    start = time.perf_counter()
    for _ in range(times):
        value = work()
        if value is not None:
            values.append(value)
    return {"ms": (time.perf_counter() - start) * 1000 / times, "values": values}


def step(order):
    shape, clip, adam = order["shape"], order["clip"], order["optimizer"]
    model = Gpt(shape)
    model.load(order["weights"], order["order"])
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": adam["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=adam["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["eps"])
    rows = (shape["batch"], shape["context"])
    ids, labels = (torch.tensor(order[key]).view(rows) for key in ("inputIds", "labels"))

    def work():
        loss = model(ids, labels)
        loss.backward()
        if clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    return lambda times: timed(times, work)


def matmul(order):
    size = order["size"]
    a, b = (torch.from_file(order[key], size=size * size, dtype=torch.float32).view(size, size).clone() for key in ("a", "b"))
    out = torch.empty(size, size)

    def work():
        torch.mm(a, b, out=out)
        return out[-1, -1].item()

    return lambda times: timed(times, work)


def decode(order):
    shape = order["shape"]
    model = Gpt(shape)
    model.load(order["weights"], order["order"])
    size = shape["width"] // shape["heads"]
    cache = torch.zeros(shape["layers"], 2, shape["heads"], shape["context"], size)

    def run(times):
        token = order["firstToken"]
        at = 0

        def work():
            nonlocal token, at
            token = int(torch.argmax(model.decode(token, cache, at)))
            at += 1
            return token

        with torch.inference_mode():
            return timed(times, work)

    return run


def read(order):
    numbers = torch.ones(order["bytes"] // 4)

    def work():
        numbers.sum().item()

    return lambda times: timed(times, work)


KINDS = {"step": step, "matmul": matmul, "decode": decode, "read": read}


def main():
    run = None
    for line in sys.stdin:
        order = json.loads(line)
        if "prepare" in order:
            run = KINDS[order["prepare"]["kind"]](order["prepare"])
            answer = {"ready": True}
        else:
            answer = run(order["times"])
        print(json.dumps(answer), flush=True)


print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
main()
