"""BERT encoders of one shape trained side by side: every weight has the networks as its first dimension.

A network of this size leaves an accelerator idle; twenty of them, each with rows and dropout of its own, take little
longer than one. Shapes: K networks, B rows, T tokens, V words, D wide, L labels. The weights, each with a bias but for
the first three:

    words [K,V,D], places [K,PLACES,D], type [K,D]
    embedded [K,D], a norm
    N.qkv [K,D,3D], N.out [K,D,D], N.up [K,D,4D], N.down [K,4D,D]    of layer N
    N.attended, N.done [K,D], its norms
    head.H [K,2D,L]    of head H: class token and mean of the tokens, side by side (encoder.Encoder)

Ids and mask of a step are [K,B,T]. On an accelerator the layers multiply in sixteen bits; norms of weights, heads and
losses stay in thirty-two.
"""
import math, time

import numpy as np
import torch
import torch.nn.functional as F

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
SHORT = torch.bfloat16 if DEVICE == 'cuda' else torch.float32
PLACES = 256  # No row is longer.
WIDTHS = [16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 208, 240]  # To which rows are padded.
EPSILON = 1e-12
DROPOUT, HEAD_RATE, WARM_UP, WEIGHT_DECAY = 0.1, 5e-4, 0.06, 0.01
QKV = ['query', 'key', 'value']
# Ours, and BERT's.
OF_LAYER = {'out': 'attention.output.dense', 'attended': 'attention.output.LayerNorm', 'up': 'intermediate.dense',
            'down': 'output.dense', 'done': 'output.LayerNorm'}


def turned(weight):
    """BERT multiplies matrices from the right, we from the left; a norm or a bias is neither."""
    return weight.T if weight.dim() == 2 else weight


def from_bert(state):
    """Of one network under BERT's names, the weights under ours; its words may be a part of all."""
    weights = {'words': state['embeddings.word_embeddings.weight'], 'places': state['embeddings.position_embeddings.weight'][:PLACES],
               'type': state['embeddings.token_type_embeddings.weight'][0]}
    layers = 1 + max(int(name.split('.')[2]) for name in state if name.startswith('encoder.layer.'))
    for kind in ('weight', 'bias'):
        weights[f'embedded.{kind}'] = state[f'embeddings.LayerNorm.{kind}']
        for n in range(layers):
            weights[f'{n}.qkv.{kind}'] = torch.cat([turned(state[f'encoder.layer.{n}.attention.self.{part}.{kind}']) for part in QKV], -1)
            for name, bert in OF_LAYER.items():
                weights[f'{n}.{name}.{kind}'] = turned(state[f'encoder.layer.{n}.{bert}.{kind}'])
    return {name: value.float().contiguous() for name, value in weights.items()}


def into_bert(weights, state, words):
    """Lays the weights of one network into `state`, under BERT's names; `words` are the numbers of those it has, the
    others stay."""
    state['embeddings.word_embeddings.weight'][words] = weights['words']
    state['embeddings.position_embeddings.weight'][:PLACES] = weights['places']
    state['embeddings.token_type_embeddings.weight'][0] = weights['type']
    for name, value in weights.items():
        first, _, rest = name.partition('.')
        if first == 'embedded':
            state[f'embeddings.LayerNorm.{rest}'].copy_(value)
        elif rest.startswith('qkv.'):
            for part, third in zip(QKV, value.chunk(3, -1)):
                state[f'encoder.layer.{first}.attention.self.{part}.{rest[4:]}'].copy_(turned(third))
        elif first.isdigit():
            part, kind = rest.split('.')
            state[f'encoder.layer.{first}.{OF_LAYER[part]}.{kind}'].copy_(turned(value))


class Rows:
    """The rows of a pass: token ids, and for each head a distribution over its labels, all nothing where it has none.

    `share` is how often of an epoch a row is seen; rows of a `consistent` pass are read twice (loss_of).
    """

    def __init__(self, lists, targets=None, weights=None, share=None, batch=None, consistent=False):
        self.lengths = np.array([len(one) for one in lists])
        ids = np.zeros((len(lists), self.lengths.max()), np.int32)
        for row, one in zip(ids, lists):
            row[:len(one)] = one
        self.ids, self.ends = torch.from_numpy(ids).to(DEVICE), torch.from_numpy(self.lengths).to(DEVICE)
        self.widths = np.array([next(w for w in WIDTHS if w >= n) for n in self.lengths])
        self.targets = {head: torch.tensor(np.asarray(some), dtype=torch.float32, device=DEVICE) for head, some in (targets or {}).items()}
        self.weights = None if weights is None else torch.tensor(weights, dtype=torch.float32, device=DEVICE)
        self.share, self.batch, self.consistent = share, batch, consistent

    def __len__(self):
        return len(self.lengths)

    def at(self, index, width):
        """Ids and mask of these rows, [..., width]."""
        index = torch.as_tensor(index, device=DEVICE)
        ids = self.ids[index][..., :width].long()
        return F.pad(ids, (0, width - ids.shape[-1])), torch.arange(width, device=DEVICE) < self.ends[index].unsqueeze(-1)


def norm(x, weight, bias):
    """x [K,...,D]; weight and bias [K,D]."""
    form = (len(weight),) + (1,) * (x.dim() - 2) + weight.shape[-1:]
    return torch.addcmul(bias.view(form), F.layer_norm(x, x.shape[-1:], eps=EPSILON), weight.view(form))


def linear(w, name, x):
    """x [K,N,I] -> [K,N,O]."""
    return torch.baddbmm(w[f'{name}.bias'].unsqueeze(1), x, w[f'{name}.weight'])


class Networks:
    """K of them. `labels` is {head: how many}; with `one_start` the heads of all begin alike, so that the mean of their
    weights is a network, too."""

    def __init__(self, states, attention_heads, labels, generator, one_start=False):
        self.attention_heads = attention_heads
        weights = {name: torch.stack([state[name] for state in states]) for name in states[0]}
        width = weights['type'].shape[-1]
        for head, count in labels.items():
            start = torch.randn(1 if one_start else len(states), 2 * width, count, generator=generator) * 0.02
            weights[f'head.{head}.weight'] = start.expand(len(states), -1, -1)
            weights[f'head.{head}.bias'] = torch.zeros(len(states), count)
        self.weights = {name: value.to(DEVICE).clone(memory_format=torch.contiguous_format).requires_grad_() for name, value in weights.items()}
        self.layers = sum(name.endswith('.qkv.weight') for name in weights)

    def __len__(self):
        return len(self.weights['type'])

    def mean(self):
        """One network's weights, {name: value} without the first dimension."""
        return {name: value.detach().mean(0) for name, value in self.weights.items()}

    def short(self, which=slice(None)):
        """The weights as a pass multiplies them, of these networks."""
        return {name: value[which] if name.startswith('head.') else value[which].to(SHORT) for name, value in self.weights.items()}

    def states(self, w, ids, mask, dropout):
        """[K,B,T,D], of weights as short() gives them."""
        (networks, rows, width), (_, words, wide) = ids.shape, w['words'].shape
        drop = lambda x: F.dropout(x, dropout, dropout > 0)
        first_word = torch.arange(networks, device=ids.device).view(-1, 1, 1) * words
        x = F.embedding(ids + first_word, w['words'].flatten(0, 1)) + w['places'][:, None, :width] + w['type'].view(networks, 1, 1, wide)
        x = drop(norm(x, w['embedded.weight'], w['embedded.bias'])).view(networks, rows * width, wide)
        seen = mask.reshape(networks * rows, 1, 1, width)
        for n in range(self.layers):
            q, k, v = linear(w, f'{n}.qkv', x).view(networks * rows, width, 3, self.attention_heads, -1).permute(2, 0, 3, 1, 4)
            heard = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, dropout_p=dropout).transpose(1, 2).reshape(x.shape)
            x = norm(x + drop(linear(w, f'{n}.out', heard)), w[f'{n}.attended.weight'], w[f'{n}.attended.bias'])
            thought = linear(w, f'{n}.down', F.gelu(linear(w, f'{n}.up', x)))
            x = norm(x + drop(thought), w[f'{n}.done.weight'], w[f'{n}.done.bias'])
        return x.view(networks, rows, width, wide)

    def pooled(self, w, ids, mask, dropout):
        """[K,B,2D]."""
        states, weights = self.states(w, ids, mask, dropout).float(), mask.unsqueeze(-1)
        mean = (states * weights).sum(2) / weights.sum(2)
        return F.dropout(torch.cat([states[:, :, 0], mean], -1), dropout, dropout > 0)

    @torch.no_grad()
    def predict(self, rows, chosen, which=slice(None), batch=128):
        """Probabilities of the chosen rows, {head: [networks,N,L]}, by these networks."""
        w = self.short(which)
        networks = len(w['type'])
        out = {head: np.zeros((networks, len(chosen), target.shape[1]), np.float32) for head, target in rows.targets.items()}
        order = np.argsort(rows.lengths[chosen], kind='stable')
        for at in range(0, len(order), batch):
            some = order[at:at + batch]
            ids, mask = rows.at(chosen[some], rows.widths[chosen[some]].max())
            pooled = self.pooled(w, ids.expand(networks, -1, -1), mask.expand(networks, -1, -1), 0.0)
            for head in out:
                out[head][:, some] = F.softmax(linear(w, f'head.{head}', pooled), -1).cpu().numpy()
        return out


def plan(data, epochs, chosen, rng):
    """All steps of all passes, spread evenly over the run: (pass, width, rows [K,B]). `chosen` is {pass: an array of rows
    for each network}. A step has one width, and each network rows of its own of it; who has fewer sees some twice."""
    spread = []
    for name, times in epochs.items():
        rows, mine = data[name], []
        for epoch in range(math.ceil(times)):
            some = []
            for width in np.unique(rows.widths):
                fits = [mine_of[rows.widths[mine_of] == width] for mine_of in chosen[name]]
                fits = [rng.permutation(one[rng.random(len(one)) < rows.share[one]]) for one in fits]
                most = max(map(len, fits))
                if not min(map(len, fits)):
                    continue
                batch = min(most, rows.batch)
                steps = max(1, round(most / batch))
                index = np.stack([np.resize(one, steps * batch) for one in fits]).reshape(len(fits), steps, batch)
                some += [(name, int(width), index[:, n]) for n in range(steps)]
            rng.shuffle(some)
            mine += some[:round(len(some) * min(1, times - epoch))]  # The last one may be a part.
        spread += [((n + rng.random()) / len(mine), step) for n, step in enumerate(mine)]
    return [step for _, step in sorted(spread, key=lambda pair: pair[0])]


def loss_of(networks, rows, width, index, smoothing, consistency):
    """Summed over the networks: what each head misses, the mean over the rows that have a label for it. With consistency
    each row is read twice, and what two dropouts make of it must agree (R-Drop)."""
    ids, mask = rows.at(index, width)
    count = ids.shape[1]
    if consistency:
        ids, mask = torch.cat([ids, ids], 1), torch.cat([mask, mask], 1)
    w = networks.short()
    pooled, total = networks.pooled(w, ids, mask, DROPOUT), 0
    for head, targets in rows.targets.items():
        target = targets[index]
        told = (target.sum(-1) > 0).float()
        target = target * (1 - smoothing) + smoothing / target.shape[-1]
        said = F.log_softmax(linear(w, f'head.{head}', pooled), -1)
        first, second = said[:, :count], said[:, -count:]
        loss = -(target * (first + second)).sum(-1) / 2
        if consistency:
            loss = loss + consistency * ((first.exp() - second.exp()) * (first - second)).sum(-1) / 2
        total = total + ((loss * rows.weights[index] * told).sum(1) / told.sum(1).clamp(min=1)).sum()
    return total


def clip(weights):
    """Each network's gradient to a length of one at most."""
    squares = sum(p.grad.pow(2).flatten(1).sum(1) for p in weights)
    factors = (1 / (squares.sqrt() + 1e-6)).clamp(max=1)
    for p in weights:
        p.grad.mul_(factors.view((-1,) + (1,) * (p.dim() - 1)))


def optimizer(plain, undecayed, heads, rate, head_rate):
    groups = [{'params': plain, 'weight_decay': WEIGHT_DECAY, 'peak': rate}, {'params': undecayed, 'weight_decay': 0.0, 'peak': rate},
              {'params': heads, 'weight_decay': WEIGHT_DECAY, 'peak': head_rate}]
    return torch.optim.AdamW(groups, lr=rate, fused=True)


def set_rate(optimizer, progress, warm_up):
    """Up to the peak, and down to nothing."""
    for group in optimizer.param_groups:
        group['lr'] = group['peak'] * min(progress / warm_up, (1 - progress) / (1 - warm_up))


class Teller:
    """Prints once a minute how far a run is."""

    def __init__(self, what, steps):
        self.what, self.steps, self.started, self.told, self.losses = what, steps, time.monotonic(), time.monotonic(), {}

    def __call__(self, n, name, loss):
        self.losses.setdefault(name, []).append(loss.detach())
        now = time.monotonic()
        if now - self.told > 60 or n == self.steps:
            self.told = now
            means = {name: round(float(torch.stack(some[-50:]).mean()), 3) for name, some in self.losses.items()}
            print(f'{self.what}: {(now - self.started) / 60:.1f} min, step {n} of {self.steps}, loss {means}', flush=True)


def train(what, networks, data, steps, rate, smoothing, consistency=0.0):
    weights = networks.weights
    named = lambda wanted: [p for name, p in weights.items() if wanted(name.startswith('head.'), p.dim() > 2)]
    walk = optimizer(named(lambda head, matrix: not head and matrix), named(lambda head, matrix: not head and not matrix),
                     named(lambda head, matrix: head), rate, HEAD_RATE)
    tell = Teller(what, len(steps))
    for n, (name, width, index) in enumerate(steps, 1):
        rows = data[name]
        set_rate(walk, n / len(steps), WARM_UP)
        walk.zero_grad(set_to_none=False)
        index = torch.from_numpy(index).to(DEVICE)
        loss = loss_of(networks, rows, width, index, smoothing, consistency if rows.consistent else 0.0)
        loss.backward()
        for p in weights.values():
            if p.grad is None:  # A head that no step has had yet: all weights move from the first step on.
                p.grad = torch.zeros_like(p)
        clip(list(weights.values()))
        walk.step()
        tell(n, name, loss / len(networks))
