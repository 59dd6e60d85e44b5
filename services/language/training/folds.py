"""Which fifth of the data a row belongs to: training and the judge agree on it."""
import hashlib


def fold_of(text):
    """Equal (or nearly equal: the same beginning) texts share a fold, so that no duplicate straddles a split."""
    return int(hashlib.md5(text[:60].encode()).hexdigest()[:8], 16) % 5
