"""The description of the API as a page of our own, from its OpenAPI document: no script, no other host. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ui import wording
from ui.page.render import safe

_METHODS = ("get", "post", "put", "patch", "delete")


def docs_page(document: Mapping[str, Any], version: str) -> str:
    """Return the page. `document` is what /api/openapi.json serves; `version` makes a browser fetch changed styles."""
    groups: dict[str, list[str]] = {}
    for path, method, route in _routes(document):
        groups.setdefault(next(iter(route.get("tags", [])), ""), []).append(_route(document, path, method, route))
    listed = "".join(f"<h2>{safe(group)}</h2>{''.join(routes)}" for group, routes in groups.items())
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{wording.DOCS_TITLE}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="../page/assets/icon.svg?{version}">'
        f'<link rel="stylesheet" href="../page/assets/docs.css?{version}"></head><body><main>'
        f'<p class="home"><a href="../">{wording.TITLE}</a></p><h1>{wording.DOCS_TITLE}</h1>'
        f"<p>{safe(document['info'].get('description', ''))}</p>"
        f'<p>{wording.DOCS_OPENAPI}<a href="openapi.json">/api/openapi.json</a></p>{_examples()}{listed}'
        f"<h2>MCP</h2><p>{wording.DOCS_MCP}</p></main></body></html>"
    )


def _routes(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _route(document: Mapping[str, Any], path: str, method: str, route: Mapping[str, Any]) -> str:
    inputs = [
        (one["name"], _kind(one.get("schema", {})), one.get("description", ""), one.get("required", False))
        for one in route.get("parameters", [])
    ]
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = _resolved(document, body)
    required = schema.get("required", [])
    inputs += [
        (name, _kind(field), field.get("description", ""), name in required)
        for name, field in schema.get("properties", {}).items()
    ]
    rows = "".join(
        f"<tr><th scope='row'><code>{safe(name)}</code></th>"
        f"<td>{safe(kind)}{wording.DOCS_REQUIRED if needed else ''}</td>"
        f"<td>{safe(words)}</td></tr>"
        for name, kind, words, needed in inputs
    )
    table = f"<table><tbody>{rows}</tbody></table>" if rows else ""
    returned = _returned(document, route)
    told = f"<p>{safe(route['description'])}</p>" if route.get("description") else ""
    return (
        f'<section><h3><span class="method">{method.upper()}</span> <code>{safe(path)}</code></h3>'
        f"<p><b>{safe(route.get('summary', ''))}</b></p>{told}{table}{returned}</section>"
    )


def _returned(document: Mapping[str, Any], route: Mapping[str, Any]) -> str:
    content = route.get("responses", {}).get("200", {}).get("content", {})
    schema = _resolved(document, content.get("application/json", {}).get("schema", {}))
    schema = _resolved(document, schema.get("items", schema))
    names = "、".join(f"<code>{safe(name)}</code>" for name in schema.get("properties", {}))
    told = schema.get("description", "")
    return f'<p class="returns">{wording.DOCS_RETURNS}{names}</p><p class="note">{safe(told)}</p>' if names else ""


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document.get("components", {}).get("schemas", {}).get(name, {}) if name else schema
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"array<{_kind(schema.get('items', {}))}>"
    return str(schema.get("type") or schema.get("$ref", "").rpartition("/")[2] or "any")


def _examples() -> str:
    question = json.dumps({"question": "临平2028工业目标是多少?"}, ensure_ascii=False)
    curl = (
        f"curl -s http://127.0.0.1:7860/api/ask -H 'Content-Type: application/json' -d '{question}'\n"
        "curl -sN http://127.0.0.1:7860/api/ask -H 'Content-Type: application/json'"
        f" -H 'Accept: text/event-stream' -d '{question}'"
    )
    client = (
        'from openai import OpenAI\n\nclient = OpenAI(base_url="http://127.0.0.1:7860/v1", api_key="本机不用钥匙")\n'
        'asked = [{"role": "user", "content": "算力小镇有多少家企业？"}]\n'
        'answer = client.chat.completions.create(model="linping", messages=asked)\n'
        "print(answer.choices[0].message.content)\nprint(answer.choices[0].message.citations)"
    )
    return f"<h2>{wording.DOCS_EXAMPLES}</h2><pre><code>{safe(curl)}</code></pre><pre><code>{safe(client)}</code></pre>"
