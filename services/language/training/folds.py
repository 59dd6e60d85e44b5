"""What is learned from and what is held back: training and the judge agree on it."""
import hashlib, pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The labelled calls that may be learned from.
CALLS = [ROOT / f'tests/data/calls/{name}.jsonl' for name in ('development', 'dataset', 'practice', 'practice_second', 'practice_fourth', 'practice_fifth')]
# Those that no head of feelings, concerns and kinds learns from: they weigh encoder and linear head.
HELD_CALLS = [ROOT / f'tests/data/calls/{name}.jsonl' for name in ('practice_third', 'practice_sixth')]
# Danger, and what only sounds like it, in a mixture that is not that of calls: the course of calls learns from it alone.
DANGER_CALLS = [ROOT / f'tests/data/calls/{name}.jsonl' for name in ('practice_seventh', 'practice_eighth', 'practice_ninth')]


def fold_of(text):
    """Equal (or nearly equal: the same beginning) texts share a fold, so that no duplicate straddles a split."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[:8], 16) % 5


# One part in this many is trained on by no model: it weighs encoder and linear head against each other (export_encoder).
BLEND_PARTS = {'topics': 12, 'post_emotion': 20}


def blends(text, task):
    """Another split than fold_of(); equal texts stay together here, too."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[8:16], 16) % BLEND_PARTS[task] == 0


def teacher_fold(text):
    """A third split, of what may be learned from: a teacher has not seen the rows that it speaks of (distil_encoder)."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[16:24], 16) % 5
