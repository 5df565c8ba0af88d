"""OpenID Connect, authorization code flow, as one municipality's provider speaks it (Entra ID, Ansattporten).

`start` gives the address to send the browser to; `finish` gives what the provider vouches for, or raises LoginRefused.
Everything is checked here, on the server, by OpenID Connect Core 1.0 (3.1.3.7), RFC 7636 (PKCE) and RFC 9207 (issuer in
the answer); nothing the browser brings is believed beyond the code and the state.
"""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from .models import LoginProvider

# Signatures with a key pair. "none" and signatures with the shared secret (HS…) are never asked about.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
# Seconds: how far clocks may differ, how long an answer from the provider may take, how long one may take to log in.
LEEWAY, PATIENCE, UNDER_WAY = 60, 5, 15 * 60
# Seconds what the provider publishes is remembered, and between two looks for a key we do not know.
REMEMBERED, AGAIN = 3600, 30
IN_SESSION = "nm_work_account"
# Logins begun in one browser at once: two tabs and one more.
AT_ONCE = 3


class LoginRefused(Exception):
    """The provider's answer does not hold. `why` is one word for the log; the person is told one sentence for all."""

    def __init__(self, why: str, provider: LoginProvider | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.provider = provider


@dataclass(frozen=True)
class Answer:
    """Who the provider says it is, and what was remembered when the login began."""

    provider: LoginProvider
    issuer: str
    subject: str
    # Seconds since 1970 when the person last typed or touched something there; 0 when the provider does not say.
    proved_at: int
    id_token: str
    memory: dict[str, Any]


def start(request: HttpRequest, provider: LoginProvider, *, confirm: bool = False, **memory: Any) -> str:
    """The provider's address with a new state, nonce and code challenge. `confirm` asks for a login made just now.

    `memory` (plain values) comes back in Answer.memory. Raises LoginRefused when the provider does not answer.
    """
    verifier, state, nonce = (secrets.token_urlsafe(48) for _each in range(3))
    now = int(time.time())
    entry = {"provider": str(provider.pk), "nonce": nonce, "verifier": verifier, "at": now, "confirm": confirm}
    begun = list(request.session.get(IN_SESSION, {}).items())[-(AT_ONCE - 1) :]
    request.session[IN_SESSION] = {**dict(begun), state: {**entry, "memory": memory}}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri(),
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": _b64(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "ui_locales": "nb",
    }
    if provider.acr:
        asked["acr_values"] = provider.acr
    if confirm:
        # Entra ID honours prompt=login; max_age makes it say when the login was made.
        asked |= {"max_age": "0", "prompt": "login"}
    elif provider.max_age is not None:
        asked["max_age"] = str(provider.max_age)
    endpoint = _published(provider)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def redirect_uri() -> str:
    """Where every provider sends people back to; the state says which provider it was."""
    return f"{settings.BASE_URL}{reverse('accounts:work_account_done')}"


def finish(request: HttpRequest) -> Answer:
    """Exchange the code and check the token. Raises LoginRefused for anything that is not exactly as it should be."""
    begun = request.session.get(IN_SESSION, {})
    entry = begun.pop(request.GET.get("state", ""), None)
    request.session[IN_SESSION] = begun  # a state is good for one answer
    if entry is None or time.time() - entry["at"] > UNDER_WAY:
        raise LoginRefused("state")
    provider = LoginProvider.objects.active().filter(pk=entry["provider"]).select_related("municipality").first()
    if provider is None:
        raise LoginRefused("provider")
    _check_sender(request.GET.get("iss"), provider)
    if "error" in request.GET or not request.GET.get("code"):
        raise LoginRefused("cancelled" if request.GET.get("error") == "access_denied" else "answer", provider)
    id_token = _exchange(provider, request.GET["code"], entry["verifier"])
    claims = _signed_claims(provider, id_token)
    _check(claims, provider, entry)
    # A clock there may be a little ahead of ours; nobody has shown who they are in the future.
    proved_at = min(int(claims.get("auth_time") or 0), int(time.time()))
    return Answer(provider, claims["iss"], claims["sub"], proved_at, id_token, entry["memory"])


def end_session_url(provider: LoginProvider, id_token: str) -> str:
    """Where the person logs out of the provider too; empty when it has no such place, or does not answer."""
    try:
        endpoint = _published(provider).get("end_session_endpoint", "")
    except LoginRefused:
        return ""
    back = f"{settings.BASE_URL}{reverse(settings.LOGOUT_REDIRECT_URL)}"
    asked = {"id_token_hint": id_token, "client_id": provider.client_id, "post_logout_redirect_uri": back}
    return f"{endpoint}?{urlencode(asked)}" if endpoint else ""


def _check_sender(issuer: str | None, provider: LoginProvider) -> None:
    """Who sent the browser back (RFC 9207): a provider that says it tells so must tell, and nobody may tell another."""
    tells = issuer is None and _published(provider).get("authorization_response_iss_parameter_supported") is True
    if tells or issuer not in (None, provider.issuer):
        raise LoginRefused("issuer", provider)


def _check(claims: dict[str, Any], provider: LoginProvider, entry: dict[str, Any]) -> None:
    """What a valid signature does not say: for us, for this login, strong enough, and new enough."""
    audience = claims["aud"]
    if claims.get("azp", provider.client_id) != provider.client_id or (
        isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    ):
        raise LoginRefused("azp", provider)
    if not constant_time_compare(str(claims.get("nonce", "")), entry["nonce"]):
        raise LoginRefused("nonce", provider)
    if provider.acr and claims.get("acr") not in provider.acr.split():
        raise LoginRefused("acr", provider)
    if not set(provider.amr.split()) <= set(claims.get("amr") or []):
        raise LoginRefused("amr", provider)
    proved_at = claims.get("auth_time")
    if proved_at is not None and (not isinstance(proved_at, int | float) or proved_at > time.time() + LEEWAY):
        raise LoginRefused("auth_time", provider)
    if entry["confirm"]:
        oldest = entry["at"] - LEEWAY
    elif provider.max_age is not None:
        oldest = entry["at"] - provider.max_age - LEEWAY
    else:
        return
    if proved_at is None or proved_at < oldest:
        raise LoginRefused("auth_time", provider)


def _exchange(provider: LoginProvider, code: str, verifier: str) -> str:
    endpoint = _published(provider)["token_endpoint"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": verifier,
        "client_id": provider.client_id,
    }
    auth = None
    try:
        secret = provider.secret()
        if provider.client_auth == LoginProvider.Auth.PRIVATE_KEY:
            form |= {
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": _assertion(provider, secret, endpoint),
            }
        elif provider.client_auth == LoginProvider.Auth.POST:
            form["client_secret"] = secret
        else:
            auth = (provider.client_id, secret)
        answer = requests.post(endpoint, data=form, auth=auth, timeout=PATIENCE, allow_redirects=False)
        token = answer.json().get("id_token") if answer.status_code == 200 else None
    except (requests.RequestException, OSError, KeyError, ValueError, AttributeError, jwt.PyJWTError) as error:
        raise LoginRefused("unreachable", provider) from error
    if not isinstance(token, str):
        raise LoginRefused("code", provider)
    return token


def _assertion(provider: LoginProvider, key: str, endpoint: str) -> str:
    """private_key_jwt (OpenID Connect Core 9), signed for one use within a minute and a half."""
    now = int(time.time())
    claims = {"iss": provider.client_id, "sub": provider.client_id, "jti": secrets.token_urlsafe(16)}
    # Digdir asks for its issuer as audience, Entra ID for the address the assertion is sent to.
    audience = provider.issuer if provider.kind == LoginProvider.Kind.ANSATTPORTEN else endpoint
    claims |= {"aud": audience, "iat": now, "exp": now + 90}
    return jwt.encode(claims, key, "RS256", headers={"kid": provider.key_id} if provider.key_id else None)


def _signed_claims(provider: LoginProvider, token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise LoginRefused("algorithm", provider)
        key = _key(provider, header.get("kid", ""))
        return jwt.decode(
            token, key, algorithms=ALGORITHMS, audience=provider.client_id, issuer=provider.issuer, leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )  # fmt: skip
    except jwt.ExpiredSignatureError as error:
        raise LoginRefused("expired", provider) from error
    except jwt.InvalidIssuerError as error:
        raise LoginRefused("issuer", provider) from error
    except jwt.InvalidAudienceError as error:
        raise LoginRefused("audience", provider) from error
    except jwt.PyJWTError as error:
        raise LoginRefused("signature", provider) from error


def _key(provider: LoginProvider, kid: str) -> jwt.PyJWK:
    """The provider's key with this id. One we do not know is looked for once more: keys are changed now and then."""
    address = _published(provider)["jwks_uri"]
    for fresh in (False, True):
        found = [jwk for jwk in _fetched(provider, address, fresh=fresh).get("keys", []) if jwk.get("kid", "") == kid]
        signing = [jwk for jwk in found if jwk.get("use", "sig") == "sig" and jwk.get("kty") in ("RSA", "EC")]
        if signing:
            return jwt.PyJWK(signing[0], algorithm=signing[0].get("alg"))
    raise LoginRefused("key", provider)


def _published(provider: LoginProvider) -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0). It must name the issuer we were told."""
    found = _fetched(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise LoginRefused("issuer", provider)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"):
        if (name in found or name != "end_session_endpoint") and not is_safe(found.get(name, "")):
            raise LoginRefused("endpoint", provider)
    return found


def is_safe(address: str) -> bool:
    """TLS, or the own machine."""
    url = urlsplit(address)
    return url.scheme == "https" or (url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost"))


def _fetched(provider: LoginProvider, address: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON document the provider publishes, remembered for an hour. `fresh` asks anew, but not in a flood."""
    digest = hashlib.sha256(address.encode()).hexdigest()[:32]
    key, asked = f"oidc:{digest}", f"oidc-asked:{digest}"
    known = cache.get(key)
    if known is not None and (not fresh or not cache.add(asked, 1, AGAIN)):
        return json.loads(known)
    try:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        found = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as error:
        raise LoginRefused("unreachable", provider) from error
    if not isinstance(found, dict):
        raise LoginRefused("unreachable", provider)
    cache.set(key, json.dumps(found), REMEMBERED)
    return found


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
