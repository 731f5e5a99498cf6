"""When two words of a file differ by one slip of the pen; it decides nothing."""


def is_one_slip(left: str, right: str) -> bool:
    """Whether one letter added, lost or changed, or two neighbours swapped, makes one word the other."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    if len(left) > len(right):
        left, right = right, left
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    swapped = left[at + 1 : at + 2] + left[at : at + 1]
    return left[at + 1 :] == right[at + 1 :] or swapped + left[at + 2 :] == right[at:]
