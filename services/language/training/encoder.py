"""The shared encoder: BGE-small-zh v1.5 with a head a task, its texts and its training rows."""
import csv, json, pathlib, unicodedata, zipfile

import numpy as np
import onnx, onnx.numpy_helper
import openvino as ov
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from folds import CALLS, HELD_CALLS, blends, fold_of

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# Of the tokens of BGE: whole letters would cut a post's tail, and a message's point stands at its beginning.
MAX_TOKENS = {'topics': 160, 'post_emotion': 72, 'turn_emotion': 96, 'concern': 96, 'call_kind': 160, 'soothed': 240}
# Of what was heard before a turn: what the caller said last, and what the agent said since.
BEFORE_TOKENS = (42, 34)
# Of a call's opening: so many turns, each behind who speaks and with so many tokens.
OPENING_TURNS, OPENING_TOKENS, OPENING_MARKS = 9, 36, {'agent': '问：', 'caller': '答：'}
LABELS = {
    'topics': ['城乡建设', '环境保护', '交通运输', '教育文体', '劳动和社会保障', '商贸旅游', '卫生计生', '农村农业', '国土资源',
               '民政', '政法', '党务政务', '纪检监察', '经济管理', '科技与信息产业'],
    'post_emotion': ['neutral', 'angry', 'happy', 'sad', 'fear', 'surprise'],
    'turn_emotion': ['平静', '焦虑', '委屈', '不满', '失望', '愤怒', '讽刺', '恐惧', '悲伤', '绝望', '感激'],
    'concern': ['none', 'complaint', 'unsolved', 'passed_around', 'misconduct', 'evidence', 'exposure', 'group', 'leak', 'danger',
                'sarcasm', 'resigned', 'abuse'],
    'call_kind': ['咨询', '求助', '投诉', '举报', '建议', '表扬'],
    'soothed': ['none', 'soothed', 'explained'],
}
EPIDEMIC_WEIGHT = 0.5
MAGIC = b'HLEN0001'  # How an encoder.model begins.


class Base:
    """The Maven jar: an ONNX file and a tokenizer."""

    def __init__(self, jar):
        with zipfile.ZipFile(jar) as z:
            names = {pathlib.Path(n).suffix: n for n in z.namelist() if n.startswith('bge-')}
            self.graph = onnx.load_model_from_string(z.read(names['.onnx'])).graph
            self.tokenizer_json = z.read(names['.json']).decode()
        self.tokenizer = Tokenizer.from_str(self.tokenizer_json)

    def vocabulary(self):
        words = json.loads(self.tokenizer_json)['model']['vocab']
        return sorted(words, key=words.get)

    def bert(self):
        config = BertConfig(vocab_size=21128, hidden_size=512, num_hidden_layers=4, num_attention_heads=8,
                            intermediate_size=2048, max_position_embeddings=512)
        model = BertModel(config, add_pooling_layer=False)
        weights = {i.name: onnx.numpy_helper.to_array(i) for i in self.graph.initializer}
        # A matrix that is multiplied from the right lost its name in the export: the node that uses it still has it.
        for node in self.graph.node:
            if node.op_type == 'MatMul' and node.input[1] in weights:
                name = node.name.strip('/').removesuffix('/MatMul').replace('/', '.') + '.weight'
                weights[name.replace('..', '.')] = weights[node.input[1]].T
        state = {}
        for name, value in model.state_dict().items():
            found = weights.get(name)
            if found is None:
                raise SystemExit(f'the ONNX file has no {name}')
            if found.shape != tuple(value.shape):
                raise SystemExit(f'{name}: {found.shape} in the ONNX file, {tuple(value.shape)} here')
            state[name] = torch.from_numpy(np.array(found))
        model.load_state_dict(state)
        return model


class Encoder(torch.nn.Module):
    """Class token and mean of the tokens, side by side; one matrix a task on top."""

    def __init__(self, bert):
        super().__init__()
        self.bert = bert
        self.dropout = torch.nn.Dropout(0.1)
        self.heads = torch.nn.ModuleDict({task: torch.nn.Linear(2 * bert.config.hidden_size, len(labels)) for task, labels in LABELS.items()})

    def pooled(self, ids, mask):
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.cat([states[:, 0], mean], 1)

    def forward(self, ids, mask, task):
        return self.heads[task](self.dropout(self.pooled(ids, mask)))


def shipped(file):
    """The parts of an encoder.model: its header, and files of its graph and weights in bytes."""
    data = pathlib.Path(file).read_bytes()
    if data[:8] != MAGIC:
        raise SystemExit(f'{file} is no encoder.model')
    at = 12 + int(np.frombuffer(data[8:12], np.uint32)[0])
    header, parts = json.loads(data[12:at]), []
    for name in ('vocabulary', 'graph', 'weights'):
        parts.append(data[at:at + header[f'{name}_bytes']])
        at += header[f'{name}_bytes']
    return header, parts


def restored(file):
    """The weights of an encoder.model as floats again, to go on from: in bytes they lost little (scores move by some
    0.1). What nncf moved between a layer and its input (smooth_quant) is multiplied back."""
    _, (_, graph, weights) = shipped(file)
    network = ov.Core().read_model(graph, weights)
    source = lambda node, n: node.input(n).get_source_output().get_node()

    def value(node):
        kind = node.get_type_name()
        if kind == 'Constant':
            return np.array(node.data)
        if kind == 'Convert':
            return value(source(node, 0)).astype(np.float32)
        if kind == 'Multiply':
            return value(source(node, 0)) * value(source(node, 1))
        raise SystemExit(f'{file}: {node.get_friendly_name()} is a {kind}, not a weight')

    state = {}
    for node in network.get_ordered_ops():
        kind, name = node.get_type_name(), node.get_friendly_name()
        layer, _, operation = name.removeprefix('__module.model.').partition('/')
        if kind == 'Gather' and operation.startswith('aten::embedding'):
            state[f'{layer}.weight'] = value(source(node, 0))
        elif kind == 'MatMul' and operation.startswith('aten::linear'):
            before = source(node, 0)
            if before.get_type_name() == 'FakeQuantize':
                before = source(before, 0)
            smooth = value(source(before, 1)).reshape(1, -1) if 'smooth_quant' in before.get_friendly_name() else 1
            state[f'{layer}.weight'] = value(source(node, 1)) * smooth
        elif operation == 'aten::layer_norm/Multiply_1':
            state[f'{layer}.weight'] = value(source(node, 1)).reshape(-1)
        elif operation in ('aten::linear/Add', 'aten::layer_norm/Add'):
            state[f'{layer}.bias'] = value(source(node, 1)).reshape(-1)
    return {name: torch.from_numpy(np.ascontiguousarray(some, dtype=np.float32)) for name, some in state.items()}


def folded(text):
    """Letters and digits of full width or upper case as plain ones; everything else stays (WithPlainLetters() does the same)."""
    out = []
    for c in text:
        if c < '\U00010000' and (c > '~' or c.isupper()):
            plain = unicodedata.normalize('NFKC', c).casefold()
            if len(plain) == 1 and plain.isascii() and plain.isalnum():
                c = plain
        out.append(c)
    return ''.join(out)


def tokens(base, texts, limit):
    """[CLS] ... [SEP], cut to `limit`. A text may be a tuple: a turn, and what was heard before it (BEFORE_TOKENS), which
    follows it, each with a [SEP] of its own and no [CLS]. Or a list: the turns of a call's opening (opening())."""
    cut = lambda ids, most: ids if len(ids) <= most else ids[:most - 1] + ids[-1:]
    encoded = lambda some: [e.ids for e in base.tokenizer.encode_batch([folded(t) for t in some])]
    if texts and isinstance(texts[0], list):
        turns = iter([cut(ids, OPENING_TOKENS) for ids in encoded([turn for text in texts for turn in text])])
        joined = [[next(turns) for _ in text][:OPENING_TURNS] for text in texts]
        return [sum((ids[n > 0:] for n, ids in enumerate(some)), [])[:limit] for some in joined]
    parts = [(t,) if isinstance(t, str) else t for t in texts]
    out = [cut(ids, limit) for ids in encoded([p[0] for p in parts])]
    for n, most in enumerate(BEFORE_TOKENS, 1):
        heard = [i for i, p in enumerate(parts) if len(p) > n and p[n]]
        for i, ids in zip(heard, encoded([parts[i][n] for i in heard])):
            if len(ids) > 2:  # Else it says nothing.
                out[i] = out[i] + cut(ids, most)[1:]
    return out


def tsv(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


def one_hot(label, labels):
    if label not in labels:
        raise SystemExit(f'{label} is none of {labels}')
    return [float(label == other) for other in labels]


def merged(rows):
    """Each text once; what its copies are labelled, averaged."""
    seen = {}
    for text, target, weight in rows:
        seen.setdefault(text, []).append((target, weight))
    return [(text, np.mean([t for t, _ in many], 0).tolist(), float(np.mean([w for _, w in many]))) for text, many in seen.items()]


def topic_rows(data, without_fold):
    """Rows (text, distribution, weight) to train on, and those that blend."""
    labels, train, blend = LABELS['topics'], [], []
    for r in tsv(data / 'messages/train.tsv'):
        if fold_of(r['detail']) == without_fold:
            continue
        row = (r['title'] + '\n' + r['detail'], one_hot(r['label'], labels), 1.0)
        (blend if blends(r['detail'], 'topics') else train).append(row)
    for r in tsv(data / 'messages/train_titles_only.tsv'):
        train.append((r['title'], one_hot(r['label'], labels), 1.0))
    for r in tsv(data / 'messages/taxonomy.tsv'):
        if r['一级分类'] in labels:
            train.append((r['二级分类'] + r['三级分类'], one_hot(r['一级分类'], labels), 0.5))
    train += [(r['text'], one_hot(r['label'], labels), 1.0) for r in tsv(HERE / 'topic_examples.tsv')]
    train += [(text, one_hot(call['expected']['topics'][0], labels), 1.0) for call, weighs, text in call_texts() if not weighs]
    return merged(train), blend


def post_emotion_rows(data):
    labels, train, blend = LABELS['post_emotion'], [], []
    for file, weight in (('usual', 1.0), ('virus', EPIDEMIC_WEIGHT)):
        for r in tsv(data / f'emotion/{file}_train.tsv'):
            row = (r['text'], one_hot(r['emotion'], labels), weight)
            if not blends(r['text'], 'post_emotion'):
                train.append(row)
            elif file == 'usual':
                blend.append(row)
    return merged(train), blend


def heard_before(turns):
    """What a turn answers: the caller's last turn before it, and what the agent said since."""
    agent = ''
    for turn in reversed(turns):
        if turn['speaker'] == 'caller':
            return turn['text'], agent
        agent = agent or turn['text']
    return '', agent


def labelled_calls():
    """Every labelled call, and whether it may only weigh."""
    for file in CALLS + HELD_CALLS:
        with open(file, encoding='utf-8') as f:
            for call in map(json.loads, f):
                yield call, file in HELD_CALLS


def caller_turns():
    """Every caller's turn of the labelled calls: (call, whether it only weighs, number, (text, what was heard before), feeling)."""
    for call, weighs in labelled_calls():
        for n, turn in enumerate(call['turns'], 1):
            if turn['speaker'] == 'caller':
                yield call['id'], weighs, n, (turn['text'], *heard_before(call['turns'][:n - 1])), call['expected']['emotions'][str(n)]


def turn_rows():
    """Both heads of turns, {task: (rows to train on, rows that weigh)}."""
    with open(ROOT / 'services/escalation/training/call_turns.tsv', encoding='utf-8') as f:
        concerns = {(call, int(n)): label for call, n, label in (line.split() for line in f)}
    rows = {'turn_emotion': ([], []), 'concern': ([], [])}
    for call, weighs, n, text, feeling in caller_turns():
        told = {'turn_emotion': feeling, 'concern': concerns.get((call, n))}
        for task, label in told.items():
            if label:
                rows[task][weighs].append((text, one_hot(label, LABELS[task]), 1.0))
    for task, file in (('turn_emotion', 'classification/training/turn_emotions.tsv'), ('concern', 'escalation/training/caller_turns.tsv')):
        with open(ROOT / 'services' / file, encoding='utf-8') as f:
            for label, text in (line.rstrip('\n').split('\t') for line in f if line.strip()):
                rows[task][0].append((text, one_hot(label, LABELS[task]), 1.0))
    return {task: (merged(train), blend) for task, (train, blend) in rows.items()}


def call_texts():
    """(call, whether it only weighs, what Reader::ReadCall() gives the heads: all that the caller says, and what the agent repeats of it)."""
    with open(ROOT / 'services/classification/data/cues.json', encoding='utf-8') as f:
        restates = json.load(f)['restate']
    for call, weighs in labelled_calls():
        yield call, weighs, '\n'.join(t['text'] for t in call['turns']
                                      if t['speaker'] == 'caller' or any(words in t['text'] for words in restates))


def shares(kinds):
    """The first kind of a call weighs more than a second."""
    target = [0.0] * len(LABELS['call_kind'])
    for kind, share in zip(kinds, [1.0] if len(kinds) == 1 else [0.6, 0.4]):
        target[LABELS['call_kind'].index(kind)] += share
    return target


def call_kind_rows():
    """The kinds of whole calls: of the labelled ones, and of call_kinds.tsv, where the caller alone is written down."""
    rows = ([], [])
    for call, weighs, text in call_texts():
        rows[weighs].append((text, shares(call['expected']['kinds']), 1.0))
    with open(ROOT / 'services/classification/training/call_kinds.tsv', encoding='utf-8') as f:
        for kinds, turns in (line.rstrip('\n').split('\t') for line in f):
            rows[0].append((turns.replace('｜', '\n'), shares(kinds.split('+')), 1.0))
    return rows


def opening(turns):
    """How a call begins, a text a turn, as Models::ReadOpening() gives it."""
    return [OPENING_MARKS[turn['speaker']] + turn['text'] for turn in turns[:OPENING_TURNS]]


def soothed_rows():
    """Whether the agent soothed before explaining; none: nobody was upset."""
    label = {None: 'none', True: 'soothed', False: 'explained'}
    rows = ([], [])
    for call, weighs in labelled_calls():
        rows[weighs].append((opening(call['turns']), one_hot(label[call['expected']['soothe_first']], LABELS['soothed']), 1.0))
    return rows


def all_rows(data, without_fold):
    return {'topics': topic_rows(data, without_fold), 'post_emotion': post_emotion_rows(data), **turn_rows(), 'call_kind': call_kind_rows(), 'soothed': soothed_rows()}


def padded(lists):
    width = max(map(len, lists))
    ids = torch.tensor([one + [0] * (width - len(one)) for one in lists])
    return ids, (torch.arange(width) < torch.tensor([[len(one)] for one in lists])).long()


@torch.no_grad()
def answers(model, base, texts, task, batch=32):
    """Scores of every text, computed in an order that wastes no padding."""
    model.eval()
    lists = tokens(base, texts, MAX_TOKENS[task])
    order = sorted(range(len(lists)), key=lambda i: len(lists[i]))
    scores = np.zeros((len(lists), len(LABELS[task])))
    for at in range(0, len(order), batch):
        some = order[at:at + batch]
        scores[some] = model(*padded([lists[i] for i in some]), task).numpy()
    return scores
