"""What the house keeps or says outside the database: keys and values in Valkey, messages to workers, files, the log."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from tests.isolation.reading import opened

READ = {
    "string": lambda valkey, key: [valkey.get(key)],
    "list": lambda valkey, key: valkey.lrange(key, 0, -1),
    "set": lambda valkey, key: valkey.smembers(key),
    "hash": lambda valkey, key: [part for pair in valkey.hgetall(key).items() for part in pair],
    "zset": lambda valkey, key: [name for name, _score in valkey.zrange(key, 0, -1, withscores=True)],
    "none": lambda _valkey, _key: [],  # its time was over while we looked
}  # fmt: skip


def kept_in_valkey(valkey: redis.Redis) -> Iterator[tuple[str, str]]:
    """Yield every key with all that lies under it, messages' bodies opened, in lower case."""
    for raw in valkey.scan_iter():
        key = raw.decode()
        values = READ[valkey.type(raw).decode()](valkey, raw)
        yield key, "\n".join([key, *(_spelled(value) for value in values)]).lower()


def messages(valkey: redis.Redis, queues: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield of every message that waits for a worker its tenant's id and the ids in it."""
    for queue in queues:
        for raw in valkey.lrange(queue, 0, -1):
            message = json.loads(raw)
            ((ids,), _options, _embedded) = json.loads(base64.b64decode(message["body"]))
            yield message["headers"]["maagal_tenant"], ids


def kept_in_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file of tenants: its path under the folder, and all that it says, in lower case."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield path.relative_to(folder), f"{path.name} {opened(path.read_bytes())}".lower()


def _spelled(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if text.startswith("{") and '"body"' in text:
        text += base64.b64decode(json.loads(text)["body"]).decode("utf-8", "replace")
    return text
