"""People who sign in: users with passwords and roles, sessions, and the brake on guessing."""

from sizzle.accounts.attempts import Attempts, TooManyAttemptsError
from sizzle.accounts.passwords import Passwords, check_password
from sizzle.accounts.sessions import Session, Sessions, SignInMethod
from sizzle.accounts.users import User, Users, mail_address

__all__ = [
    "Attempts",
    "Passwords",
    "Session",
    "Sessions",
    "SignInMethod",
    "TooManyAttemptsError",
    "User",
    "Users",
    "check_password",
    "mail_address",
]
