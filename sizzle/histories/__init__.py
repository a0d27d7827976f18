"""Members' histories: what they watched, from the log of events and a file, as it is now."""

from sizzle.histories.follower import Follower, MemberChanges
from sizzle.histories.stored_histories import StoredHistories
from sizzle.histories.viewing_store import ViewingStore

__all__ = ["Follower", "MemberChanges", "StoredHistories", "ViewingStore"]
