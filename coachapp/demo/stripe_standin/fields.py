"""Small descriptions of parameters that read a decoded form strictly and refuse what Stripe would refuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from coachapp.demo.stripe_standin.answers import Refusal


class Field(Protocol):
    """Reads one raw value (string or nested dictionary) or raises Refusal naming `path`."""

    def read(self, raw: Any, path: str) -> Any: ...


def _string(raw: Any, path: str) -> str:
    if not isinstance(raw, str):
        raise Refusal(f"Invalid string: {path}", param=path)
    if raw == "":
        raise Refusal(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a"
            f" parameter; however '{path}' cannot be unset.",
            param=path,
            code="parameter_invalid_empty",
        )
    return raw


@dataclass(frozen=True)
class Text:
    """A string of at most `most` characters."""

    most: int = 5000

    def read(self, raw: Any, path: str) -> str:
        text = _string(raw, path)
        if len(text) > self.most:
            message = f"Invalid string: {text[:20]}…; must be at most {self.most} characters"
            raise Refusal(message, param=path, code="parameter_invalid_string_length")
        return text


@dataclass(frozen=True)
class Whole:
    """An integer, `least` or more."""

    least: int = 0
    most: int | None = None

    def read(self, raw: Any, path: str) -> int:
        text = _string(raw, path)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise Refusal(f"Invalid integer: {text}", param=path, code="parameter_invalid_integer")
        number = int(text)
        if number < self.least:
            message = f"This value must be greater than or equal to {self.least}."
            raise Refusal(message, param=path, code="parameter_invalid_integer")
        if self.most is not None and number > self.most:
            message = f"This value must be less than or equal to {self.most}."
            raise Refusal(message, param=path, code="parameter_invalid_integer")
        return number


@dataclass(frozen=True)
class Flag:
    """`true` or `false`; with `only` set, the other one is a feature the stand-in does not play."""

    only: bool | None = None

    def read(self, raw: Any, path: str) -> bool:
        text = _string(raw, path)
        if text not in ("true", "false"):
            raise Refusal(f"Invalid boolean: {text}", param=path)
        if self.only is not None and (text == "true") is not self.only:
            raise Refusal(f"This stand-in does not play {path}={text}.", param=path)
        return text == "true"


@dataclass(frozen=True)
class OneOf:
    """One of the words given."""

    words: tuple[str, ...]

    def read(self, raw: Any, path: str) -> str:
        text = _string(raw, path)
        if text not in self.words:
            raise Refusal(f"Invalid {path}: must be one of {', '.join(self.words)}", param=path)
        return text


@dataclass(frozen=True)
class Url:
    """An absolute http or https address."""

    def read(self, raw: Any, path: str) -> str:
        text = Text().read(raw, path)
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\\]", text):
            raise Refusal("Not a valid URL", param=path, code="url_invalid")
        return text


@dataclass(frozen=True)
class Metadata:
    """At most 50 pairs, keys to 40 characters without square brackets, values to 500; an empty value unsets."""

    def read(self, raw: Any, path: str) -> dict[str, str]:
        if raw == "":
            return {}
        if not isinstance(raw, dict):
            raise Refusal(f"Invalid object: {path}", param=path)
        if len(raw) > 50:
            raise Refusal("Metadata can hold up to 50 keys.", param=path)
        pairs = {key: self._pair(key, value, path) for key, value in raw.items()}
        return {key: value for key, value in pairs.items() if value}

    def _pair(self, key: str, value: Any, path: str) -> str:
        here = f"{path}[{key}]"
        if not isinstance(value, str):
            raise Refusal("Metadata values must be strings.", param=here)
        if len(key) > 40:
            raise Refusal("Metadata keys can be up to 40 characters long.", param=here)
        if len(value) > 500:
            raise Refusal("Metadata values can be up to 500 characters long.", param=here)
        return value


@dataclass(frozen=True)
class ListOf:
    """A list of `item`, `least` to `most` of them."""

    item: Field
    least: int = 0
    most: int = 100

    def read(self, raw: Any, path: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
            raise Refusal("Invalid array", param=path)
        if not self.least <= len(raw) <= self.most:
            raise Refusal(f"{path} takes from {self.least} to {self.most} entries.", param=path)
        return [self.item.read(raw[key], f"{path}[{key}]") for key in sorted(raw, key=int)]


@dataclass(frozen=True)
class Refused:
    """A parameter that exists, or existed, but must not be sent; `why` is the whole message."""

    why: str
    code: str | None = None

    def read(self, raw: Any, path: str) -> Any:
        raise Refusal(self.why, param=path, code=self.code)


@dataclass(frozen=True)
class Group:
    """Named parameters; anything not named is unknown, anything in `needed` has to be there."""

    fields: Mapping[str, Field]
    needed: tuple[str, ...] = ()

    def read(self, raw: Any, path: str = "") -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise Refusal("Invalid object", param=path)
        for name in raw:
            if name not in self.fields:
                where = _inside(path, name)
                message = f"Received unknown parameter: {where}"
                raise Refusal(message, param=where, code="parameter_unknown")
        for name in self.needed:
            if name not in raw:
                where = _inside(path, name)
                message = f"Missing required param: {where}."
                raise Refusal(message, param=where, code="parameter_missing")
        return {name: self.fields[name].read(value, _inside(path, name)) for name, value in raw.items()}


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
