"""Trains one linear model (services/language/linear_model.h) and writes its file.

Features come from the product's own extractor, so that training and prediction cannot drift apart.
"""
import json, pathlib, struct, subprocess

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

BUCKET_BITS, MAX_N = 18, 4
MAGIC = b'HLLM0001'
# How often the first of several lines, the subject, counts.
HEADLINES = {'topics': 3, 'post_emotion': 1}
# Of the posts' labels, in their order, fear and surprise come last: rare, and as important as the rest.
MACHINES = {'topics': {'C': 1.0}, 'post_emotion': {'C': 0.5, 'class_weight': dict(enumerate([1.0, 0.9, 1.0, 1.1, 1.8, 1.8]))}}
EPIDEMIC_WEIGHT = 0.3  # Posts of an epidemic are other posts: they count less.


def headline(text, times):
    """The first of several lines counts so often (LinearModel does the same)."""
    subject, line_end, _ = text.partition('\n')
    return (subject + '\n') * (times - 1) + text if line_end else text


def counts(texts, extractor, bits=BUCKET_BITS, max_n=MAX_N):
    """Raw n-gram counts, a row a text."""
    lines = '\n'.join(json.dumps(t, ensure_ascii=False) for t in texts) + '\n'
    out = subprocess.run([extractor, 'texts', str(bits), str(max_n)], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return parse_counts(out.decode().splitlines(), bits)


def parse_counts(rows, bits):
    """Rows of "bucket:count ..." as the extractor prints them."""
    indptr, indices, data = [0], [], []
    for row in rows:
        for pair in row.split():
            bucket, count = pair.split(':')
            indices.append(int(bucket))
            data.append(int(count))
        indptr.append(len(indices))
    return sp.csr_matrix((np.array(data, dtype=np.float64), np.array(indices, dtype=np.int32), np.array(indptr)), shape=(len(rows), 1 << bits))


def quantised_idf(x, min_df=2):
    """Inverse document frequency in one byte a bucket; rare buckets weigh nothing."""
    df = np.asarray((x > 0).sum(axis=0)).ravel()
    idf = np.where(df >= min_df, np.log((1 + x.shape[0]) / (1 + df)) + 1, 0.0)
    scale = max(idf.max(), 1e-9) / 255
    return np.rint(idf / scale).astype(np.uint8), np.float32(scale)


def weigh(x, idf, scale):
    """(1 + ln count) * idf, rows of unit length: LinearModel::Scores() does the same."""
    y = x.copy()
    y.data = 1 + np.log(y.data)
    y = sp.csr_matrix(y @ sp.diags(idf.astype(np.float64) * scale))
    norms = np.sqrt(np.asarray(y.multiply(y).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(norms, 1e-12)) @ y)


def fit(x, y, c, weight=None, max_iter=60):
    return LogisticRegression(C=c, max_iter=max_iter, solver='lbfgs', tol=1e-3).fit(x, y, sample_weight=weight)


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def temperature(scores, gold):
    """The one number that makes held-out probabilities honest (least negative log-likelihood)."""
    rows = np.arange(len(gold))
    loss = lambda log_t: -np.log(np.maximum(softmax(scores / np.exp(log_t))[rows, gold], 1e-12)).mean()
    return float(np.exp(minimize_scalar(loss, bounds=(-3, 2), method='bounded').x))


def scores_of(model, x):
    s = model.decision_function(x)
    return np.column_stack([-s / 2, s / 2]) if s.ndim == 1 else s


def measures(gold, scores, classes):
    p = softmax(scores)
    pred, conf = p.argmax(axis=1), p.max(axis=1)
    hit = pred == gold
    f1 = []
    for k in range(classes):
        tp, n = ((pred == k) & (gold == k)).sum(), (pred == k).sum() + (gold == k).sum()
        if (gold == k).any():
            f1.append(2 * tp / n if n else 0.0)
    bins = np.minimum((conf * 10).astype(int), 9)
    ece = sum(abs(hit[bins == b].sum() - conf[bins == b].sum()) for b in range(10)) / len(gold)
    return {'accuracy': round(float(hit.mean()), 4), 'macro_f1': round(float(np.mean(f1)), 4), 'ece': round(float(ece), 4)}


def out_of_fold(x, y, groups, c, folds=5, weight=None):
    """Held-out scores of every row; rows of one group (duplicates) share a fold."""
    fold = groups % folds
    scores = np.zeros((x.shape[0], len(np.unique(y))))
    for k in range(folds):
        train = fold != k
        model = fit(x[train], y[train], c, None if weight is None else weight[train])
        scores[fold == k] = scores_of(model, x[fold == k])
    return scores


def write(path, name, version, labels, idf, idf_scale, coef, bias, temperature, bits=BUCKET_BITS, max_n=MAX_N,
          headline=1):
    """coef: [labels][buckets]; quantised to one byte with one scale a label."""
    scale = np.maximum(np.abs(coef).max(axis=1) / 127, 1e-12)
    quantised = np.rint(coef / scale[:, None]).astype(np.int8)
    header = json.dumps({'name': name, 'version': version, 'labels': list(labels), 'bucket_bits': bits, 'max_n': max_n,
                         'headline': headline, 'temperature': temperature}, ensure_ascii=False).encode()
    with open(path, 'wb') as f:
        f.write(MAGIC + np.uint32(len(header)).tobytes() + header)
        f.write(np.float32(idf_scale).tobytes() + idf.tobytes())
        f.write(scale.astype('<f4').tobytes() + np.asarray(bias).astype('<f4').tobytes())
        f.write(np.ascontiguousarray(quantised.T).tobytes())
    return pathlib.Path(path).stat().st_size


def read(path):
    """The header and the bytes that follow it."""
    data = path.read_bytes()
    size, = struct.unpack('<I', data[8:12])
    return data[:8], json.loads(data[12:12 + size]), data[12 + size:]


class Parts:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, kind, *shape):
        count = int(np.prod(shape))
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values.reshape(shape).astype(np.float64)


def probabilities(path, texts, extractor):
    """What LinearModel::Probabilities() gives, read from the file and not by the product."""
    magic, header, data = read(path)
    assert magic == MAGIC
    parts, labels, buckets = Parts(data), len(header['labels']), 1 << header['bucket_bits']
    idf_scale, idf = parts.take('<f4', 1)[0], parts.take('u1', buckets)
    scale, bias, weights = parts.take('<f4', labels), parts.take('<f4', labels), parts.take('i1', buckets, labels)
    x = weigh(counts([headline(text, header['headline']) for text in texts], extractor, header['bucket_bits'], header['max_n']), idf, idf_scale)
    return softmax((x @ weights * scale + bias) / header['temperature'])
