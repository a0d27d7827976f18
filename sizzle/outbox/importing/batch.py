"""A batch of rows, applied within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from msgspec import structs
from sqlalchemy import Connection, bindparam, select, text

from sizzle.database.schema import ENDPOINTS, INDEXED_ADDRESS, MAX_INDEXED_ADDRESS
from sizzle.eventlog.append import erased_members, found_in
from sizzle.events.event import time_text
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.endpoint import MAX_ENDPOINTS_OF_A_MEMBER, EndpointFields
from sizzle.outbox.endpoints import Endpoint, find_endpoints, write_endpoints
from sizzle.outbox.member_rows import find_members, write_members
from sizzle.outbox.suppressions import Suppressions
from sizzle.outreach.members.consent import Consent, Verdict, decided
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.members.rows import EndpointRow, MemberRow, RowFinding, SaidConsent

ADDED: Final = "added"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row that was read, with its endpoints checked.

    Attributes:
        endpoints: each with its id and fields.
    """

    number: int
    row: MemberRow
    endpoints: Sequence[tuple[str, EndpointFields, EndpointRow]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a row.

    Attributes:
        status: `ADDED`, `CHANGED` or `UNCHANGED`; empty where it was refused.
        findings: the first says why, where it was refused.
    """

    number: int
    status: str
    findings: Sequence[RowFinding] = ()


class Batch:
    """Applies rows to what the database has.

    Args:
        connection: in a transaction of `Database.writing`.
        rows: that are applied in their order.
        app: the application that the endpoints belong to.
        address_hash: of the installation.
        member_hash: under which erased members are remembered.
        source: of consents.
        allow_erased: whether members who were erased come back.
        now: milliseconds since 1970.
    """

    def __init__(
        self,
        connection: Connection,
        rows: Sequence[BatchRow],
        *,
        app: str,
        address_hash: AddressHash,
        member_hash: Callable[[str], bytes],
        source: str,
        allow_erased: bool,
        now: int,
    ) -> None:
        self._connection, self._rows, self._app, self._now = connection, rows, app, now
        self._hash, self._source = address_hash, source
        ids = {row.row.member_id for row in rows} - {""}
        self._known = find_members(connection, ids)
        self._fields = {one: member.fields for one, member in self._known.items()}
        self._changed: dict[str, ProfileFields] = {}
        self._erased = {} if allow_erased else erased_members(connection, ids, member_hash)
        keys = {key for row in rows for key, _, _ in row.endpoints}
        self._old = find_endpoints(connection, app, keys)
        self._endpoints: dict[str, Endpoint] = dict(self._old)
        self._written: dict[str, Endpoint] = {}
        self._counts = _endpoint_counts(connection, app, ids)
        self._consents = Consents(address_hash)
        names = self._address_names()
        self._said = self._consents.of_hashes(connection, names)
        self._suppressed = Suppressions(address_hash).of_hashes(connection, names)
        self._new_consents: list[tuple[bytes, str, Consent]] = []
        self._shared = _owners(connection, self._addresses())

    def apply(self) -> list[Outcome]:
        """Apply all rows, and write what has changed."""
        outcomes = [self._apply(row) for row in self._rows]
        write_members(self._connection, self._known, self._changed, self._now)
        write_endpoints(self._connection, self._old, self._written.values())
        self._consents.append(self._connection, self._new_consents)
        return outcomes

    def _apply(self, row: BatchRow) -> Outcome:
        refusal = self._refusal(row)
        if refusal is not None:
            return Outcome(row.number, "", [refusal])
        findings = list(row.row.findings)
        statuses = {self._apply_member(row.row)} if row.row.member_id else set()
        for endpoint_id, fields, said in row.endpoints:
            fields = self._apply_consents(fields, said, findings)
            statuses.add(self._apply_endpoint(endpoint_id, fields, findings))
        for status in (ADDED, CHANGED):
            if status in statuses:
                return Outcome(row.number, status, findings)
        return Outcome(row.number, UNCHANGED, findings)

    def _refusal(self, row: BatchRow) -> RowFinding | None:
        """Why a row cannot be applied, or None. Takes room for its endpoints where it can be."""
        member_id = row.row.member_id
        erased = self._erased.get(member_id)
        if erased is not None:
            return RowFinding(
                "erased",
                f"the member {member_id} was erased on {time_text(erased)[:10]}.",
                "leave the row out, or import with --allow-erased if they came back.",
            )
        new = {key for key, _, _ in row.endpoints if not self._is_of(key, member_id)}
        if member_id and self._counts.get(member_id, 0) + len(new) > MAX_ENDPOINTS_OF_A_MEMBER:
            return RowFinding(
                "endpoints",
                f"the member {member_id} has more than {MAX_ENDPOINTS_OF_A_MEMBER} endpoints.",
                "delete those that are no longer used; rows of several people need several ids.",
            )
        if member_id:
            self._counts[member_id] = self._counts.get(member_id, 0) + len(new)
        return None

    def _is_of(self, key: str, member_id: str) -> bool:
        old = self._endpoints.get(key)
        return old is not None and old.deleted is None and old.member_id == member_id

    def _apply_member(self, row: MemberRow) -> str:
        old = self._fields.get(row.member_id)
        said = (old or ProfileFields()).updated(row.profile)
        new = row.implied.updated(said)  # what is implied stays only where nothing is known
        if old == new:
            return UNCHANGED
        self._fields[row.member_id] = self._changed[row.member_id] = new
        return ADDED if old is None else CHANGED

    def _apply_endpoint(
        self, endpoint_id: str, said: EndpointFields, findings: list[RowFinding]
    ) -> str:
        old = self._endpoints.get(endpoint_id)
        there = old is not None and old.deleted is None
        fields = (old.fields if old and there else EndpointFields()).updated(said)
        owners = self._shared.setdefault((fields.channel_type, fields.address), set())
        others = sorted(owners - {fields.member_id})
        if others and fields.member_id:
            findings.append(
                RowFinding(
                    "shared-address",
                    f"the address of {fields.member_id} is also that of {others[0]}.",
                    "if they are one person, give both rows one id.",
                )
            )
        owners.add(fields.member_id)
        if old and there and old.fields == fields:
            return UNCHANGED
        created = old.created if old else self._now
        new = Endpoint(self._app, endpoint_id, fields, fields.member_id, created, self._now)
        self._endpoints[endpoint_id] = self._written[endpoint_id] = new
        return CHANGED if old and there else ADDED

    def _apply_consents(
        self, fields: EndpointFields, row: EndpointRow, findings: list[RowFinding]
    ) -> EndpointFields:
        """Record what a row says of consent; returns the fields with the opt-out that holds."""
        channel, address = fields.channel_type or "", fields.address or ""
        name = self._hash(channel, address)
        if suppressed := self._suppressed.get(name):
            findings.append(
                RowFinding(
                    "suppressed",
                    f"nothing is sent to the address, which has {suppressed.reason}.",
                    "somebody has to end that by hand, once its owner asks for it.",
                )
            )
        history = self._said.setdefault(name, [])
        for said in row.consents:
            if said.at is not None and said.at > self._now:
                findings.append(
                    RowFinding(
                        "future-consent", "the time of consent is in the future; it is left out."
                    )
                )
                continue
            consent = self._new_consent(history, said)
            if consent is not None:
                history.append(consent)
                self._new_consents.append((name, channel, consent))
        holds = decided(history, "")
        if fields.opt_out == "NONE" and holds is Verdict.OPTED_OUT:
            findings.append(
                RowFinding(
                    "opt-out-kept",
                    "the address was opted out, and stays so.",
                    "give a newer consent with its time, in the column consent_at.",
                )
            )
            return _with_opt_out(fields, "ALL")
        if fields.opt_out is None and holds is Verdict.OPTED_OUT:
            return _with_opt_out(fields, "ALL")
        if holds is Verdict.OPTED_IN and any(
            said.verdict is Verdict.OPTED_IN and said.at is not None for said in row.consents
        ):
            return _with_opt_out(fields, "NONE")
        return fields

    def _new_consent(self, history: Sequence[Consent], said: SaidConsent) -> Consent | None:
        """What is to be recorded, if anything.

        A consent with its time counts by it. Without, opting out counts from now, unless that holds
        already; and opting in counts only where nobody ever said anything.
        """
        if said.at is not None:
            consent = Consent(said.topic, said.verdict, self._source, said.at)
            known = any(
                (one.topic, one.at, one.verdict) == (consent.topic, consent.at, consent.verdict)
                for one in history
            )
            return None if known else consent
        if said.verdict is Verdict.OPTED_IN and history:
            return None
        if decided(history, said.topic) is said.verdict:
            return None
        return Consent(said.topic, said.verdict, self._source, self._now)

    def _addresses(self) -> set[tuple[str, str]]:
        return {
            (fields.channel_type or "", fields.address or "")
            for row in self._rows
            for _, fields, _ in row.endpoints
        }

    def _address_names(self) -> set[bytes]:
        return {self._hash(channel, address) for channel, address in self._addresses()}


def _with_opt_out(fields: EndpointFields, opt_out: Literal["ALL", "NONE"]) -> EndpointFields:
    """The fields with another `OptOut`."""
    return fields if fields.opt_out == opt_out else structs.replace(fields, opt_out=opt_out)


def _endpoint_counts(connection: Connection, app: str, ids: Iterable[str]) -> dict[str, int]:
    """How many endpoints each of these members has."""
    counts: dict[str, int] = {}
    for (member_id,) in found_in(connection, _OF_MEMBERS, ids, of_app=app):
        counts[member_id] = counts.get(member_id, 0) + 1
    return counts


def _owners(
    connection: Connection, addresses: Iterable[tuple[str, str]]
) -> dict[tuple[str | None, str | None], set[str]]:
    """Whose these addresses are, by channel and address."""
    found: dict[tuple[str | None, str | None], set[str]] = {}
    short = {address for _, address in addresses if len(address) <= MAX_INDEXED_ADDRESS}
    for channel, address, member_id in found_in(connection, _BY_ADDRESS, short):
        found.setdefault((channel, address), set()).add(member_id)
    return found


_OF_MEMBERS: Final = select(ENDPOINTS.c.member_id).where(
    ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)),
    ENDPOINTS.c.app == bindparam("of_app"),
    ENDPOINTS.c.deleted.is_(None),
)
_BY_ADDRESS: Final = select(ENDPOINTS.c.channel, ENDPOINTS.c.address, ENDPOINTS.c.member_id).where(
    ENDPOINTS.c.address.in_(bindparam("values", expanding=True)),
    ENDPOINTS.c.member_id != "",
    ENDPOINTS.c.deleted.is_(None),
    text(INDEXED_ADDRESS),
)
