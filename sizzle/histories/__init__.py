"""Members' histories: what they watched, from the log of events and a file, as it is now."""

from sizzle.histories.follower import Follower, MemberChanges
from sizzle.histories.history_file import read_history_file
from sizzle.histories.past_histories import PastHistories
from sizzle.histories.stored_histories import StoredHistories, without_erased
from sizzle.histories.viewing_store import ViewingStore

__all__ = [
    "Follower",
    "MemberChanges",
    "PastHistories",
    "StoredHistories",
    "ViewingStore",
    "read_history_file",
    "without_erased",
]
