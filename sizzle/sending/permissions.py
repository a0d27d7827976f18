"""What is known of addresses: whom nothing may be sent to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from sizzle.database.member_tables import SUPPRESSIONS
from sizzle.eventlog.append import found_in
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outreach.members.consent import Verdict, decided
from sizzle.outreach.timing import Reason
from sizzle.outreach.vocabulary import MessageClass
from sizzle.sending.gate import Recipient


@dataclass(frozen=True, slots=True)
class StoredPermissions:
    """Consents and suppressions in the database.

    Attributes:
        address_hash: of the installation.
        consent_required: whether marketing goes only to those who have opted in.
    """

    address_hash: AddressHash
    consent_required: bool = False

    def refusals(self, connection: Connection, recipients: Sequence[Recipient]) -> list[str]:
        """Why nothing may be sent to each; empty where it may."""
        names = [
            self.address_hash(recipient.channel, recipient.address) for recipient in recipients
        ]
        suppressed = {name for (name,) in found_in(connection, _SUPPRESSED, names)}
        said = Consents(self.address_hash).of_hashes(connection, names)
        return [
            Reason.SUPPRESSED
            if name in suppressed
            else self._refusal(recipient, decided(said.get(name, ()), recipient.topic))
            for recipient, name in zip(recipients, names, strict=True)
        ]

    def _refusal(self, recipient: Recipient, verdict: Verdict) -> str:
        if verdict is Verdict.OPTED_OUT:
            return Reason.OPTED_OUT
        is_marketing = recipient.message_class is MessageClass.MARKETING
        if verdict is Verdict.UNKNOWN and is_marketing and self.consent_required:
            return Reason.NO_CONSENT
        return ""


_SUPPRESSED = select(SUPPRESSIONS.c.address_hash).where(
    SUPPRESSIONS.c.address_hash.in_(bindparam("values", expanding=True))
)
