"""Which fifth of the data a row belongs to: training and the judge agree on it."""
import hashlib


def fold_of(text):
    """Equal (or nearly equal: the same beginning) texts share a fold, so that no duplicate straddles a split."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[:8], 16) % 5


# One part in this many is trained on by no model: it weighs encoder and linear head against each other (export_encoder).
BLEND_PARTS = {'topics': 12, 'post_emotion': 20, 'turn_emotion': 6, 'concern': 6, 'call_kind': 6}


def blends(text, task):
    """Another split than fold_of(); equal texts stay together here, too."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[8:16], 16) % BLEND_PARTS[task] == 0
