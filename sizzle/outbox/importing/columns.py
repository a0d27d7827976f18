"""Which field a column of a table of members is, by the names that programs give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sizzle.errors import InputError


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's values go: through these objects, under this name.

    Attributes:
        opts_out: whether it says who is opted out, and nothing of others.
    """

    parents: tuple[str, ...]
    name: str
    is_list: bool = False
    is_number: bool = False
    opts_out: bool = False


_OTHER_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "member_id": (
        *("id", "user_id", "customer_id", "memberid", "external_id", "subscriber_key"),
        *("contact_id", "record_id", "contact_key", "euid", "klaviyo_id"),
    ),
    "name": ("full_name", "first_name", "firstname", "given_name", "fname"),
    "email": ("mail", "e_mail", "email_address", "emailaddress", "e_mail_address"),
    "phone": (
        *("mobile", "mobile_phone", "mobilephone", "mobile_number", "phone_number", "telephone"),
        *("sms", "cell", "cell_phone"),
    ),
    "birth_date": ("birthdate", "birthday", "date_of_birth", "dob", "birth_year"),
    "language": ("lang", "locale", "preferred_language"),
    "zone": ("timezone", "time_zone"),
    "country": ("country_code", "country_region", "mailing_country", "mailingcountry", "cc"),
    "consent": (
        *("marketing_consent", "subscription_status", "opt_in", "opted_in", "marketing_opt_in"),
        *("accepts_marketing", "subscribed", "newsletter"),
    ),
    "email_consent": (
        *("email_subscribe", "email_marketing_consent", "accepts_email_marketing"),
        *("email_opt_in", "email_subscribed", "email_marketing"),
    ),
    "phone_consent": (
        *("sms_consent", "sms_marketing_consent", "accepts_sms_marketing", "sms_opt_in"),
        *("sms_subscribe", "sms_marketing"),
    ),
    "consent_at": ("email_marketing_consent_timestamp", "consent_timestamp", "consent_date"),
    "consent_topic": (),
    "maturity": (),
}
"""Fields, and what programs such as Mailchimp, HubSpot, Salesforce, Braze and Klaviyo call them."""

_OPT_OUTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("opted_out", "opt_out", "optout", "unsubscribed", "unsubscribe", "do_not_contact"),
            *("donotcontact", "unsubscribed_from_all", "global_unsubscribe", "unsubscribed_at"),
        ),
        "consent",
    ),
    **dict.fromkeys(
        (
            *("has_opted_out_of_email", "hasoptedoutofemail", "email_opt_out", "emailoptout"),
            *("unsubscribed_from_all_email", "do_not_email", "donotemail", "unsub_time"),
            *("email_opted_out", "clean_time", "email_unsubscribed"),
        ),
        "email_consent",
    ),
    **dict.fromkeys(("sms_opt_out", "do_not_text", "do_not_sms", "sms_opted_out"), "phone_consent"),
}
"""Columns that name who does not want to be written to: they say nothing of all others."""

_KEY_OF_STATUS: Final = "subscriber_key"
"""Beside this column, `status` is that of a subscription."""


def own_columns(headers: Sequence[str]) -> list[Column]:
    """The columns of our form.

    A field has one column: that of its own name, else the first with another name of it. Columns
    that are no field are attributes.

    Raises:
        InputError: no column has the ids of members.
    """
    names = [_plain(header) for header in headers]
    fields = {index: field for field, index in _fields(names)}
    if "member_id" not in fields.values():
        raise InputError(
            f"No column has the ids of members; there are {', '.join(headers)[:200]!r}.",
            fix="name the column of their ids member_id.",
        )
    return [
        Column((), fields[index]) if index in fields else _other(header, names[index])
        for index, header in enumerate(headers)
    ]


def _other(header: str, name: str) -> Column:
    if name in _OPT_OUTS:
        return Column((), _OPT_OUTS[name], opts_out=True)
    own = header.casefold().startswith("attributes.")
    return Column(("attributes",), header[len("attributes.") :] if own else header, is_list=True)


def _plain(header: str) -> str:
    return re.sub(r"[\s/_-]+", "_", header.strip().casefold())


def _fields(names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The fields that have a column, and its index."""
    for field, others in _OTHER_NAMES.items():
        status = ("status",) if field == "consent" and _KEY_OF_STATUS in names else ()
        known = [name for name in (field, *others, *status) if name in names]
        if known:
            yield field, names.index(known[0])
