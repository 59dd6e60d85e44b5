"""Trains a dialogue model (services/language/dialogue_model.h) and writes its file.

Texts and numbers come from the product's own extractor (tools/features), so that training and prediction cannot drift
apart.
"""
import json, pathlib, subprocess

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

import linear

BUCKET_BITS, MAX_N = 16, 3
MAGIC = b'HLDM0001'


def extract(kind, dialogues, extractor, emotion_model):
    """One list a dialogue of {"texts", "numbers"}: of the whole dialogue (helpdesk) or of each caller's turn (shop)."""
    lines = '\n'.join(json.dumps(d, ensure_ascii=False) for d in dialogues) + '\n'
    out = subprocess.run([extractor, kind, emotion_model, str(BUCKET_BITS), str(MAX_N)], input=lines.encode(),
                         stdout=subprocess.PIPE, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    return [[r] if isinstance(r, dict) else r for r in rows]


def counts_of(texts, extractor):
    """Of plain texts, as the cases above have them."""
    lines = ''.join(json.dumps(text, ensure_ascii=False) + '\n' for text in texts)
    return subprocess.run([extractor, 'texts', str(BUCKET_BITS), str(MAX_N)], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()


class States:
    """What the encoder of `model` makes of the texts that the cases name ("encoded": the texts of each state, which is the
    mean of theirs): one array for each state."""

    def __init__(self, cases, extractor, model):
        texts = sorted({text for case in cases for some in case['encoded'] for text in some})
        lines = ''.join(json.dumps(text, ensure_ascii=False) + '\n' for text in texts)
        out = subprocess.run([extractor, 'states', model], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
        self.encoder, *rows = out.decode().splitlines()
        of = dict(zip(texts, (np.array(row.split(), dtype=np.float32) for row in rows), strict=True))
        self.arrays = [np.stack([np.mean([of[text] for text in case['encoded'][i]], 0) for case in cases])
                       for i in range(len(cases[0]['encoded']))]


class Space:
    """Rows of features on a common scale: each text tf-idf of unit length, numbers standardised, states (where given)
    around their mean, each block weighed."""

    def __init__(self, cases, text_weights, number_weight, states=None, state_weights=()):
        self.idf, self.texts = [], []
        for t, weight in enumerate(text_weights):
            x = linear.parse_counts([c['texts'][t] for c in cases], BUCKET_BITS)
            idf, scale = linear.quantised_idf(x)
            self.idf.append((idf, scale))
            self.texts.append(linear.weigh(x, idf, scale) * np.sqrt(weight))
        self.text_factors = np.sqrt(text_weights)
        numbers = np.array([c['numbers'] for c in cases])
        self.mean = numbers.mean(0)
        self.factor = np.sqrt(number_weight / max(numbers.shape[1], 1)) / np.maximum(numbers.std(0), 1e-9)
        self.factor[numbers.std(0) < 1e-9] = 0
        dense = [(numbers - self.mean) * self.factor]
        self.encoder, self.states = (states.encoder, len(states.arrays)) if states else ('', 0)
        for array, weight in zip(states.arrays, state_weights, strict=True) if states else []:
            mean = array.mean(0)
            factor = np.sqrt(weight / ((array - mean) ** 2).sum(1).mean())
            self.mean, self.factor = np.append(self.mean, mean), np.append(self.factor, np.full(len(mean), factor))
            dense.append((array - mean) * factor)
        self.numbers = numbers.shape[1]
        self.x = sp.hstack([*self.texts, *map(sp.csr_matrix, dense)]).tocsr()

    def write(self, path, name, version, labels, coef, bias):
        """coef: [features of x][labels]."""
        buckets = 1 << BUCKET_BITS
        bias = np.array(bias, dtype=np.float64)
        numbers = coef[len(self.idf) * buckets:] * self.factor[:, None]
        bias -= self.mean @ numbers
        header = json.dumps({'name': name, 'version': version, 'labels': labels, 'bucket_bits': BUCKET_BITS,
                             'max_n': MAX_N, 'texts': len(self.idf), 'numbers': self.numbers, 'states': self.states,
                             'encoder': self.encoder}).encode()
        with open(path, 'wb') as f:
            f.write(MAGIC + np.uint32(len(header)).tobytes() + header)
            for t, (idf, idf_scale) in enumerate(self.idf):
                block = coef[t * buckets:(t + 1) * buckets] * self.text_factors[t]
                scale = np.maximum(np.abs(block).max(axis=0) / 127, 1e-12)
                f.write(np.float32(idf_scale).tobytes() + idf.tobytes() + scale.astype('<f4').tobytes())
                f.write(np.ascontiguousarray(np.rint(block / scale).astype(np.int8)).tobytes())
            f.write(np.ascontiguousarray(numbers.astype('<f4')).tobytes() + bias.astype('<f4').tobytes())
        return pathlib.Path(path).stat().st_size


def basis(x):
    """Coordinates of the rows in the space they span, and the way back to features: there are far fewer rows than
    features, and a fit under an L2 penalty is the same in both."""
    s, u = np.linalg.eigh((x @ x.T).toarray())
    keep = s > s.max() * 1e-9
    s, u = np.sqrt(s[keep]), u[:, keep]
    return u * s, lambda weights: x.T @ (u / s @ weights)


def fit_distribution(z, votes, penalty, distance_weight=0.5, steps=150):
    """Softmax regression to a distribution over ordered classes: cross-entropy plus the (smoothed) absolute difference of
    the cumulative distributions, which is what NMD measures. Returns weights and bias."""
    d, classes = z.shape[1], votes.shape[1]
    cumulative = np.cumsum(votes, 1)

    def loss(v):
        w = v.reshape(d + 1, classes)
        p = linear.softmax(z @ w[:-1] + w[-1])
        apart = np.cumsum(p, 1) - cumulative
        size = np.sqrt(apart ** 2 + 1e-3)
        value = distance_weight * size.sum() - (votes * np.log(p + 1e-12)).sum()
        slope = distance_weight * np.cumsum((apart / size)[:, ::-1], 1)[:, ::-1]
        gradient = p * (slope - (slope * p).sum(1, keepdims=True)) + p - votes
        return value + penalty / 2 * (w[:-1] ** 2).sum(), np.vstack([z.T @ gradient + penalty * w[:-1], gradient.sum(0)]).ravel()

    start = np.zeros((d + 1, classes))
    start[-1] = np.log(votes.mean(0) + 1e-3)
    w = minimize(loss, start.ravel(), jac=True, method='L-BFGS-B', options={'maxiter': steps}).x.reshape(d + 1, classes)
    return w[:-1], w[-1]
