"""Addresses of files: paths, and URIs with options behind a `?` that belong to the store and not to the path.

    s3://bucket/path?region=eu-north-1&endpoint_override=localhost:9000&scheme=http&anonymous=true
    s3://bucket/path?profile=work
    hf://datasets/owner/name@revision/path

Of S3 `anonymous` and `profile` are read here, all other options by Arrow, which refuses those that it does not know.
"""

import configparser
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pyarrow.fs as pafs

from corpus.errors import RecipeError
from corpus.store import hub

_OURS = {"anonymous", "profile"}
_PASSED = {"region", "endpoint_override", "scheme"}  # beside these


def expanded(named: str) -> str:
    """With what `~` and variables of the environment ($NAME, ${NAME}) stand for; one that is not set stays as it is."""
    found = os.path.expandvars(named)
    return found if "://" in found else os.path.expanduser(found)


def below(base: str, named: str) -> str:
    """Of what a recipe in the folder `base` names: a URI, an absolute path, or one from that folder.

    >>> below("/recipes", "../data"), below("/recipes", "/data"), below("/recipes", "s3://bucket/data")
    ('/recipes/../data', '/data', 's3://bucket/data')
    """
    found = expanded(named)
    return found if "://" in found else os.path.join(base, found)


def split(address: str) -> tuple[str, str]:
    """What stands before the options, and these with their `?`; a path has none."""
    base, mark, options = address.partition("?") if "://" in address else (address, "", "")
    return base, mark + options


def join(folder: str, *names: str) -> str:
    base, options = split(folder)
    return "/".join([base.rstrip("/"), *names]) + options


def extended(address: str, suffix: str) -> str:
    """The file whose name has a suffix more."""
    base, options = split(address)
    return base + suffix + options


def parted(address: str) -> tuple[str, str]:
    """The folder, and the name in it."""
    base, options = split(address)
    folder, _, name = base.rpartition("/")
    return folder + options, name


def on_same(address: str, path: str) -> str:
    """The address of a path, as the filesystem of another address has it."""
    base, options = split(address)
    if base.startswith(hub.SCHEME):  # whose paths are not quoted
        return hub.SCHEME + path
    parts = urlsplit(base)
    keys, at, _ = parts.netloc.rpartition("@")
    if parts.scheme in ("hdfs", "viewfs"):  # whose paths begin behind the host
        return f"{parts.scheme}://{parts.netloc}{quote(path)}{options}"
    return f"{parts.scheme}://{keys}{at}{quote(path)}{options}"


def shown(address: str) -> str:
    """Without the keys that may stand before its host."""
    return re.sub(r"://[^/@?]*@", "://***@", address)


def opened(address: str) -> tuple[pafs.FileSystem, str]:
    """The filesystem and the path on it. Raises RecipeError for options that are none; ValueError, OSError as Arrow
    does."""
    if address.startswith(hub.SCHEME):
        return hub.opened(address)
    base, mark = split(address)
    options = dict(parse_qsl(mark.removeprefix("?"), keep_blank_values=True))
    if not (base.startswith("s3://") and _OURS & set(options)):
        return pafs.FileSystem.from_uri(address)
    strange = sorted(set(options) - _OURS - _PASSED)
    if strange:
        raise RecipeError(f"{shown(address)}: no option {strange[0]!r}; known: {', '.join(sorted(_OURS | _PASSED))}")
    bucket = urlsplit(base).netloc.rpartition("@")[2]
    known: dict[str, Any] = {name: options[name] for name in _PASSED if name in options}
    if "profile" in options:
        known = {**_of_profile(options["profile"]), **known}
    if options.get("anonymous", "false") not in ("true", "false"):
        raise RecipeError(f"{shown(address)}: anonymous is true or false")
    if "region" not in known and "endpoint_override" not in known:
        known["region"] = pafs.resolve_s3_region(bucket)
    return (
        pafs.S3FileSystem(anonymous=options.get("anonymous") == "true", **known),
        pafs.FileSystem.from_uri(f"{base}?region=none")[1],  # of a region that is given nobody is asked
    )


def _of_profile(name: str) -> dict[str, str]:
    """Keys and region of a profile of AWS. Raises RecipeError if it has no keys."""
    home = Path.home() / ".aws"
    keys, settings = configparser.ConfigParser(interpolation=None), configparser.ConfigParser(interpolation=None)
    keys.read(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials", "utf-8")
    settings.read(os.environ.get("AWS_CONFIG_FILE") or home / "config", "utf-8")
    section: dict[str, str] = {}
    for parser, title in ((settings, f"profile {name}"), (settings, name), (keys, name)):
        section |= dict(parser[title]) if parser.has_section(title) else {}
    if "aws_access_key_id" not in section:
        raise RecipeError(
            f"profile {name!r} has no keys in the files of AWS: give them, or set AWS_PROFILE={name}, by which AWS's "
            "own library finds roles and sign-ons"
        )
    found = {"access_key": section["aws_access_key_id"], "secret_key": section.get("aws_secret_access_key", "")}
    if "aws_session_token" in section:
        found["session_token"] = section["aws_session_token"]
    return found | ({"region": section["region"]} if "region" in section else {})


# What messages of Arrow and AWS hold, in the order in which it is looked for.
_REASONS = (
    (
        r"^the hub: .*\b40[134]\b",
        "there is no such dataset on the hub, or not for you: check the address, log in by `hf auth login` or HF_TOKEN",
    ),
    (
        r"curlCode: 6\b|[Cc]ould ?n.t resolve host|Could not resolve|Name or service not known|name resolution",
        "the name of its host is not known: check the endpoint, the region and the network",
    ),
    (
        r"NETWORK_CONNECTION|curlCode: \d+|Connection refused|timed? ?out",
        "its host does not answer: check the endpoint and the network",
    ),
    (
        r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE|EXPIRED_TOKEN|UNRECOGNIZED_CLIENT|CREDENTIAL|HTTP status 40[13]\b"
        r"|code: 40[13]\b|Forbidden",
        "the store refuses the credentials: set AWS_PROFILE or keys, or write profile= or anonymous=true behind a ? in "
        "the address",
    ),
    (
        r"NO_SUCH_BUCKET|NO_SUCH_KEY|RESOURCE_NOT_FOUND|HTTP status 404\b|code: 404\b|Path does not exist"
        r"|Bucket .* not found",
        "there is no such bucket or object: check the address",
    ),
)


def reason(error: BaseException) -> str:
    """Why a store cannot be read or written and what to do, in a few words; "" if the error does not say."""
    return next((why for pattern, why in _REASONS if re.search(pattern, str(error))), "")
