"""Which list a photograph's composites go to."""

import hashlib
from numbers import Real
from typing import Literal

Split = Literal["train", "test"]


def split_of(group: str, test_share: float) -> Split:
    """ "test" for such a share of all groups, by the digest of the group's name alone.

    So photographs of a group stay together, another seed gives the same split, and photographs that
    are added move none of the others.
    """
    digest = hashlib.blake2b(group.encode(), digest_size=8, person=b"harmonia split").digest()
    return "test" if int.from_bytes(digest, "big") < test_share * 2**64 else "train"


def check_test_share(share: object, *, where: str) -> None:
    if not isinstance(share, Real) or isinstance(share, bool) or not 0 <= float(share) <= 1:
        raise ValueError(
            f"{where}: test_share must be a number from 0 to 1, got {share!r}; 0.1 makes a tenth "
            "of the photographs the test list"
        )
