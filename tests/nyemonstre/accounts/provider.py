"""A login provider on the loopback, with keys of its own: OpenID Connect as far as a client can see it."""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "nye-monstre", "hemmelig-hos-tilbyderen"


class Provider:
    """`log_in` is what the person does in the browser; `lie` changes what the next token says."""

    def __init__(self) -> None:
        self.keys = [self.new_key("first")]
        self.client_key: RSAKey | None = None  # set: the client must show a private_key_jwt
        self.lie: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.extra: dict[str, Any] = {}  # in the published description
        self.codes: dict[str, dict[str, Any]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def new_key(kid: str) -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})

    def log_in(self, address: str, subject: str, **claims: Any) -> dict[str, str]:
        """The browser opened `address` and the person logged in; what it brings back to us."""
        url = urlsplit(address)
        assert f"{url.scheme}://{url.netloc}{url.path}" == f"{self.issuer}/authorize"
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"sub": subject, "claims": claims}
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        if asked is None or form["redirect_uri"] != asked["redirect_uri"] or not self.knows(form, basic):
            return 400, {"error": "invalid_grant"}
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"]}
        claims |= {"iat": now, "exp": now + 300} | asked["claims"] | self.lie
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": self.keys[-1].kid}, claims)]
            return ".".join([*(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])
        key = OctKey.import_key(SECRET * 2) if self.algorithm == "HS256" else self.keys[-1]
        return jwt.encode({"alg": self.algorithm, "kid": self.keys[-1].kid}, claims, key)

    def knows(self, form: dict[str, str], basic: str) -> bool:
        if self.client_key:
            shown = jwt.decode(form.get("client_assertion", ""), self.client_key, algorithms=["RS256"]).claims
            return shown["sub"] == shown["iss"] == CLIENT and shown["aud"] in (self.issuer, f"{self.issuer}/token")
        return basic == f"{CLIENT}:{SECRET}" or form.get("client_secret") == SECRET

    def published(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
        } | self.extra


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents = {
                "/.well-known/openid-configuration": provider.published,
                "/keys": lambda: {"keys": [key.as_dict(private=False) for key in provider.keys]},
            }
            make = documents.get(self.path)
            self.answer(*((200, make()) if make else (404, {})))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            basic = self.headers.get("Authorization", "").removeprefix("Basic ")
            self.answer(*provider.token(form, b64decode(basic).decode()))

        def answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


def query(facts: dict[str, str]) -> str:
    return urlencode(facts)
