"""Values that people write in many ways, brought into the one form that is kept."""

from sizzle.outreach.normalise.addresses import comparable_address, mail_address
from sizzle.outreach.normalise.consents import consent_word, opts_out
from sizzle.outreach.normalise.errors import InvalidValueError
from sizzle.outreach.normalise.phone import Phone, phone_number
from sizzle.outreach.normalise.places import country_code, zone_name
from sizzle.outreach.normalise.tags import language_tag, standard_tag
from sizzle.outreach.normalise.times import birth_date_text, last_possible_date

__all__ = [
    "InvalidValueError",
    "Phone",
    "birth_date_text",
    "comparable_address",
    "consent_word",
    "country_code",
    "language_tag",
    "last_possible_date",
    "mail_address",
    "opts_out",
    "phone_number",
    "standard_tag",
    "zone_name",
]
