"""Makes a base at home in the texts of hotlines: it guesses words that are masked in texts without labels."""
import json, math

import numpy as np
import torch
import torch.nn.functional as F

import encoder, side_by_side
from folds import fold_of

EPOCHS, RATE, HEAD_RATE, WARM_UP = 8, 2e-4, 6e-4, 0.04
TOKENS_A_STEP = 128 * 128
CHUNK = 126  # Tokens, without [CLS] and [SEP].
SHORTEST = 8
MASKED, AS_MASK, AS_OTHER = 0.2, 0.8, 0.1  # Of the tokens; of these as [MASK], and as any other word.
LONGEST_ANSWER = 1500
CLS, SEP, MASK = '[CLS]', '[SEP]', '[MASK]'
SPECIAL = ['[PAD]', '[UNK]', CLS, SEP, MASK]


def jsonl(path):
    with open(path, encoding='utf-8') as f:
        return [json.loads(line) for line in f if line.strip()]


def texts(data, without_fold):
    """All that may be read, without its labels: nothing that the judge asks about (`without_fold` of the messages and of
    the shop's dialogues), no dev file, and no call that only weighs."""
    for name in ('usual', 'virus'):
        yield from (r['text'] for r in encoder.tsv(data / f'emotion/{name}_train.tsv'))
    messages = encoder.tsv(data / 'messages/train.tsv')
    asked = {r['detail'][:60] for r in messages if fold_of(r['detail']) == without_fold}
    yield from (r['title'] + '\n' + r['detail'] for r in messages if fold_of(r['detail']) != without_fold)
    yield from (r['title'] for r in encoder.tsv(data / 'messages/train_titles_only.tsv'))
    for name in ('hot_issues', 'replies', 'unlabelled'):  # They hold some of the labelled messages again.
        for values in (r.values() for r in encoder.tsv(data / f'messages/{name}.tsv')):
            if not any(value and value[:60] in asked for value in values):
                said = [value for value in values if value and len(value) >= 12]
                yield '\n'.join(said[:2])
                yield from said[2:]
    for d in jsonl(data / 'satisfaction/helpdesk_train.jsonl'):
        yield '\n'.join('\n'.join(turn['utterances']) for turn in d['turns'])
    for n, d in enumerate(jsonl(data / 'satisfaction/shop_turns_train.jsonl')):
        if n % 5 != without_fold:
            turns = [turn['user'] + '\n' + (turn.get('agent_reply') or '') for turn in d['turns']]
            yield from ('\n'.join(turns[at:at + 3]) for at in range(0, len(turns), 3))
    for name in ('epidemic', 'city_faq'):
        yield from (max((value or '' for value in r.values()), key=len)[:LONGEST_ANSWER] for r in encoder.tsv(data / f'retrieval/{name}_answers.tsv'))
    for call, weighs in encoder.labelled_calls():
        if not weighs:
            turns = [turn['text'] for turn in call['turns']]
            yield from ('\n'.join(turns[at:at + 5]) for at in range(0, len(turns), 5))


def chunks(base, some):
    """The texts as lists of tokens, cut into [CLS] … [SEP] of CHUNK at most."""
    some = [encoder.folded(text) for text in some if len(text) >= SHORTEST]
    first, last = (base.tokenizer.token_to_id(name) for name in (CLS, SEP))
    for at in range(0, len(some), 4000):
        for ids in (e.ids[1:-1] for e in base.tokenizer.encode_batch(some[at:at + 4000])):
            yield from ([first, *part, last] for part in (ids[n:n + CHUNK] for n in range(0, len(ids), CHUNK)) if len(part) >= SHORTEST)


def steps_of(rows, epochs, rng):
    """(width, rows) of all epochs."""
    out = []
    for _ in range(epochs):
        some = []
        for width in np.unique(rows.widths):
            order, size = rng.permutation(np.where(rows.widths == width)[0]), math.ceil(TOKENS_A_STEP / width)
            some += [(int(width), order[at:at + size]) for at in range(0, len(order), size)]
        rng.shuffle(some)
        out += some
    return out


def masked(ids, mask, ends, mask_id, ordinary):
    """Of ids [1,B,T]: the same with a part changed; where, [1,B,M]; what stood there; and which of these count."""
    taken = max(1, int(ids.shape[-1] * MASKED))
    score, where = torch.where(mask & ~torch.isin(ids, ends), torch.rand(ids.shape, device=ids.device), -1.0).topk(taken, -1)
    true, chance = ids.gather(2, where), torch.rand(where.shape, device=ids.device)
    other = ordinary[torch.randint(len(ordinary), where.shape, device=ids.device)]
    put = torch.where(chance < AS_MASK, mask_id, torch.where(chance < AS_MASK + AS_OTHER, other, true))
    return ids.scatter(2, where, torch.where(score >= 0, put, true)), where, true, score >= 0


class Guess:
    """What names a masked word: a layer that starts as nearly nothing, and the table of words itself."""

    def __init__(self, networks, generator):
        _, words, wide = networks.weights['words'].shape
        weights = {'layer.weight': torch.eye(wide) + 0.02 * torch.randn(wide, wide, generator=generator), 'layer.bias': torch.zeros(wide),
                   'norm.weight': torch.ones(wide), 'norm.bias': torch.zeros(wide), 'word.bias': torch.zeros(words)}
        self.weights = {name: value[None].to(side_by_side.DEVICE).requires_grad_() for name, value in weights.items()}

    def scores(self, w, states):
        """states [1,N,D] -> [N,V]."""
        own = {name: value.to(states.dtype) for name, value in self.weights.items()}
        states = side_by_side.norm(F.gelu(side_by_side.linear(own, 'layer', states)), own['norm.weight'], own['norm.bias'])
        return (states[0] @ w['words'][0].T).float() + self.weights['word.bias'][0]


def adapt(networks, rows, special, part, rng, generator):
    """One network, in place, by a part of the epochs. `special` is {name of a special word: its number}."""
    steps, guess = steps_of(rows, math.ceil(EPOCHS * part), rng), Guess(networks, generator)
    weights, own = list(networks.weights.values()), list(guess.weights.values())
    walk = torch.optim.AdamW([{'params': weights, 'weight_decay': side_by_side.WEIGHT_DECAY, 'peak': RATE},
                              {'params': own, 'weight_decay': 0.0, 'peak': HEAD_RATE}], lr=RATE, fused=True)
    tell = side_by_side.Teller('adapt', len(steps))
    numbers = lambda some: torch.tensor(some, device=side_by_side.DEVICE)
    ends = numbers([special[CLS], special[SEP]])
    ordinary = numbers(sorted(set(range(networks.weights['words'].shape[1])) - set(special.values())))
    for n, (width, index) in enumerate(steps, 1):
        side_by_side.set_rate(walk, n / len(steps), WARM_UP)
        walk.zero_grad()
        ids, mask = rows.at(index[None], width)
        ids, where, true, counts = masked(ids, mask, ends, special[MASK], ordinary)
        w = networks.short()
        states = networks.states(w, ids, mask, side_by_side.DROPOUT)
        states = states.gather(2, where.unsqueeze(-1).expand(-1, -1, -1, states.shape[-1])).flatten(1, 2)
        missed = F.cross_entropy(guess.scores(w, states), true.flatten(), reduction='none')
        loss = missed[counts.flatten()].mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights + own, 1.0)
        walk.step()
        tell(n, 'masked', loss)
