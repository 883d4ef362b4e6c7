"""The one family of expected failures.

Every layer raises these and no other for what a caller can act on; the rim maps them once to GraphQL
`extensions.code` and once to HTTP. Programming errors stay ordinary exceptions.
"""

from collections.abc import Callable
from functools import partial
from typing import Self


class OmnisonicError(Exception):
    """An expected failure: a stable `code`, a `message` of what and where, a `hint` of how to mend it.

    `path` names the offending input field (dotted, list positions as numbers) when there is one.
    """

    status = 500

    def __init__(self, code: str, message: str, hint: str = "", *, path: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[str, str, str]]:
        """As itself through a pickle: other processes raise it too."""
        return partial(type(self), path=self.path), (self.code, self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class Invalid(OmnisonicError):  # noqa: N818 - named as people say it
    """The input cannot be accepted as it is."""

    status = 400


class NotFound(OmnisonicError):  # noqa: N818 - named as people say it
    """The thing that was named does not exist."""

    status = 404


class Denied(OmnisonicError):  # noqa: N818 - named as people say it
    """The caller may not do this."""

    status = 403


class Conflict(OmnisonicError):  # noqa: N818 - named as people say it
    """The request contradicts what is stored."""

    status = 409


class Unavailable(OmnisonicError):  # noqa: N818 - named as people say it
    """A part we depend on does not answer now; trying again later is right."""

    status = 503
