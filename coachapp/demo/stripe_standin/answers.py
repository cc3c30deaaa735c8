"""What the stand-in answers: a status with a JSON body, and Stripe-shaped refusals."""

from dataclasses import dataclass, field
from typing import Any

Obj = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `body` is JSON-ready; `dropped` means the line is cut before a byte of it is sent."""

    status: int
    body: Obj
    headers: tuple[tuple[str, str], ...] = field(default=())
    dropped: bool = False


class Refusal(Exception):
    """A request Stripe would refuse; becomes an error body naming type, code and parameter."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status, self.kind = message, param, code, status, kind

    def answer(self) -> Answer:
        """The refusal as Stripe words it on the wire."""
        error: Obj = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = "https://stripe.com/docs/error-codes/" + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        return Answer(self.status, {"error": error})


_KIND_OF_STATUS = {
    401: "invalid_request_error",
    402: "card_error",
    409: "invalid_request_error",
    429: "rate_limit_error",
}


def trouble(status: int, should_retry: bool | None = None) -> Answer:
    """An answer for a failure asked for by a test: 500 becomes `api_error`, 429 `rate_limit_error`, and so on."""
    default = "api_error" if status >= 500 else "invalid_request_error"
    body = {"error": {"message": "A failure asked for.", "type": _KIND_OF_STATUS.get(status, default)}}
    headers = () if should_retry is None else (("Stripe-Should-Retry", str(should_retry).lower()),)
    return Answer(status, body, headers)
